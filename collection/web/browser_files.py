"""A captured page lies in a folder as two files, whole, and named once their record stands."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from collection.web.browser_recording import SHOWN, Page, warc_of
from collection.web.parts import give_name, hold, part_of
from models.errors import InputError, WalloffError


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
    """Write a page's files as parts; name them if the block, which records them, ends well.

    A refusal takes them away again; what else ends the block may have recorded them, and leaves
    the parts to be settled. Raises `InputError` for a folder that is not there or takes no files.
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
    with ExitStack() as held:
        try:
            for path, body in ((made.shown, shown), (made.recording, recording)):
                held.enter_context(_whole(part_of(path), body))
                done.append(path)
            yield made
        except WalloffError:
            for path in done:
                part_of(path).unlink(missing_ok=True)
            raise
        for path in done:
            give_name(path)


@contextmanager
def _whole(path: Path, body: bytes) -> Iterator[None]:
    """Give a name to a file when all of it is on the disk, and hold it. Raises `InputError`."""
    with ExitStack() as held:
        _written(held, path, body)
        yield


def _written(held: ExitStack, path: Path, body: bytes) -> None:
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            nameless = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o600)
            stream = held.enter_context(os.fdopen(nameless, "wb"))
            hold(stream.fileno())
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
