"""The applicant's answers as a file: one `[[answers]]` table a finding of the preview."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from casework.releasing.rebuttal import shown_findings
from casework.steps.step import Taken
from models.errors import InputError
from models.ids import CaseId
from models.rebuttal import Claim, RebuttalAnswer
from models.text import RawText
from models.value import Value


class _Entry(Value):
    finding: int
    """Counted from 1, in the order of the preview."""
    claim: Claim
    statement: RawText | None = None


class _File(Value):
    answers: tuple[_Entry, ...]


def read_answers(path: Path, case_id: CaseId, taken: Taken) -> tuple[RebuttalAnswer, ...]:
    """Read answers. Raises `InputError` that names the file and the rule, never the words."""
    try:
        content = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError("cannot be read", file=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("is not TOML", file=path.name) from error
    except ValidationError as error:
        where = _place(error.errors()[0]["loc"])
        raise InputError(f"{where}: missing, unknown or wrong", file=path.name) from None
    shown = shown_findings(case_id, **taken)
    if any(not 1 <= entry.finding <= len(shown) for entry in content.answers):
        raise InputError("an answer names a finding that was not shown", file=path.name)
    return tuple(
        RebuttalAnswer(
            finding_id=shown[entry.finding - 1], claim=entry.claim, statement=entry.statement
        )
        for entry in content.answers
    )


def _place(location: tuple[int | str, ...]) -> str:
    """Name a place in the file by numbers and the format's own words, never by the writer's."""
    known = {*_File.model_fields, *_Entry.model_fields}
    parts = (str(part) if isinstance(part, int) or part in known else "?" for part in location)
    return ".".join(parts)
