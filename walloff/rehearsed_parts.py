"""What made-up applicants do in a rehearsal, where it is more than agreeing: `parts.toml`.

It lies beside the applicants' folders, never in them: in a folder, every file is material.

    [some-folder]
    refuses = ["public-video"]          # items of the consent, or "everything"
    withdraws = true                    # having read what the manager would see
    decision = "adverse"                # else favourable

    [[some-folder.answers]]             # to findings of a criterion, before the manager sees them
    criterion = "threats-violence"
    claim = "context"
    words = "A line from a film."

    [[some-folder.refers]]              # an investigator finds evidence of an offence
    offence = "violent-felony"
    post = "4410"                       # the post's own id

    [some-folder.contact]               # a friend is asked, with a supervisor's leave
    friend = "A. Friend"
    condition = "authorship-in-doubt"
    because = "The account was open to the whole household."

    [some-folder.dispute]               # after the decision; a reviewer looks again
    claim = "false"
    outcome = "verified"

    [some-folder.concern]               # no applicant: somebody who works here already
    kind = "complaint"
    words = "On Monday a resident complained about threats on a forum."
    platforms = ["forum"]
    criteria = ["G8"]
    days = 200                          # how far back a search may go
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from models.after_hire_rules import TriggerKind
from models.applicant_rules import ContactCondition
from models.consent import ConsentItem, PlatformKind
from models.decision import Outcome
from models.dispute import DisputeOutcome
from models.rebuttal import Claim
from models.referral import OFFENCE
from models.requisition import Policy
from models.text import RawText
from models.value import Value
from policy.toml_file import TomlFile

PARTS_FILE: Final = "parts.toml"


class Answer(Value):
    """What the applicant says to every finding of one criterion."""

    criterion: str
    claim: Claim
    words: RawText | None = None


class Refers(Value):
    """One post that is evidence of an offence."""

    offence: str = Field(pattern=OFFENCE)
    post: RawText


class Contact(Value):
    """Whom to speak to about the applicant, and why."""

    friend: RawText
    condition: ContactCondition
    because: RawText


class Disputes(Value):
    """What the applicant disputes after the decision, and what a reviewer finds."""

    claim: Claim
    words: RawText | None = None
    outcome: DisputeOutcome = DisputeOutcome.VERIFIED


class Concern(Value):
    """Why somebody who works here already is looked at, and how far."""

    kind: TriggerKind
    words: RawText
    platforms: frozenset[PlatformKind] = Field(min_length=1)
    criteria: frozenset[str] = Field(min_length=1)
    days: int = Field(default=180, ge=1)


class Part(Value):
    """One person's part. Who has none agrees to everything and answers nothing."""

    refuses: frozenset[ConsentItem] | Literal["everything"] = frozenset()
    withdraws: bool = False
    answers: tuple[Answer, ...] = ()
    refers: tuple[Refers, ...] = ()
    contact: Contact | None = None
    decision: Literal[Outcome.FAVOURABLE, Outcome.ADVERSE] = Outcome.FAVOURABLE
    dispute: Disputes | None = None
    concern: Concern | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "Part":
        if self.withdraws and (self.dispute or self.decision is Outcome.ADVERSE):
            raise ValueError("who withdrew is neither decided against nor disputes anything")
        if self.concern is not None and (self.refuses or self.withdraws or self.contact):
            raise ValueError("who works here was told, and was not asked for consent")
        return self

    def refused_of(self, policy: Policy) -> frozenset[ConsentItem]:
        """Return the items that are refused, of those that a policy asks for."""
        if self.refuses == "everything":
            return policy.consent_items
        return policy.consent_items & frozenset(ConsentItem(item) for item in self.refuses)


def read_parts(folder: Path, names: Collection[str]) -> dict[str, Part]:
    """Return everybody's part by the name of their folder; without a file there are none.

    Raises `PolicyError` with the line of what is wrong, or of a name that has no folder.
    """
    path = folder / PARTS_FILE
    if not path.exists():
        return {}
    file = TomlFile(path)
    found = {}
    for name, fields in file.fields.items():
        if name not in names:
            raise file.fault("there is no folder of this name", name)
        if not isinstance(fields, dict):
            raise file.fault("a part is a table", name)
        found[name] = file.model(Part, fields, name)
    return found
