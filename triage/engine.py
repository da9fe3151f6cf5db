"""Triage weighs coded text against a frozen criteria pack: at most one proposal a criterion.

It sees that a group was named and never which, so its verdict cannot depend on the class.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from models.criteria import Conduct, CriteriaPack, Mitigator, Severity
from models.finding import Proposal
from models.text import CodedText
from triage.context import Context, context_of
from triage.frames import Match, Reading, read
from triage.lexicon import lexicon
from triage.rules import Rule, rules, tables_version
from triage.sentences import Sentence, sentences_of
from triage.tagging import Tagged, tag
from triage.tokens import tokens_of

_GRADES: Final = tuple(Severity)
_GROUP_REACH: Final = 2
"""Sentences for which "they" may still mean a group that was named."""


@dataclass(frozen=True, slots=True)
class _Met:
    """One rule met in one sentence."""

    rule: Rule
    reading: Reading
    sentence: int

    @property
    def weight(self) -> tuple[bool, int]:
        return (not self.reading.doubt, _GRADES.index(self.rule.severity))


class Triage:
    """Weighs texts against one criteria pack; built once, safe to share."""

    def __init__(self, pack: CriteriaPack) -> None:
        self._criterion_of: dict[Conduct, str] = {}
        for criterion in pack.criteria:
            for conduct in criterion.conduct:
                self._criterion_of.setdefault(conduct, criterion.code)
        self._rules = tuple(rule for rule in rules() if rule.conduct in self._criterion_of)
        self._lexicon = lexicon()
        self.version = f"{pack.id}/{pack.version}+{tables_version()}"
        """Names the pack and the tables: equal versions give equal verdicts."""

    def assess(self, coded: CodedText) -> tuple[Proposal, ...]:
        """Return what meets a criterion, in the pack's order, at most one proposal each."""
        sentences = sentences_of(coded)
        tagged = self._tagged(sentences)
        matches = [
            (number, match)
            for number, (sentence, row) in enumerate(zip(sentences, tagged, strict=True))
            for match in self._matches(row, sentence.start)
        ]
        if not matches:
            return ()
        context = context_of(coded, tagged)
        met: dict[str, list[_Met]] = {}
        for number, match in matches:
            reading = read(match, context)
            if reading.stands:
                criterion = self._criterion_of[match.rule.conduct]
                met.setdefault(criterion, []).append(_Met(match.rule, reading, number))
        return tuple(
            _proposal(criterion, met[criterion], sentences, context)
            for criterion in dict.fromkeys(self._criterion_of.values())
            if criterion in met
        )

    def _tagged(self, sentences: Iterable[Sentence]) -> list[Tagged]:
        tagged: list[Tagged] = []
        last_group = -_GROUP_REACH - 1
        for number, sentence in enumerate(sentences):
            row = tag(
                tokens_of(sentence.text),
                self._lexicon,
                group_before=number - last_group <= _GROUP_REACH,
            )
            if not row.tags.isdisjoint(("GROUP", "SLUR")):
                last_group = number
            tagged.append(row)
        return tagged

    def _matches(self, row: Tagged, offset: int) -> Iterator[Match]:
        for rule in self._rules:
            for pattern in rule.patterns:
                if any(row.tags.isdisjoint(need) for need in pattern.needs):
                    continue
                for found in pattern.search.finditer(row.encoded):
                    yield Match(
                        rule, row, row.index(found.start()), row.index(found.end() - 1), offset
                    )


def _proposal(
    criterion: str, met: list[_Met], sentences: tuple[Sentence, ...], context: Context
) -> Proposal:
    """Merge what met one criterion: the gravest sure reading leads."""
    lead = max(met, key=lambda item: item.weight)
    sure = [item for item in met if item.reading.doubt is lead.reading.doubt]
    numbers = sorted({item.sentence for item in sure})
    mitigators = context.mitigators | lead.rule.mitigators
    if lead.reading.doubt and "joke" in context.settings:
        mitigators |= {Mitigator.FIGURATIVE_READING_POSSIBLE}
    return Proposal(
        criterion=criterion,
        conduct=lead.rule.conduct,
        severity=lead.rule.severity,
        passage=CodedText(" ".join(sentences[number].text for number in numbers)),
        mitigators=mitigators,
        rule=lead.rule.id,
        needs_person=lead.reading.doubt,
    )
