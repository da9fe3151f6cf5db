"""A real Chromium for the browser tests; without it they fail, they are never skipped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")  # its event loop would be the thread's for every later test
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, without its calls home."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing; `make system` installs it", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",  # the tests may run as root; they open our own pages only
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()
