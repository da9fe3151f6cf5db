"""Every code that a person reads on a page has a name and an explanation here, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from models.criteria import Conduct, Mitigator, Severity
from models.decision import Alternative, OtherEvidence, Outcome
from models.finding import FindingSource, FindingState, Recency
from models.rebuttal import AuthorshipGround, Claim, Question, Reply


@dataclass(frozen=True)
class Label:
    """A code in plain words: `name` stands alone, `note` is one sentence that explains it."""

    name: str
    note: str


SEVERITY: Final[Mapping[Severity, Label]] = {
    Severity.LOW: Label("Low", "Minor on its face."),
    Severity.MODERATE: Label("Moderate", "Of some weight on its face."),
    Severity.HIGH: Label("High", "Serious on its face."),
    Severity.CRITICAL: Label("Critical", "Of the gravest kind on its face."),
}
"""In rising order, which is the order of the levels that a page draws."""

RECENCY: Final[Mapping[Recency, Label]] = {
    Recency.UNDER_ONE_YEAR: Label(
        "Less than 1 year ago", "Within the year before this page was made."
    ),
    Recency.ONE_TO_THREE_YEARS: Label(
        "1 to 3 years ago", "Between one and three years before this page was made."
    ),
    Recency.THREE_TO_FIVE_YEARS: Label(
        "3 to 5 years ago", "Between three and five years before this page was made."
    ),
    Recency.FIVE_TO_SEVEN_YEARS: Label(
        "5 to 7 years ago", "Between five and seven years before this page was made."
    ),
    Recency.OVER_SEVEN_YEARS: Label(
        "More than 7 years ago", "Older than others may be told; the criterion says by what law."
    ),
}

CONDUCT: Final[Mapping[Conduct, Label]] = {
    Conduct.THREATENS_VIOLENCE: Label(
        "Threatens violence", "Says that they will hurt somebody or do damage by force."
    ),
    Conduct.PRAISES_VIOLENCE: Label(
        "Praises violence", "Approves of violence done or to be done, or cheers it on."
    ),
    Conduct.HARASSES_A_PERSON: Label(
        "Harasses a person", "Insults, degrades or hounds one particular person."
    ),
    Conduct.DEMEANS_A_PROTECTED_GROUP: Label(
        "Demeans a protected group",
        "Speaks of people as lesser because of a protected trait; which one is left out.",
    ),
    Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP: Label(
        "Calls for harm to a protected group",
        "Wants people hurt or driven out because of a protected trait; which one is left out.",
    ),
    Conduct.USES_ILLEGAL_DRUGS: Label(
        "Uses illegal drugs", "Says that they take drugs which the law forbids."
    ),
    Conduct.SELLS_ILLEGAL_DRUGS: Label(
        "Sells illegal drugs", "Offers or deals in drugs which the law forbids."
    ),
    Conduct.DECEIVES: Label(
        "Deceives", "Tells of lying, cheating or forging, or proposes it to others."
    ),
    Conduct.DISCLOSES_SENSITIVE_INFORMATION: Label(
        "Discloses sensitive information",
        "Makes public what duty, contract or another person's safety keeps confidential.",
    ),
    Conduct.OMITS_A_DISCLAIMER: Label(
        "Omits a disclaimer", "Speaks of the work without saying that the view is their own."
    ),
    Conduct.USES_AGENCY_IDENTITY: Label(
        "Uses the agency's identity", "Shows its patch, uniform, badge or name as if for it."
    ),
    Conduct.USES_AN_UNSANCTIONED_TOOL: Label(
        "Uses an unsanctioned tool", "Does the agency's work by an account or service not allowed."
    ),
    Conduct.SPEAKS_WITHOUT_COMPETENCE: Label(
        "Speaks without competence", "Speaks for the agency about what is not their part of it."
    ),
    Conduct.SPEAKS_AS_COMMAND_STAFF: Label(
        "Speaks as command staff", "Lends their rank to what is a private view."
    ),
    Conduct.DISREGARDS_TRAINING: Label(
        "Disregards training", "Does what their training in the use of such media rules out."
    ),
}

MITIGATOR: Final[Mapping[Mitigator, Label]] = {
    Mitigator.ISOLATED: Label("Isolated", "A single occasion, not a pattern."),
    Mitigator.REMOTE_IN_TIME: Label("Long ago", "Far back within the period looked at."),
    Mitigator.RETRACTED: Label("Retracted", "Taken back where it was said."),
    Mitigator.EXPRESSED_REGRET: Label("Regret expressed", "Later words show regret for it."),
    Mitigator.FIGURATIVE_READING_POSSIBLE: Label(
        "May not be meant literally", "It can be read as a joke, a song or a figure of speech."
    ),
}

CLAIM: Final[Mapping[Claim, Label]] = {
    Claim.NOT_ME: Label("It was not me", "Says that somebody else wrote it."),
    Claim.HACKED: Label("The account was hacked", "Says that an intruder wrote it."),
    Claim.IMPOSTER: Label("It was an imposter", "Says that somebody posed as the applicant."),
    Claim.CONTEXT: Label("The context is missing", "Says that it means something else in full."),
    Claim.FALSE: Label("It is not true", "Says that the finding is wrong."),
    Claim.OUTDATED: Label("It is out of date", "Says that it no longer holds."),
    Claim.REGRET: Label("I regret it", "Stands by having written it, and regrets it."),
    Claim.OTHER: Label("Another answer", "Answers in words of their own."),
}

FINDING_STATE: Final[Mapping[FindingState, Label]] = {
    FindingState.PROPOSED: Label("Proposed", "By the machine; no person has looked at it yet."),
    FindingState.CONFIRMED: Label("Confirmed", "A reviewer looked at it and let it stand."),
    FindingState.WITHHELD: Label("Kept back", "A reviewer decided that it does not go further."),
    FindingState.WITHDRAWN: Label("Withdrawn", "The applicant's answer undid it."),
}
"""For pages inside the wall alone: the manager's never names a state."""

FINDING_SOURCE: Final[Mapping[FindingSource, Label]] = {
    FindingSource.OWN_ACCOUNT: Label("On an account of their own", "They wrote it themselves."),
    FindingSource.THIRD_PARTY_ACCOUNT: Label(
        "On an account of somebody else", "The agency's own information, and nothing beside it."
    ),
}
"""For pages inside the wall alone, as are the grounds of authorship."""

AUTHORSHIP_GROUND: Final[Mapping[AuthorshipGround, Label]] = {
    AuthorshipGround.DISCLOSED_ACCOUNT: Label(
        "A disclosed account", "The applicant named this account."
    ),
    AuthorshipGround.PLATFORM_SIGNED: Label(
        "Signed by the platform", "The export carries the platform's own signature."
    ),
    AuthorshipGround.APPLICANT_CONFIRMED: Label(
        "Confirmed by the applicant", "The applicant said that the account is theirs."
    ),
    AuthorshipGround.VERIFIED_IDENTIFIER: Label(
        "A verified identifier", "An address or number in it was checked to be the applicant's."
    ),
    AuthorshipGround.LINKED_FROM_DISCLOSED: Label(
        "Linked from a disclosed account", "An account that the applicant named points to it."
    ),
    AuthorshipGround.CONSISTENT_OVER_TIME: Label(
        "Consistent over time", "Years of posts agree with one another and with the applicant."
    ),
    AuthorshipGround.PLATFORM_REPLIED: Label(
        "The platform replied", "The platform answered a request about the account."
    ),
    AuthorshipGround.ARCHIVE_MATCHES: Label(
        "An archive matches", "An independent archive shows the same from the same time."
    ),
}

QUESTION: Final[Mapping[Question, Label]] = {
    Question.LITERAL: Label("Was it meant literally?", "Not a joke, a song or a figure of speech."),
    Question.ONE_OCCASION: Label("Was it one occasion?", "Said once, and not again and again."),
    Question.STILL_PUBLIC: Label("Is it still public?", "Anybody could read it when asked."),
    Question.OWN_WORDS: Label("Are these their own words?", "Not quoted from somebody else."),
    Question.ADDRESSED_TO_A_PERSON: Label(
        "Was it said to a particular person?", "Addressed to somebody, not to everybody."
    ),
    Question.ANSWER_CHECKED: Label(
        "Was the applicant's answer checked?", "A reviewer compared it with the evidence."
    ),
}

REPLY: Final[Mapping[Reply, Label]] = {
    Reply.YES: Label("Yes.", "A reviewer looked, and it is so."),
    Reply.NO: Label("No.", "A reviewer looked, and it is not so."),
    Reply.CANNOT_BE_SAID: Label("It cannot be said.", "The evidence does not show it."),
}

OUTCOME: Final[Mapping[Outcome, Label]] = {
    Outcome.FAVOURABLE: Label("Go on with the applicant", "Nothing here stands against them."),
    Outcome.PENDING_ADVERSE: Label(
        "Intend not to go on", "The applicant gets a notice and time to answer before it is final."
    ),
    Outcome.ADVERSE: Label("Do not go on", "Final: only after the notice and the waiting time."),
}

ALTERNATIVE: Final[Mapping[Alternative, Label]] = {
    Alternative.CLARIFICATION: Label("Clarification", "A question to the reviewer or applicant."),
    Alternative.SECOND_INTERVIEW: Label("A second interview", "To ask about the conduct itself."),
    Alternative.WARNING: Label("A warning", "Hired, with a warning on record."),
    Alternative.TRAINING: Label("Training", "Hired, with training."),
    Alternative.PROBATION: Label("Probation", "Hired, with a time of probation."),
    Alternative.OTHER_ASSIGNMENT: Label("Another assignment", "Hired for other duties."),
    Alternative.LATER_APPLICATION: Label("A later application", "Asked to apply again later."),
    Alternative.NONE_FITTING: Label("None fits", "Each was considered, and none fits."),
}

OTHER_EVIDENCE: Final[Mapping[OtherEvidence, Label]] = {
    OtherEvidence.APPLICATION: Label("The application", "What the applicant filled in."),
    OtherEvidence.INTERVIEW: Label("The interview", "What was said and seen there."),
    OtherEvidence.REFERENCE: Label("A reference", "What a reference said."),
    OtherEvidence.WRITTEN_TEST: Label("The written test", "Its result."),
    OtherEvidence.PHYSICAL_TEST: Label("The physical test", "Its result."),
    OtherEvidence.BACKGROUND_INVESTIGATION: Label(
        "The background investigation", "Apart from this search."
    ),
    OtherEvidence.EMPLOYMENT_RECORD: Label("The employment record", "At earlier employers."),
    OtherEvidence.DRIVING_RECORD: Label(
        "The driving record", "As the motor vehicle office has it."
    ),
    OtherEvidence.CERTIFICATION: Label("A certification", "Held, lapsed or taken away."),
}

TABLES: Final[Mapping[type[StrEnum], Mapping[Any, Label]]] = {
    Severity: SEVERITY,
    Recency: RECENCY,
    Conduct: CONDUCT,
    Mitigator: MITIGATOR,
    Claim: CLAIM,
    FindingState: FINDING_STATE,
    FindingSource: FINDING_SOURCE,
    AuthorshipGround: AUTHORSHIP_GROUND,
    Question: QUESTION,
    Reply: REPLY,
    Outcome: OUTCOME,
    Alternative: ALTERNATIVE,
    OtherEvidence: OTHER_EVIDENCE,
}
"""Each closed set of codes with its labels."""
