"""What a file says of its making is read before the transaction that keeps it, without a key."""

from dataclasses import dataclass

from collection.boxed import BOXES
from collection.files.digest import sha256_of
from collection.formats.configuration import configuration_of
from collection.formats.registry import Format
from collection.sources import Source
from models.consent import Sha256
from models.delivery import ReadBy, SourceFile
from models.evidence import AccessGate
from models.search_clauses import CaptureHashError
from models.text import RawText


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file as it was read."""

    file: SourceFile
    changed: bool = False
    """The file is not what it was when its digest was taken."""

    def require_unchanged(self) -> None:
        """Raise `CaptureHashError` for a file that changed while it was being read."""
        if self.changed:
            raise CaptureHashError("the file changed while it was being read")


def recorded(
    source: Source, digest: str, size: int, *, mapping: Sha256 | None = None, whole: bool = True
) -> Recorded:
    """Return what is known of a file, and whether it is still the file of this digest.

    `mapping` is the digest of the mapping beside it, taken before it was read. Without `whole`
    nothing is asked of its content: nothing of it is kept.
    """
    file = SourceFile(
        name=RawText(source.name), sha256=digest, size=size, read_by=_read_by(source.form, mapping)
    )
    if not whole:
        return Recorded(file)
    changed = sha256_of(source.path)[0] != digest or source.mapping != mapping
    if source.form is not None and source.form.recording is not None:
        recording = BOXES.recording(source.form, source.path)
        software = RawText(recording.software) if recording.software else None
        file = file.model_copy(update={"software": software, "pages": recording.pages})
    return Recorded(file, changed)


def _read_by(form: Format | None, mapping: Sha256 | None) -> ReadBy | None:
    if form is None or not form.supported:
        return None
    return ReadBy(
        name=form.name,
        version=form.reader.version,
        method=form.method,
        given=form.reader.gate is AccessGate.GIVEN,
        configuration=configuration_of(form, confined=BOXES.wrapped, mapping=mapping),
        mapping=mapping,
    )
