"""The parts of pages in a real browser: at any width, by keyboard, under the content policy."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import accessibility, gallery, page_check

PAGES = pytest.mark.parametrize("name", gallery.PAGES)
TRUSTED = "; require-trusted-types-for 'script'; trusted-types walloff"
WAIT = page_check.WAIT


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.served(TRUSTED) as base:
        yield base


def opened(
    chromium: Browser,
    url: str,
    *,
    width: int = 1280,
    forced: Literal["active", "none"] = "none",
    scripts: bool = True,
) -> Page:
    window = accessibility.context(chromium, width=width, forced=forced, scripts=scripts)
    window.set_default_timeout(WAIT)
    page = window.new_page()
    page.goto(url)
    return page


@PAGES
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_fault_is_found(chromium: Browser, address: str, name: str, language: str) -> None:
    """On a desk, on a phone, in forced colours, at 400 per cent (WCAG 1.4.10) and by keyboard."""
    assert page_check.faults(chromium, f"{address}/{name}?language={language}") == []


def test_a_fault_would_be_found(chromium: Browser, address: str) -> None:
    """The checks are not blind."""
    found = " ".join(page_check.faults(chromium, f"{address}/faulty"))
    for fault in ("label", "refused: style-src", "scrolls sideways", "small target"):
        assert fault in found


def test_an_error_summary_has_the_focus_and_leads_to_its_field(
    chromium: Browser, address: str
) -> None:
    page = opened(chromium, f"{address}/form", scripts=False)
    expect(page.locator(".wo-errors")).to_be_focused()
    page.get_by_role("link", name="Say why").click()
    expect(page.locator("#field-why")).to_be_focused()
    page.get_by_role("link", name="Choose a ground").click()
    expect(page.locator("#field-ground")).to_be_focused()
    page.context.close()


def test_htmx_runs_under_the_policy_and_trusted_types(chromium: Browser, address: str) -> None:
    """Neither a style nor a script is injected, and only one policy makes markup of an answer."""
    page = opened(chromium, f"{address}/review")
    expect(page.locator("#progress")).to_contain_text("40 of 40 items", timeout=WAIT)
    page.locator("label", has_text="It does not").click()
    page.get_by_role("button", name="Save and next").click()
    expect(page.locator("#answer")).to_have_text("Saved.", timeout=WAIT)
    assert page.url.endswith("/review")
    assert accessibility.csp_violations(page) == []
    assert page.evaluate("() => window.ran") is None
    page.context.close()


def test_a_refused_style_would_be_noticed(chromium: Browser, address: str) -> None:
    """The check of the policy is not blind."""
    page = opened(chromium, f"{address}/queue")
    page.evaluate("() => document.body.setAttribute('style', 'color: red')")
    page.wait_for_function("() => window.__refused.length > 0")
    assert "style-src" in accessibility.csp_violations(page)[0]
    page.context.close()


def test_a_form_is_sent_without_scripts(chromium: Browser, address: str) -> None:
    page = opened(chromium, f"{address}/review", scripts=False)
    page.get_by_role("button", name="Save and next").click()
    expect(page.locator("#saved")).to_have_text("Saved.", timeout=WAIT)
    page.context.close()


def test_a_shortcut_presses_its_control_but_never_while_somebody_types(
    chromium: Browser, address: str
) -> None:
    page = opened(chromium, f"{address}/review")
    page.keyboard.press("2")
    expect(page.get_by_label("It does not")).to_be_checked()
    page.get_by_label("Reason").press_sequentially("1s")
    expect(page.get_by_label("Reason")).to_have_value("1s")
    expect(page.get_by_label("It does not")).to_be_checked()
    expect(page.locator("#answer")).to_be_empty()
    page.context.close()


def test_a_table_keeps_its_meaning_when_its_rows_are_stacked(
    chromium: Browser, address: str
) -> None:
    page = opened(chromium, f"{address}/queue", width=375)
    table = page.get_by_role("table", name="Items to review")
    expect(table.get_by_role("row")).to_have_count(9)
    expect(table.get_by_role("rowheader").first).to_have_text("i-0101")
    page.context.close()


def test_a_mark_is_of_one_size_and_has_a_border_in_forced_colours(
    chromium: Browser, address: str
) -> None:
    page = opened(chromium, f"{address}/review", forced="active")
    sizes = page.locator(".wo-withheld").evaluate_all(
        "marks => marks.map((mark) => [mark.offsetWidth, mark.offsetHeight,"
        " getComputedStyle(mark).borderTopStyle].join())"
    )
    assert len(sizes) == 3
    assert len(set(sizes)) == 1
    assert sizes[0].endswith("solid")
    page.context.close()
