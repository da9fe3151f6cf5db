"""The applicant's answers as a file: one `[[answers]]` table a finding of the preview."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from casework.review import findings_shown
from models.errors import InputError
from models.ids import CaseId
from models.rebuttal import Claim, RebuttalAnswer
from models.text import RawText
from models.value import Value
from walloff.services import Services


class _Entry(Value):
    finding: int
    """Counted from 1, in the order of the preview."""
    claim: Claim
    statement: RawText | None = None


class _File(Value):
    answers: tuple[_Entry, ...]


def read_answers(path: Path, case_id: CaseId, services: Services) -> tuple[RebuttalAnswer, ...]:
    """Read answers. Raises `InputError` that names the file and the rule, never the words."""
    try:
        content = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError("cannot be read", file=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("is not TOML", file=path.name) from error
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(f"{where}: missing, unknown or wrong", file=path.name) from None
    shown = findings_shown(case_id, vault=services.vault, now=services.clock.now())
    if any(not 1 <= entry.finding <= len(shown) for entry in content.answers):
        raise InputError("an answer names a finding that was not shown", file=path.name)
    return tuple(
        RebuttalAnswer(
            finding_id=shown[entry.finding - 1], claim=entry.claim, statement=entry.statement
        )
        for entry in content.answers
    )
