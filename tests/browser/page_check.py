"""One call for a whole page: what is wrong with it on a desk, a phone, magnified, by keyboard."""

from typing import Any

from playwright.sync_api import Browser

from tests.browser import accessibility

WAIT = 240_000
_VIEWS: tuple[dict[str, Any], ...] = (
    {"width": 1280},
    {"width": 375},
    {"width": 1280, "forced": "active"},
    {"width": 320, "height": 256},
)


def faults(browser: Browser, url: str, **more: Any) -> list[str]:
    """Return every fault of a page as a sentence.

    `more` goes to the browser's window: `storage_state` for whoever is signed in,
    `ignore_https_errors` for a certificate of the test's own.
    """
    found: list[str] = []
    for view in _VIEWS:
        window = accessibility.context(browser, **view, **more)
        window.set_default_timeout(WAIT)
        page = window.new_page()
        said: list[str] = []
        page.on("pageerror", lambda error, said=said: said.append(f"script: {error}"))
        page.goto(url)
        if view["width"] == 320:
            if accessibility.scrolls_sideways(page):
                said.append("scrolls sideways")
        else:
            said += accessibility.violations(page)
            said += [f"small target: {one}" for one in accessibility.small_targets(page)]
        said += [f"refused: {one}" for one in accessibility.csp_violations(page)]
        if view == {"width": 1280}:
            stops = accessibility.walk(page)
            if not stops or stops[0].href != "#main":
                said.append("the first stop of the Tab key is not the skip link")
            said += [
                f"focus is not seen: {stop.element} {stop.text}"
                for stop in stops
                if not (stop.outlined and stop.uncovered)
            ]
            if len(stops) != accessibility.reachable(page):
                said.append(f"the Tab key stops at {len(stops)} places, not at every control")
        found += [f"{view}: {one}" for one in said]
        window.close()
    return found
