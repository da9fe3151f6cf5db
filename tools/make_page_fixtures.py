"""Makes the captures that the tests of the page readers read: a real Chromium visits one page.

Run from the repository's root: python tools/make_page_fixtures.py. The page is served on this
machine under a name of its own; the same visit gives MHTML, HAR, a tagged PDF and a screenshot.
Needs Debian's Chromium.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

TARGET: Final = Path("tests/unit/collection/fixtures")
CHROMIUM: Final = Path("/usr/bin/chromium")
PAGE: Final = """<!doctype html><html lang=en><head><title>T é</title><meta charset=utf-8>
<style>.hid{display:none}</style><link rel=stylesheet href=/s.css></head><body><nav>menu</nav>
<article class="h-entry"><h1 class="p-name">Title</h1><a class="p-author h-card" href="/me"><span
class="p-name">Quill</span></a><a class="u-url" href="/post/1"><time class="dt-published"
datetime="2024-05-01T10:00:00-07:00">1 May</time></a><div class="e-content"><p>canary é fi</p>
<p class=hid>secret</p><p class=ext>outer</p></div></article><img alt="pic" src="/i.png">
<iframe src="/frame.html"></iframe>
<my-c><template shadowrootmode=open><p>shadow text</p></template></my-c>
<script>fetch('/d.json')</script></body></html>"""
FILES: Final = {
    "/": (PAGE.encode(), "text/html; charset=utf-8"),
    "/s.css": (b".ext{visibility:hidden}", "text/css"),
    "/frame.html": (b"<p>in frame", "text/html"),
    "/d.json": (b'{"a":1}', "application/json"),
}


class Site(BaseHTTPRequestHandler):
    """Answers with the page, and sends the old address on to it."""

    def do_GET(self) -> None:
        """Answer one request."""
        body, kind = FILES.get(self.path, (b"", "text/plain"))
        self.send_response(302 if self.path == "/old" else 200 if body else 404)
        if self.path == "/old":
            self.send_header("Location", "/")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


def main() -> None:
    """Visit the page once and write what the browser makes of it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    TARGET.mkdir(exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"]
    arguments.append(f"--host-resolver-rules=MAP quill.example:80 127.0.0.1:{server.server_port}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        context = browser.new_context(
            record_har_path=TARGET / "chromium.har", record_har_content="embed"
        )
        page = context.new_page()
        page.goto("http://quill.example/old", wait_until="networkidle")
        saved = context.new_cdp_session(page).send("Page.captureSnapshot")
        (TARGET / "chromium.mhtml").write_bytes(saved["data"].encode())
        page.pdf(path=TARGET / "chromium.pdf", tagged=True)
        page.screenshot(path=TARGET / "chromium.png")
        context.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
