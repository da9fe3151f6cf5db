"""One extractor: what a reader of a page sees is in the text, and nothing else is."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.files.limits import MAX_NESTING, MAX_PAGE, MAX_TAG_PARTS, MAX_TAGS
from collection.markup.html_text import Shown, parse_page, shown
from collection.markup.styles import Styles
from models.errors import InputError


def text(markup: str) -> str:
    return shown(parse_page(markup)).text


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("one  \n two", "one two"),
        ("<b>bo</b>ld <i>and</i>\n<em>more</em>", "bold and more"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div><div><p>a</p></div></div>b", "a\n\nb"),
        ("<pre>  a\n   b</pre>", "a\n   b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a &amp; b &lt;c&gt; &eacute;", "a & b <c> é"),
        ('<a href="https://x.example">here</a>, now', "here, now"),
        ("<svg><text>drawn</text></svg>", "drawn"),
        ("<details><summary>s</summary>closed</details>", "s\nclosed"),
        ("<p>a</p>   <p></p>  <p>b</p>", "a\n\nb"),
        ("", ""),
    ],
)
def test_text_reads_as_the_page_does(markup: str, seen: str) -> None:
    assert text(markup) == seen


@pytest.mark.parametrize(
    "markup",
    [
        "<script>canary</script>",
        "<style>canary{}</style>",
        "<template>canary</template>",
        "<noscript>canary</noscript>",
        "<!-- canary -->",
        "<title>canary</title>",
        '<img alt="canary">',
        "<iframe>canary</iframe>",
        '<input value="canary">',
    ],
)
def test_what_no_page_shows_is_no_text(markup: str) -> None:
    assert shown(parse_page(f"<p>a {markup}b</p>")) == Shown("a b", hidden=False)


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        'hidden="until-found"',
        'style="display:none"',
        'style="color:red; DISPLAY : NONE !important"',
        'style="display:/* */none"',
        'style="visibility: hidden"',
        'style="opacity:0"',
        'style="opacity: 0.0; color: red"',
        'style="font-size:0px"',
    ],
)
def test_text_that_its_own_markup_hides_is_left_out_and_told(attribute: str) -> None:
    page = parse_page(f"<p>a <span {attribute}>canary <b>deep</b></span>b</p>")
    assert shown(page) == Shown("a b", hidden=True)


@pytest.mark.parametrize(
    "attribute",
    ['style="opacity:0.5"', 'style="font-size:0.8em"', 'aria-hidden="true"', 'class="hidden"'],
)
def test_text_that_readers_do_see_is_kept(attribute: str) -> None:
    assert shown(parse_page(f"<p {attribute}>a</p>")) == Shown("a", hidden=False)


def test_an_empty_hidden_element_is_no_news() -> None:
    assert not shown(parse_page("a<div hidden> <img> </div>")).hidden


def test_a_sentence_at_the_allowed_depth_is_read() -> None:
    """Other extractors drop deep text in silence; a browser shows it."""
    depth = MAX_NESTING - 5
    assert text("<div>" * depth + "canary" + "</div>" * depth) == "canary"


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<div>" * (MAX_NESTING + 1) + "canary", id="deep"),
        pytest.param("<b>" * 40_000 + "canary", id="deep and unclosed"),
        pytest.param("<p>" * (MAX_TAGS + 1), id="many elements"),
        pytest.param("x" * (MAX_PAGE + 1), id="long"),
        pytest.param(
            "<a " + " ".join(f"a{n}" for n in range(MAX_TAG_PARTS + 1)), id="many attributes"
        ),
    ],
)
def test_a_page_that_hurts_a_parser_is_refused_unseen(markup: str) -> None:
    started = time.process_time()
    with pytest.raises(InputError) as refused:
        parse_page(markup)
    assert "canary" not in str(refused.value)
    assert time.process_time() - started < 10


def test_unclosed_formatting_does_not_multiply() -> None:
    """By the HTML standard 2,000 open elements would reopen in each of 2,000 paragraphs."""
    markup = "".join(f'<b id="{n}">' for n in range(150)) + "<p>word</p>" * 20_000
    started = time.process_time()
    assert text(markup).count("word") == 20_000
    assert time.process_time() - started < 5


def test_embedded_images_do_not_count_for_size() -> None:
    assert text(f'<img src="data:image/png;base64,{"A" * MAX_PAGE}">seen') == "seen"


@given(st.text(alphabet="ab <>/=\"'!-&;pdivhx", max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_markup_crashes_the_extractor(markup: str) -> None:
    text(markup)


@given(st.lists(st.sampled_from(["p", "div", "b", "span", "li", "td", "blockquote"]), max_size=12))
def test_words_survive_any_wrapping(tags: list[str]) -> None:
    markup = "".join(f"<{tag}>" for tag in tags) + "canary"
    assert text(markup) == "canary"


@pytest.mark.parametrize(
    "style",
    [
        "opacity:.01",
        "opacity:3%",
        "zoom:0",
        "translate:-9999px",
        "letter-spacing:-99px",
        "transform:matrix(0,0,0,0,0,0)",
        "unicode-bidi:bidi-override;direction:rtl",
        "-webkit-text-security:disc",
        "color:hsl(0 0% 100%)",
    ],
)
def test_what_newer_properties_hide_is_left_out(style: str) -> None:
    """A sheet or the element itself may say it."""
    for markup in (
        f"<style>.h{{{style}}}</style><p>a<p class=h>canary",
        f'<p>a<p style="{style}">canary',
    ):
        root = parse_page(markup)
        found = shown(root, styles=Styles(root))
        assert (found.text, found.hidden) == ("a", True)


def test_words_turned_around_and_the_notes_of_drawings_are_no_text() -> None:
    markup = "<p>a<bdo dir=rtl>canary</bdo><svg><desc>canary</desc></svg><ruby>b<rp>canary</rp>"
    found = shown(parse_page(markup))
    assert found.text == "ab"
    assert found.hidden
