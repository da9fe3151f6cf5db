"""Records the sample WARC: wget visits the fictional site at its own name, on this machine.

Run from the repository's root: python tools/record_sample.py. A local proxy answers for
slowtrains.example from tools/sample_site and for nothing else, so that the recorded addresses are
those of the site. Needs wget with WARC support.
"""

import functools
import subprocess
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

HOST: Final = "slowtrains.example"
SITE: Final = Path("tools/sample_site")
TARGET: Final = Path("samples/applicants/rosa-whitfield/slow-trains.warc.gz")


class Proxy(SimpleHTTPRequestHandler):
    """Answers requests for the one host from the site's folder."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Take the path out of the absolute address that a proxy is asked for."""
        address = urlsplit(self.path)
        if address.hostname != HOST:
            self.send_error(502)
            return None
        self.path = address.path or "/"
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


def main() -> None:
    """Record the site and put the file into the sample applicant's folder."""
    handler = functools.partial(Proxy, directory=str(SITE))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            record(f"http://127.0.0.1:{server.server_port}", Path(scratch))
    finally:
        server.shutdown()


def record(proxy: str, scratch: Path) -> None:
    """Visit every page of the site through the proxy."""
    command = ["wget", "--quiet", "--recursive", "--level=2", "--execute", "robots=off"]
    command += ["--execute", "use_proxy=yes", "--execute", f"http_proxy={proxy}"]
    command += ["--warc-file=site", "--no-warc-keep-log", "--delete-after", f"http://{HOST}/"]
    subprocess.run(command, cwd=scratch, check=True, timeout=60)  # noqa: S603 - fixed words
    TARGET.write_bytes((scratch / "site.warc.gz").read_bytes())


if __name__ == "__main__":
    main()
