"""A captured page lies in a folder as two files, each there whole or not there at all."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collection.web.browser_recording import SHOWN, Page, warc_of
from models.errors import InputError


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: names that name nobody, and digests."""

    recording: Path
    """The WARC: wire bytes, screenshot and PDF."""
    shown: Path
    """The page as it stood after its scripts had run (MHTML), which the reader takes items from."""
    recording_sha256: str
    shown_sha256: str


@contextmanager
def written(page: Page, folder: Path) -> Iterator[Written]:
    """Write a page's files, and take them away again if the block does not end well.

    Raises `InputError` for a folder that is not there or takes no files.
    """
    name = f"page-{page.started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    recording = warc_of(page)
    shown = next(one for one in page.drawn if one.name == SHOWN).body
    made = Written(
        recording=folder / f"{name}.warc.gz",
        shown=folder / f"{name}.mhtml",
        recording_sha256=hashlib.sha256(recording).hexdigest(),
        shown_sha256=hashlib.sha256(shown).hexdigest(),
    )
    done: list[Path] = []
    try:
        for path, body in ((made.shown, shown), (made.recording, recording)):
            write_whole(path, body)
            done.append(path)
        yield made
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def write_whole(path: Path, body: bytes) -> None:
    """Give a name to a file only when all of it is on the disk. Raises `InputError`."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            nameless = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o600)
            with os.fdopen(nameless, "wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
                # Only with a folder's descriptor does Python follow the link to the nameless file.
                link = f"/proc/self/fd/{stream.fileno()}"
                os.link(link, path.name, dst_dir_fd=folder, follow_symlinks=True)
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        raise InputError("the folder for captured pages takes no file") from None
