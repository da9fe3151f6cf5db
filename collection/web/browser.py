"""A public page is captured as a real browser shows it, by a browser that can do nothing else.

A fresh profile in memory, no login, no clicks, no posts, no permissions, no place on the globe.
The page is scrolled a few times, drawn, and left. Either all of it is there at the end, or
nothing.
"""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from collection.files.limits import MAX_CAPTURE, MAX_RECORD
from collection.web.addresses import place_of
from collection.web.answers import HTML
from collection.web.browser_box import HEIGHT, LOCALE, TIMEZONE, WIDTH, Launch, launch
from collection.web.browser_folder import private_folder, sweep_left
from collection.web.browser_proxy import CaptureProxy
from collection.web.browser_recording import SHOWN, Drawn, Page
from collection.web.browser_rules import (
    BrowserMissingError,
    Limits,
    MayAsk,
    PageRefusedError,
    Pinning,
)
from collection.web.browser_wishes import MayShow, Wishes
from collection.web.fetcher import PRODUCT, VERSION

if TYPE_CHECKING:
    from playwright.async_api import Browser, Request, Response
    from playwright.async_api import Page as Tab

_AS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/{}.0.0.0 Safari/537.36"
)
_SETTLE_MS: Final = 400
_SCROLL: Final = """() => {
  const before = window.scrollY;
  window.scrollBy(0, window.innerHeight);
  return window.scrollY > before;
}"""
_LIVE_SECONDS: Final = 1.0
_BIG: Final = MAX_RECORD - 64 * 1024

Live = Callable[[], None]
"""Raises if the work may not go on."""
Told = Callable[[str], None]
"""Told what is being done now."""


def _nothing(_: str = "") -> None:
    return


def _wishes_hold(_: str) -> bool:
    return True


def _nobody_asked(_: str) -> None:
    raise PageRefusedError("no step of a case allows this")


@dataclass(frozen=True, slots=True)
class PageCapturer:
    """Captures pages. One browser, one profile and one key for each."""

    may_ask: MayAsk = _nobody_asked
    """Asked for the address of every request before it is made; a step of a case sets it."""
    pinning: Pinning = field(default_factory=Pinning)
    limits: Limits = field(default_factory=Limits)
    verify: ssl.SSLContext | None = None
    """How certificates of servers are verified; None for the authorities that Mozilla trusts."""
    live: Live = _nothing
    may_show: MayShow = _wishes_hold
    """Asked for every page that the browser is led to, before it is; a step of a case sets it."""
    contact: str = ""
    """How whoever runs a server reaches the agency; it goes out with every request."""
    told: Told = _nothing

    def capture(self, url: str) -> Page:
        """Return a page as it is shown now.

        Raises `PageRefusedError`, `FetchRefusedError`, `RobotsError`, `BrowserMissingError`, and
        what `may_ask` and `live` raise.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._within_time(url))
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(asyncio.run, self._within_time(url)).result()

    @property
    def _name(self) -> str:
        """Under which a program of ours asks: a site may know it for one (S9)."""
        return f"{PRODUCT}/{VERSION}" + (f" (+{self.contact})" if self.contact else "")

    async def _within_time(self, url: str) -> Page:
        place_of(url)
        sweep_left()
        with private_folder() as folder:
            try:
                async with asyncio.timeout(self.limits.seconds):
                    return await self._while_live(self._capture(url, folder))
            except TimeoutError:
                raise PageRefusedError("the page took too long") from None

    async def _while_live(self, work: Awaitable[Page]) -> Page:
        """Do work for as long as it may go on."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                self.live()
                await asyncio.wait({task}, timeout=_LIVE_SECONDS)
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _capture(self, url: str, folder: Path) -> Page:
        verify = self.verify or httpx.create_ssl_context(trust_env=False)
        proxy = CaptureProxy(folder, self.pinning, self.may_ask, self.limits, verify)
        started = datetime.now(UTC)
        wishes = Wishes(proxy.ask, self._name.encode(), self.may_show)
        async with proxy:
            how = launch(folder, proxy.fingerprint, self.limits)
            await wishes.require(url)
            proxy.before_page = wishes.require
            try:
                from playwright.async_api import Error, async_playwright
            except ImportError:
                raise BrowserMissingError("install walloff[capture]") from None
            self.told("starting the browser")
            shown: tuple[str, tuple[Drawn, ...]] | None = None
            software = how.software
            try:
                async with async_playwright() as playwright:
                    browser = await playwright.chromium.launch(
                        executable_path=how.program,
                        args=how.arguments,
                        ignore_default_args=True,
                        env={},
                        timeout=self.limits.seconds * 1000,
                    )
                    try:
                        shown = await self._look(browser, proxy, url)
                        software = f"{how.software}, chromium {browser.version}"
                    finally:
                        await browser.close()
            except Error:
                # Outside the handler: its text repeats the address.
                shown = None
            if shown is None:
                raise PageRefusedError("the browser could not show the page")
            final, drawn = shown
            if place_of(final) != place_of(url):
                await wishes.require(final)
        return self._page(proxy, how, software, url, final, started, drawn)

    async def _look(
        self, browser: "Browser", proxy: CaptureProxy, url: str
    ) -> tuple[str, tuple[Drawn, ...]]:
        context = await browser.new_context(
            accept_downloads=False,
            color_scheme="light",
            locale=LOCALE,
            permissions=[],
            user_agent=f"{_AS.format(browser.version.partition('.')[0])} {self._name}",
            reduced_motion="reduce",
            service_workers="block",
            timezone_id=TIMEZONE,
            viewport={"width": WIDTH, "height": HEIGHT},
        )
        context.set_default_timeout(self.limits.seconds * 1000)
        tab = await context.new_page()
        went: list[str] = []
        tab.on("request", lambda one: went.append(one.url) if _leads(one, tab) else None)
        # What slips past the switch that forbids windows is closed before it is looked at.
        context.on("page", lambda other: asyncio.ensure_future(other.close()))
        self.told("loading the page")
        answer = await self._gone_to(tab, proxy, url)
        if answer is None or not answer.ok:
            raise PageRefusedError("the server has no such page to show")
        if answer.headers.get("content-type", "").partition(";")[0].strip() not in HTML:
            raise PageRefusedError("what the server answers is no page")
        await self._settled(tab, self.limits.quiet_seconds)
        for _ in range(self.limits.scrolls):
            if not await tab.evaluate(_SCROLL):
                break
            await tab.wait_for_timeout(_SETTLE_MS)
        await tab.evaluate("window.scrollTo(0, 0)")
        await self._settled(tab, 1.0)
        if len(went) > self.limits.navigations:
            raise PageRefusedError("the page leads itself from one address to the next")
        final = tab.url
        if proxy.denied_page is not None and not final.startswith(("http:", "https:")):
            raise proxy.denied_page
        for one in proxy.denied:
            if one.url == final:
                raise one.refusal
        place_of(final)
        self.told("drawing the page")
        drawn = await self._drawn(tab)
        if tab.url.partition("#")[0] != final.partition("#")[0]:
            raise PageRefusedError("the page became another while it was drawn")
        return final, drawn

    async def _gone_to(self, tab: "Tab", proxy: CaptureProxy, url: str) -> "Response | None":
        """Go to the page. Raises the refusal that a redirection met, if one did."""
        from playwright.async_api import Error

        with suppress(Error):
            return await tab.goto(url, wait_until="domcontentloaded")
        if proxy.denied:
            raise proxy.denied[-1].refusal
        raise PageRefusedError("the browser could not show the page")

    async def _settled(self, tab: "Tab", seconds: float) -> None:
        from playwright.async_api import TimeoutError as Late

        with suppress(Late):
            await tab.wait_for_load_state("networkidle", timeout=seconds * 1000)

    async def _drawn(self, tab: "Tab") -> tuple[Drawn, ...]:
        session = await tab.context.new_cdp_session(tab)
        saved: dict[str, Any] = await session.send("Page.captureSnapshot", {"format": "mhtml"})
        high = int(await tab.evaluate("document.documentElement.scrollHeight"))
        high = max(1, min(high, self.limits.pixels_high))
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": high}
        shot = await tab.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]  # a dict of this form
        await tab.emulate_media(media="screen")
        paper = await tab.pdf(tagged=True, outline=True, print_background=True, format="Letter")
        drawn = (
            Drawn(SHOWN, "multipart/related", str(saved["data"]).encode()),
            Drawn("screenshot", "image/png", shot),
            Drawn("pdf", "application/pdf", paper),
        )
        if len(drawn[0].body) > MAX_CAPTURE or any(len(one.body) > _BIG for one in drawn[1:]):
            raise PageRefusedError("what the browser drew is too large")
        return drawn

    def _page(
        self,
        proxy: CaptureProxy,
        how: Launch,
        software: str,
        url: str,
        final: str,
        started: datetime,
        drawn: tuple[Drawn, ...],
    ) -> Page:
        return Page(
            requested=url,
            final=final,
            started=started,
            ended=datetime.now(UTC),
            exchanges=tuple(proxy.exchanges),
            drawn=drawn,
            denied=Counter(one.refusal.code for one in proxy.denied),
            software=software,
            config_sha256=how.config_sha256,
            shown={
                "locale": LOCALE,
                "time-zone": TIMEZONE,
                "window": f"{WIDTH}x{HEIGHT}",
                "named": self._name,
                "sandbox": "Chromium's own, in a bubblewrap without network",
            },
        )


def _leads(request: "Request", tab: "Tab") -> bool:
    """Say whether a request would put another page in the place of this one."""
    return request.is_navigation_request() and request.frame == tab.main_frame
