"""What a page of the portal is checked for in a browser: axe, the content policy, the keyboard."""

from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

_AXE = Axe()
_RULES = {
    "runOnly": [
        "wcag2a",
        "wcag2aa",
        "wcag21a",
        "wcag21aa",
        "wcag22aa",
        "best-practice",
    ]
}
_LISTEN = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`);
});
"""
_FOCUSED = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const again = window.__stop === element;
  window.__stop = element;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  // What stands for a hidden box of a choice is its label.
  const label = element.matches("[type=radio], [type=checkbox]") && element.labels[0];
  const seen = label ? getComputedStyle(label, "::before") : style;
  const place = label ? label.getBoundingClientRect() : box;
  const x = place.x + Math.min(place.width / 2, 40), y = place.y + Math.min(place.height / 2, 12);
  const top = document.elementFromPoint(x, y);
  return {
    again,
    element: element.localName + (element.id ? `#${element.id}` : ""),
    text: (element.innerText || element.value || element.name || "").trim().slice(0, 40),
    href: element.getAttribute("href") || "",
    outlined: seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) >= 2,
    uncovered: !!top && (element.contains(top) || top.contains(element) || !!label?.contains(top)),
  };
}
"""
_FROM_THE_TOP = """
() => {
  window.__stop = null;
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
}
"""
_REACHABLE = """
() => {
  const groups = new Set();
  return [...document.querySelectorAll(
    "a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea," +
    "summary, [tabindex='0']")].filter((element) => {
      const closed = element.closest("details:not([open])");
      if (closed && !element.matches("summary")) return false;
      if (element.type !== "radio") return true;
      if (groups.has(element.name)) return false;
      groups.add(element.name);
      return true;
  }).length;
}
"""


@dataclass(frozen=True)
class Stop:
    """Where the Tab key leads; `outlined` and `uncovered` say whether it can be seen there."""

    element: str
    text: str
    href: str
    outlined: bool
    uncovered: bool


def context(
    browser: Browser,
    *,
    width: int = 1280,
    height: int = 800,
    forced: Literal["active", "none"] = "none",
    scripts: bool = True,
    **more: Any,
) -> BrowserContext:
    """Return a window whose pages remember what the content policy refused."""
    opened = browser.new_context(
        viewport={"width": width, "height": height},
        forced_colors=forced,
        java_script_enabled=scripts,
        **more,
    )
    if scripts:
        opened.add_init_script(_LISTEN)
    return opened


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and good practice: rule, place and why."""
    found = _AXE.run(page, options=_RULES).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def csp_violations(page: Page) -> list[str]:
    """Return what the content policy refused since the page was opened."""
    refused: list[str] = page.evaluate("() => window.__refused")
    return refused


def scrolls_sideways(page: Page) -> bool:
    """Say whether the page is wider than its window."""
    wide: bool = page.evaluate(
        "() => document.scrollingElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide


def walk(page: Page, most: int = 200) -> list[Stop]:
    """Press Tab from the top until the page ends, and return every place it stopped at."""
    page.evaluate(_FROM_THE_TOP)
    stops: list[Stop] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUSED)
        if stop is None:
            break
        if not stop.pop("again"):  # a date has a stop for each of its parts
            stops.append(Stop(**stop))
    return stops


def reachable(page: Page) -> int:
    """Return how many stops the Tab key should make: a group of radio buttons is one."""
    count: int = page.evaluate(_REACHABLE)
    return count


def small_targets(page: Page) -> list[str]:
    """Return the controls under 24 by 24 pixels that stand in no sentence (WCAG 2.5.8)."""
    small: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, summary, select, input")]
        .filter((element) => !element.closest("p, li, td, th, dd, .usa-skipnav"))
        .filter((element) => !element.matches("[type=hidden], [type=radio], [type=checkbox]"))
        // The whole card that it stands in is pressed.
        .filter((element) => getComputedStyle(element, "::after").position !== "absolute")
        .filter((element) => {
          const box = element.getBoundingClientRect();
          return box.width && (box.height < 24 || box.width < 24);
        })
        .map((element) => `${element.localName} ${element.innerText}`)"""
    )
    return small
