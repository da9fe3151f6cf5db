"""What a style sheet hides is no text; what another rule shows again is."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.markup.css import declarations, rules_of
from collection.markup.html_text import Shown, parse_page, shown
from collection.markup.styles import MAX_WORK, Styles

HIDING = [
    "display:none",
    "DISPLAY : none !important",
    "visibility:hidden",
    "visibility:collapse",
    "opacity:0",
    "opacity:.0%",
    "content-visibility:hidden",
    "filter:blur(1px) opacity(0)",
    "font-size:0",
    "font-size:0.3px",
    "font:0/0 a",
    "font:italic 0px sans-serif",
    "color:#fff",
    "color:white",
    "color:rgb(252, 252 ,255)",
    "color:rgba(0,0,0,0)",
    "color:rgb(0 0 0 / 0%)",
    "color:transparent",
    "color:hsl(0,0%,100%)",
    "-webkit-text-fill-color:transparent",
    "background:black",
    "background-color:#000",
    "position:absolute;left:-9999px",
    "position:fixed;top:-100em",
    "position:absolute;left:20000px",
    "text-indent:-999px",
    "margin-left:-9999px",
    "clip:rect(0,0,0,0)",
    "clip:rect(1px 1px 1px 1px)",
    "clip-path:inset(50%)",
    "clip-path:circle(0)",
    "transform:translateX(-9999px)",
    "transform:scale(0)",
    "scale:0",
    "width:1px;height:1px;overflow:hidden",
    "max-height:0;overflow-y:hidden",
]
SEEN = [
    "display:block",
    "opacity:.5",
    "font-size:.8em",
    "font:12px/1.5 serif",
    "color:#333",
    "color:var(--paper)",
    "color:#fff;background:#123",
    "color:#fff;background:url(x.png)",
    "color:#fff;background:linear-gradient(red,blue)",
    "color:#fff;position:absolute",
    "position:absolute;left:-10px",
    "left:-9999px;position:static",
    "text-indent:-1em",
    "clip:auto",
    "width:1px",
    "overflow:hidden;width:100%",
    "transform:translate(10px)",
    "display:/**/none-such",
]


def page(markup: str, *sheets: str) -> Shown:
    root = parse_page(markup)
    body = root.css_first("body")
    assert body is not None
    return shown(body, styles=Styles(root, sheets))


@pytest.mark.parametrize("declared", HIDING)
def test_what_a_sheet_or_an_attribute_hides_is_left_out_and_told(declared: str) -> None:
    told = Shown("a b", hidden=True)
    assert page(f"<style>.x{{{declared}}}</style><p>a <span class=x>canary</span> b") == told
    assert page(f'<p>a <span style="{declared}">canary</span> b') == told
    assert page("<p>a <span class=x>canary</span> b", f"p > .x {{{declared}}}") == told


@pytest.mark.parametrize("declared", SEEN)
def test_what_stays_seen_or_cannot_be_told_is_text_like_any_other(declared: str) -> None:
    markup = f"<style>.x{{{declared}}}</style><p>a <span class=x>canary</span> b"
    assert page(markup) == Shown("a canary b", hidden=False)


@pytest.mark.parametrize(
    ("sheet", "seen"),
    [
        (".x{display:none} .x{display:block}", True),
        ("p .x{display:none} .x{display:block}", False),
        ("#i{display:block} p span.x{display:none}", True),
        (".x{display:none!important} #i{display:block}", False),
        ("span{display:none} .x{display:inline}", True),
        ("p{visibility:hidden} .x{visibility:visible}", True),
        ("p{font-size:0} .x{font-size:16px}", True),
        ("p{font-size:0} .x{font-size:2em}", False),
        ("p{color:#fff} .x{color:#000}", True),
        ("p{background:#111;color:#eee}", True),
        ("p{background:#111}", True),
        ("p{background:#000}", False),
        ("body{background:#000;color:#fff}", True),
        ("body{background:#000;color:#fff} .x{background:#fff}", False),
        ("p{display:none} .x{display:block}", False),
        ("@media print{.x{display:none}}", True),
        ("@media screen and (min-width: 600px){.x{display:none}}", False),
        ("@media (max-width: 600px){.x{display:none}}", True),
        ("@media (prefers-color-scheme: dark){.x{display:none}}", True),
        ("@supports (display:grid){@media all{.x{display:none}}}", False),
        ("@font-face{font-family:x;src:url(y)} .x{display:none", False),
        ("@import 'z'; .x{display:none}", False),
        (".x:hover{display:none}", True),
        (".x::before{display:none}", True),
        ("b,.x,i{display:none}", False),
        (":not(.y).x{display:none}", False),
        (".y .x{display:none}", True),
        ("/* .x{display:none} */", True),
        (".z{content:'}'} .x{display:none}", False),
        (".x{display:block} {}{} }} .x{display:none}", False),
        ("[class~=x]{display:none}", False),
        (r".\78 {display:none}", False),
    ],
)
def test_the_cascade_is_followed(sheet: str, seen: bool) -> None:
    markup = f"<style>{sheet}</style><p>a <span class=x id=i>canary</span>"
    text = page(markup).text
    assert ("canary" in text) is seen


def test_links_and_bold_are_found_by_their_names() -> None:
    """The parser is given other names for them."""
    markup = "<style>a b{display:none} .a{color:red}</style><p>one <a>two <b>canary</b></a>"
    assert page(markup) == Shown("one two", hidden=True)


def test_an_attribute_is_stronger_than_a_sheet_unless_that_is_important() -> None:
    markup = '<style>.x{display:none}</style><p>a <i class=x style="display:inline">b</i>'
    assert page(markup).text == "a b"
    assert page(markup.replace("none", "none!important")).text == "a"


def test_an_element_within_what_is_hidden_is_hidden() -> None:
    root = parse_page("<style>.x{display:none}</style><div class=x><p>canary</p></div>")
    inner = root.css_first("p")
    assert inner is not None
    assert shown(inner, styles=Styles(root)) == Shown("", hidden=True)


def test_characters_of_a_private_font_are_left_out_and_told() -> None:
    assert page("<p>a \ue001\U000f0000b") == Shown("a b", hidden=True)


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param("p " * 200 + "{display:none}", id="a long selector"),
        pytest.param("".join(f"p:nth-child({n}){{opacity:0}}" for n in range(2_000)), id="many"),
        pytest.param(".x{display:none}" + " " * (3 << 20), id="a long sheet"),
        pytest.param("{" * 200_000, id="open"),
        pytest.param("@media all{" * 100_000, id="groups"),
        pytest.param('"' * 200_001, id="quotes"),
        pytest.param("/*" * 200_000, id="comments"),
        pytest.param("x{y:(" * 50_000, id="brackets"),
        pytest.param("p,p" * 100_000 + "{display:none}", id="a list"),
        pytest.param(("*:not(" * 30) + "p" + ")" * 30 + "{display:none}", id="deep nots"),
    ],
)
def test_no_sheet_costs_more_than_it_may(sheet: str) -> None:
    started = time.process_time()
    root = parse_page("<body>" + "<p>word</p>" * 1_000)
    styles = Styles(root, [sheet])
    shown(root, styles=styles)
    assert time.process_time() - started < 10


def test_what_was_not_followed_is_told() -> None:
    root = parse_page("<p>a</p>" * 5_000)
    assert Styles(root, ["p:nth-child(2){opacity:0}"]).partial is (MAX_WORK < 5_000**2)
    assert Styles(root, ["p " * 10 + "{opacity:0}"]).partial
    assert not Styles(root, ["p{opacity:0}"]).partial


@given(st.text(alphabet="ab{}();:@,.#'\"\\/* !-mediprnto0%", max_size=120))
@settings(max_examples=200, deadline=None)
def test_no_sheet_crashes_the_extractor(sheet: str) -> None:
    list(rules_of(sheet))
    declarations(sheet)
    page('<p class="a b" id=a style="color:red">word', sheet)
