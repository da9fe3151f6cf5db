"""The macros and the frame: equal data give equal bytes, everything is labelled and escaped."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from models.text import WITHHELD
from tests.browser import gallery

ENVIRONMENT = gallery.environment()
HEAD = '{% import "macros.html" as ui with context %}'
BOTH = pytest.mark.parametrize("language", ["en", "es"])
PAGES = pytest.mark.parametrize("page", gallery.PAGES)


def made(source: str, language: str = "en", **values: object) -> str:
    return ENVIRONMENT.from_string(HEAD + source).render(language=language, **values)


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_every_language_has_the_same_words() -> None:
    words = ENVIRONMENT.get_template("words.html").module.WORDS  # type: ignore[attr-defined]
    assert words["en"].keys() == words["es"].keys()
    assert list(words["en"]) == sorted(words["en"])
    assert all(text.strip() for table in words.values() for text in table.values())
    same = {key for key in words["en"] if words["en"][key] == words["es"][key]}
    assert same == {"error"}  # it is the same word


def test_every_fixed_word_is_used() -> None:
    words = ENVIRONMENT.get_template("words.html").module.WORDS["en"]  # type: ignore[attr-defined]
    loader = ENVIRONMENT.loader
    assert loader is not None
    names = ("base.html", "macros.html", "charts.html")
    sources = "".join(loader.get_source(ENVIRONMENT, name)[0] for name in names)
    by_kind = {"info", "success", "warning", "error", "done", "doing", "todo", "blocked"}
    assert set(re.findall(r"words\.(?!html)(\w+)", sources)) | by_kind == set(words)


@PAGES
@BOTH
def test_equal_data_give_equal_bytes(page: str, language: str) -> None:
    """The manager's pages rest on it: nothing of the frame is a time, a counter or drawn by lot."""
    assert gallery.rendered(page, language) == gallery.rendered(page, language)


@PAGES
@BOTH
def test_a_page_has_one_heading_one_main_part_and_ids_of_its_own(page: str, language: str) -> None:
    html = gallery.rendered(page, language)
    elements = Elements(html).found
    assert elements[0] == ("html", {"lang": language})
    count = Counter(tag for tag, _ in elements)
    assert count["h1"] == count["main"] == count["header"] == count["footer"] == 1
    ids = Counter(attributes["id"] for _, attributes in elements if "id" in attributes)
    assert [name for name, times in ids.items() if times > 1] == []
    for _, attributes in elements:
        for named in ("for", "aria-describedby", "aria-labelledby"):
            for target in (attributes.get(named) or "").split():
                assert target in ids, (named, target)


@PAGES
def test_a_page_brings_no_style_and_no_script_of_its_own(page: str) -> None:
    for tag, attributes in Elements(gallery.rendered(page)).found:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if re.match(r"on[a-z]|hx-on", name)]
        if tag == "script":
            assert (attributes["src"] or "").startswith("/static/")


@PAGES
def test_every_control_has_a_label(page: str) -> None:
    elements = Elements(gallery.rendered(page)).found
    labelled = {attributes["for"] for tag, attributes in elements if tag == "label"}
    for tag, attributes in elements:
        if tag in {"input", "select", "textarea"} and attributes.get("type") != "hidden":
            assert attributes["id"] in labelled


@pytest.mark.parametrize(
    "call",
    [
        "ui.button(bad, name=bad, value=bad, key=bad)",
        "ui.link_button(bad, bad)",
        "ui.hidden(bad, bad)",
        "ui.text_field(bad, bad, bad, bad, bad, id=bad)",
        "ui.password_field(bad, bad, bad, bad)",
        "ui.code_field(bad, bad, bad, bad)",
        "ui.text_area(bad, bad, bad, bad, bad)",
        "ui.radios(bad, bad, [(bad, bad, bad, bad)], bad, bad, bad)",
        "ui.checkboxes(bad, bad, [(bad, bad, bad)], [bad], bad, bad)",
        "ui.checkbox(bad, bad, value=bad, hint=bad, error=bad)",
        "ui.select(bad, bad, [(bad, bad)], bad, bad, bad, blank=bad)",
        "ui.file_field(bad, bad, bad, bad, accept=bad)",
        "ui.date_field(bad, bad, bad, bad, bad, min=bad, max=bad)",
        "ui.error_summary({bad: bad}, bad)",
        "ui.alert('info', bad, bad)",
        "ui.summary_box(bad, bad)",
        "ui.confirmation_panel(bad, bad)",
        "ui.queue_card(bad, bad, bad, bad)",
        "ui.details(bad, bad)",
        "ui.tag(bad)",
        "ui.marked(bad)",
        "ui.summary_list([(bad, bad, bad, bad)])",
        "ui.task_list([{'label': bad, 'href': bad, 'state': 'todo', 'hint': bad, 'blocks': bad}])",
        "ui.step_indicator([bad, bad], 1, bad)",
        "ui.data_table(bad, [bad, {'label': bad, 'sort': bad}], [[bad, bad]])",
        "ui.data_table(bad, [], [], empty=bad)",
        "ui.pagination(bad, bad, bad)",
        "ui.process_list([(bad, bad)])",
        "ui.timeline([{'when': bad, 'at': bad, 'what': bad, 'who': bad, 'why': bad}])",
        "ui.progress(1, 2, bad, bad, bad, bad)",
        "ui.shortcuts([(bad, bad)], bad)",
        "ui.back_link(bad, bad)",
        "ui.language_switch([(bad, bad, bad)])",
    ],
)
def test_what_a_macro_is_given_is_escaped(call: str) -> None:
    html = made("{{ " + call + " }}", bad="\"><script>alert(1)</script>'")
    assert "<script" not in html


def test_a_mark_stands_for_every_token_and_tells_nothing() -> None:
    html = made("{{ ui.marked(text) }}", text=f"a {WITHHELD}<b> {WITHHELD}")
    assert html.count('class="wo-withheld"') == 2
    assert "&lt;b&gt;" in html
    assert WITHHELD not in html
    assert html.count("withheld</span>") == 2


def test_what_is_blocked_has_no_link() -> None:
    tasks = [{"label": "Release", "href": "/release", "state": "blocked", "blocks": "No answer."}]
    html = made("{{ ui.task_list(tasks) }}", tasks=tasks)
    assert "/release" not in html
    assert "No answer." in html


def test_a_password_is_never_written_back() -> None:
    assert 'value=""' in made("{{ ui.password_field('password', 'Password') }}")
    assert 'autocomplete="one-time-code"' in made("{{ ui.code_field() }}")


def test_an_error_is_beside_its_field_and_linked_from_the_summary() -> None:
    html = made(
        "{{ ui.error_summary(errors) }}{{ ui.text_field('why', 'Why', error=errors.why) }}",
        errors={"why": "Say why"},
    )
    assert 'href="#field-why"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="field-why-error"' in html
    assert made("{{ ui.error_summary({}) }}").strip() == ""


def test_a_table_without_rows_says_so() -> None:
    html = made("{{ ui.data_table('Items', ['Item'], [], empty='None left.') }}")
    assert "None left." in html
    assert "<table" not in html


def test_a_value_of_a_select_or_radio_may_be_a_number() -> None:
    assert "selected" in made("{{ ui.select('n', 'N', [(1, 'one')], value='1') }}")
    assert "checked" in made("{{ ui.radios('n', 'N', [(1, 'one')], value='1') }}")


def test_the_name_of_who_is_signed_in_leads_to_a_sign_out_by_post() -> None:
    html = gallery.rendered("queue", "es")
    assert '<form method="post" action="/sign-out">' in html
    assert "Cerrar sesión" in html
    assert "Sesión iniciada como" in html
