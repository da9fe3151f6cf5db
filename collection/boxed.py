"""Files are read in a box; what comes out is checked line by line, and nothing else is believed.

Whatever goes wrong in there, the answer is a `Problem` for the file, and the next file is read.
"""

import os
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from collection.box import box_lines as lines
from collection.box.box import Box, BoxError, ReaderEndedError, bubblewrap
from collection.files.reader import WHOLE_FILE, Problem
from collection.formats.registry import FORMATS, Format, Needs
from collection.pages.web_recording import WebRecording
from models.documentation import PageRecord
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.leads import FoundLead

_BROKEN: Final = "the reader did not keep to its form and was stopped"
_TOO_MUCH: Final = "the reader gave out more than the limit and was stopped"
_CUT: Final = "the reader stopped before its end"
_WHY: Final = {
    "memory": "reading took more memory than the limit",
    "unreadable": "the file cannot be opened",
    "failed": "the reader failed",
    "unprotected": "the reader could not be confined, and so was not run",
}
V = TypeVar("V", bound=BaseModel)
_Line = tuple[bytes, BaseModel]
_FORMS: Final[dict[bytes, type[BaseModel]]] = {
    lines.ITEM: SourceItem,
    lines.PROBLEM: lines.BoxedProblem,
    lines.PAGE: PageRecord,
    lines.SOFTWARE: lines.BoxedSoftware,
    lines.DIGEST: lines.BoxedDigest,
    lines.ACCEPTED: lines.BoxedName,
    lines.LEAD: FoundLead,
    lines.END: lines.BoxedEnd,
    lines.FAILED: lines.Failure,
}


class Boxes:
    """The boxes of this process: made when first needed, used again, thrown away at any doubt."""

    def __init__(
        self,
        table: str = "collection.formats.registry",
        code: tuple[Path, ...] = (),
        *,
        wrap: bool = True,
    ) -> None:
        self.required = False
        """True if nothing may be read where bubblewrap is missing or does not work."""
        self._table, self._code = table, code
        self._wrap = bubblewrap() if wrap else None
        self._idle: list[Box] = []
        self._lock = threading.Lock()
        os.register_at_fork(after_in_child=self._forked)

    @property
    def wrapped(self) -> bool:
        """True if bubblewrap is used, as far as is known yet."""
        return self._wrap is not None

    def read(
        self,
        form: Format,
        path: Path,
        needs: Needs | None = None,
        *,
        beside: Sequence[Path] = (),
    ) -> Iterator[SourceItem | Problem]:
        """Yield what the format's reader yields. Raises nothing for what is in the file.

        The reader finds the files `beside` in the same folder, by their last names.
        """
        problems = 0
        try:
            for _mark, value in self._ask("read", (form,), path, needs or form.needs, beside):
                if isinstance(value, lines.BoxedProblem):
                    problems += 1
                    _require(problems <= lines.MAX_PROBLEMS, _TOO_MUCH)
                    yield Problem(value.fault, value.pointer)
                else:
                    yield _plausible(value, form)
        except BoxError as stopped:
            yield Problem(stopped.args[0], WHOLE_FILE)

    def leads(self, form: Format, path: Path) -> Iterator[FoundLead | Problem]:
        """Yield the leads in a file. Raises nothing for what is in it."""
        try:
            for _mark, value in self._ask("leads", (form,), path, form.needs):
                _require(isinstance(value, lines.BoxedProblem | FoundLead), _BROKEN)
                if isinstance(value, FoundLead):
                    yield value
                elif isinstance(value, lines.BoxedProblem):
                    yield Problem(value.fault, value.pointer)
        except BoxError as stopped:
            yield Problem(stopped.args[0], WHOLE_FILE)

    def accepting(self, formats: Sequence[Format], path: Path) -> Format | None:
        """Return the first of these formats whose reader accepts a file, or None."""
        if not formats:
            return None
        with suppress(BoxError):
            for _mark, value in self._ask("accepts", formats, path, Needs()):
                if isinstance(value, lines.BoxedName):
                    return next((one for one in formats if one.name == value.name), None)
        return None

    def recording(self, form: Format, path: Path) -> WebRecording:
        """Return what a file says of its making, as far as it could be read."""
        software, pages = "", []
        with suppress(BoxError):
            for _mark, value in self._ask("recording", (form,), path, form.needs):
                if isinstance(value, PageRecord):
                    pages.append(value)
                elif isinstance(value, lines.BoxedSoftware):
                    software = value.software
        return WebRecording(software, tuple(pages[: lines.MAX_PAGES]))

    def digests(self, path: Path) -> Iterator[bytes]:
        """Yield the digest of a file and of everything packed in it. Raises `InputError`."""
        try:
            for _mark, value in self._ask("digests", (), path, Needs()):
                _require(isinstance(value, lines.BoxedDigest), _BROKEN)
                if isinstance(value, lines.BoxedDigest):
                    yield bytes.fromhex(value.sha256)
        except BoxError:
            fault = "the archive cannot be checked against the list of digests"
            raise InputError(fault) from None

    def state(self) -> str:
        """Return how readers are confined here: `bubblewrap`, `limits` or `none`."""
        try:
            with self._box() as box:
                return "bubblewrap" if box.wrapped else "limits"
        except BoxError:
            return "none"

    def _ask(
        self,
        what: str,
        formats: Sequence[Format],
        path: Path,
        needs: Needs,
        more: Sequence[Path] = (),
    ) -> Iterator[_Line]:
        named = formats[0].beside if len(formats) == 1 else _all_beside(formats)
        beside = [*(path.with_name(name.replace("*", path.stem)) for name in named), *more]
        request = {
            "what": what,
            "formats": [one.name for one in formats],
            "memory": needs.memory,
            "cpu_seconds": needs.cpu_seconds,
            "scratch": needs.scratch,
            "programs": needs.programs,
        }
        with _opened(path, beside) as (names, files), self._box() as box:
            answer = box.ask({**request, "names": names}, files, seconds=needs.wall_seconds)
            yield from _checked(_split(answer))

    @contextmanager
    def _box(self) -> Iterator[Box]:
        """Lend a box; one whose use did not end well is closed."""
        box = self._take()
        ended = False
        try:
            yield box
            ended = True
        except ReaderEndedError:
            ended = True
            raise
        finally:
            if ended and box.alive():
                with self._lock:
                    self._idle.append(box)
            else:
                box.close()

    def _take(self) -> Box:
        while True:
            with self._lock:
                box = self._idle.pop() if self._idle else None
            if box is None:
                return self._new()
            if box.alive():
                return box
            box.close()

    def _new(self) -> Box:
        if self._wrap is not None:
            try:
                return Box(bubblewrap=self._wrap, table=self._table, code=self._code)
            except BoxError:
                self._wrap = None  # it is there and does not work, as in some containers
        if self.required:
            raise BoxError("the setting asks for bubblewrap, and it does not work here")
        return Box(bubblewrap=None, table=self._table, code=self._code)

    def close(self) -> None:
        """End the boxes that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for box in idle:
            box.close()

    def _forked(self) -> None:
        self._idle, self._lock = [], threading.Lock()


BOXES: Final = Boxes()
"""What this process reads with."""


def read_boxed(form: Format, path: Path) -> Iterator[SourceItem | Problem]:
    """Yield the items and problems of a file, read in a box."""
    yield from BOXES.read(form, path)


def _all_beside(formats: Sequence[Format]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in formats for name in one.beside))


@contextmanager
def _opened(path: Path, beside: Sequence[Path]) -> Iterator[tuple[list[str], list[int]]]:
    """Open a file, and those of its neighbours that a reader wants. Links are not followed."""
    names, files = [path.name], [_open(path)]
    try:
        for other in beside[: lines.MAX_BESIDE - 1]:
            with suppress(BoxError):
                if other.name not in names:
                    files.append(_open(other))
                    names.append(other.name)
        yield names, files
    finally:
        for number in files:
            os.close(number)


def _open(path: Path) -> int:
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise BoxError(_WHY["unreadable"]) from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise BoxError(_WHY["unreadable"])
    return number


def _split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest, size = b"", 0
    for piece in pieces:
        size += len(piece)
        if size > lines.MAX_OUTPUT:
            raise BoxError(_TOO_MUCH)
        *whole, rest = (rest + piece).split(b"\n")
        if len(rest) > lines.MAX_LINE or any(len(line) > lines.MAX_LINE for line in whole):
            raise BoxError(_TOO_MUCH)
        yield from whole
    if rest:
        raise ReaderEndedError(_CUT)


def _checked(found: Iterator[bytes]) -> Iterator[_Line]:
    """Yield each line as what its mark says; raise `BoxError` for anything else, or no end."""
    for count, line in enumerate(found):
        _require(count <= lines.MAX_PARTS, _TOO_MUCH)
        form = _FORMS.get(line[:1])
        if form is None:
            raise BoxError(_BROKEN)
        value = _parsed(form, line[1:])
        if isinstance(value, lines.Failure):
            _require(next(found, None) is None, _BROKEN)
            raise ReaderEndedError(_WHY[value.why])
        if isinstance(value, lines.BoxedEnd):
            _require(value.count == count and next(found, None) is None, _BROKEN)
            return
        yield line[:1], value
    raise ReaderEndedError(_CUT)


def _parsed(form: type[V], body: bytes) -> V:
    try:
        return form.model_validate_json(body)
    except ValidationError:
        pass
    # Outside the handler: what was refused may be an applicant's words.
    raise BoxError(_BROKEN)


def _require(holds: bool, fault: str) -> None:  # noqa: FBT001 - the condition itself
    if not holds:
        raise BoxError(fault)


def _plausible(item: BaseModel, form: Format) -> SourceItem:
    """Return an item; raise `BoxError` for one that no honest reader of the format makes."""
    if not isinstance(item, SourceItem):
        raise BoxError(_BROKEN)
    fields = (item.native_id, item.platform, item.author, item.url, item.text)
    given = item.gate is AccessGate.GIVEN
    _require(given == (form.reader.gate is AccessGate.GIVEN), _BROKEN)
    _require(form.signs or not item.signed, _BROKEN)
    _require(all(len(part) <= lines.MAX_FIELD for part in fields), _BROKEN)
    _require(len(item.pointer) <= lines.MAX_POINTER, _BROKEN)
    return item


__all__ = ["BOXES", "FORMATS", "Boxes", "read_boxed"]
