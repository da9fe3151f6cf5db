"""Triage weighs coded text against a frozen criteria pack: at most one proposal a criterion.

It sees that a group was named and never which, so its verdict cannot depend on the class.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from models.criteria import Conduct, CriteriaPack, Mitigator, Severity
from models.finding import Proposal
from models.reference import Reference
from models.text import CodedText
from triage.context import Context, context_of
from triage.cues import Group, Sum, sums
from triage.frames import Match, Reading, read, stands_as_cue
from triage.learned import Learned, learned
from triage.lexicon import lexicon
from triage.matching import Matcher
from triage.referent import GROUP_CONDUCT, Weighed, references
from triage.rules import Rule, rules, tables_version
from triage.sentences import Sentence, sentences_of
from triage.subject import is_about_writer
from triage.tagging import Tagged, tag
from triage.tokens import tokens_of

_GRADES: Final = tuple(Severity)
_GROUP_REACH: Final = 2
"""Sentences for which "they" may still mean a group that was named."""
_ONE: Final = frozenset({"that", "this", "the", "those", "these"})
"""Before a group token they often point at one person, and the threat stands by itself."""
_GROUP_HARM: Final = Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP
_CUE_REACH: Final = 3
"""Sentences within which cues count together."""


@dataclass(frozen=True, slots=True)
class _Met:
    """One rule, or sum of cues, met in some sentences."""

    rule: Rule
    reading: Reading
    sentences: frozenset[int]
    yields: bool = False
    """True if a call for harm to a group in the same sentence says it more exactly."""

    @property
    def weight(self) -> tuple[bool, int]:
        return (not self.reading.doubt, _GRADES.index(self.rule.severity))


class _Post(NamedTuple):
    """A text as the rules read it, and what each match of a rule means."""

    sentences: tuple[Sentence, ...]
    tagged: list[Tagged]
    context: Context
    weighed: list[Weighed]


class Triage:
    """Weighs texts against one criteria pack; built once, safe to share."""

    def __init__(self, pack: CriteriaPack, *, net: Learned | None = None) -> None:
        """Take in a pack; `net` stands for the learned weights, the package's by default."""
        self._net = net
        self._criterion_of: dict[Conduct, str] = {}
        for criterion in pack.criteria:
            for conduct in criterion.conduct:
                self._criterion_of.setdefault(conduct, criterion.code)
        self._lexicon = lexicon()
        self._rules: Matcher[Rule] = Matcher(
            (rule, row)
            for rule in rules()
            if rule.conduct in self._criterion_of
            for row in rule.patterns
        )
        self._sums = tuple(item for item in sums() if item.rule.conduct in self._criterion_of)
        self._cues: Matcher[tuple[Sum, str, Group]] = Matcher(
            (((item, name, group), row))
            for item in self._sums
            for name, group in item.groups.items()
            for row in group.patterns
        )
        self.version = f"{pack.id}/{pack.version}+{tables_version()}"
        """Names the pack and the tables: equal versions give equal verdicts."""

    def assess(self, coded: CodedText) -> tuple[Proposal, ...]:
        """Return what meets a criterion, in the pack's order, at most one proposal each."""
        post = self._read(coded)
        plain = []
        for item in post.weighed:
            if item.reading.stands:
                rule, row = item.match.rule, item.match.sentence
                yields = rule.yields and _ONE.isdisjoint(
                    word.form for word in row.words[item.match.first : item.match.last + 1]
                )
                plain.append(_Met(rule, item.reading, frozenset({item.number}), yields))
        met: dict[str, list[_Met]] = {}
        for found in _without_doubles(plain):
            met.setdefault(self._criterion_of[found.rule.conduct], []).append(found)
        for found in self._summed(post):
            criterion = self._criterion_of[found.rule.conduct]
            if not any(not item.reading.doubt for item in met.get(criterion, ())):
                met.setdefault(criterion, []).append(found)
        for found in self._learned(post):
            criterion = self._criterion_of[found.rule.conduct]
            if not any(not item.reading.doubt for item in met.get(criterion, ())):
                met.setdefault(criterion, []).append(found)
        return tuple(
            _proposal(criterion, met[criterion], post.sentences, post.context)
            for criterion in dict.fromkeys(self._criterion_of.values())
            if criterion in met
        )

    def _learned(self, post: _Post) -> Iterator[_Met]:
        """Yield what the learned weights find; in a joke a person decides."""
        net = self._net or learned()
        asks = [sentence.text.endswith("?") for sentence in post.sentences]
        for item in net.weigh(post.tagged, asks, post.context):
            if item.conduct in self._criterion_of:
                rule = Rule(f"learned.{item.name}", item.conduct, item.severity, ())
                reading = Reading(stands=True, doubt="joke" in post.context.settings)
                yield _Met(rule, reading, item.sentences)

    def references(self, coded: CodedText) -> tuple[Reference, ...]:
        """Return, for each mention of a protected class, whom it is about."""
        post = self._read(coded)
        violent = [
            number
            for found in self._summed(post)
            if found.rule.conduct is Conduct.THREATENS_VIOLENCE
            for number in found.sentences
        ]
        biased = [
            number
            for found in self._learned(post)
            if found.rule.conduct in GROUP_CONDUCT
            for number in found.sentences
        ]
        return references(post.sentences, post.tagged, post.context, post.weighed, violent, biased)

    def _read(self, coded: CodedText) -> _Post:
        sentences = sentences_of(coded)
        tagged = self.tagged(sentences)
        context = context_of(coded, tagged)
        weighed = []
        for number, (sentence, row) in enumerate(zip(sentences, tagged, strict=True)):
            for rule, first, last in self._rules.matches(row):
                match = Match(rule, row, first, last, sentence.start)
                weighed.append(Weighed(number, match, read(match, context)))
        return _Post(sentences, tagged, context, weighed)

    def tagged(self, sentences: Iterable[Sentence]) -> list[Tagged]:
        """Return the sentences as rows of tagged words, the group last named kept in mind."""
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

    def _summed(self, post: _Post) -> list[_Met]:
        """Return the sums of cues that some stretch of the post reaches."""
        sentences, tagged, context = post.sentences, post.tagged, post.context
        shown: dict[str, dict[int, set[str]]] = {}
        for number, (sentence, row) in enumerate(zip(sentences, tagged, strict=True)):
            for (item, name, group), first, last in self._cues.matches(row):
                names = shown.setdefault(item.rule.id, {}).setdefault(number, set())
                match = Match(item.rule, row, first, last, sentence.start)
                if name not in names and stands_as_cue(match, context, group):
                    names.add(name)
        found = []
        for item in self._sums:
            by_sentence = shown.get(item.rule.id, {})
            if not by_sentence or item.rule.excused_by & context.settings:
                continue
            numbers = _stretch(item, by_sentence)
            if numbers and (
                not item.writer or any(is_about_writer(tagged[at].words) for at in numbers)
            ):
                reading = Reading(stands=True, doubt="joke" in context.settings)
                found.append(_Met(item.rule, reading, numbers))
        return found


def _without_doubles(met: list[_Met]) -> Iterator[_Met]:
    """Leave out rules that yield where the sentence calls for harm to a group."""
    harm: frozenset[int] = frozenset().union(
        *(item.sentences for item in met if item.rule.conduct is _GROUP_HARM)
    )
    return (item for item in met if not (item.yields and item.sentences <= harm))


def _stretch(item: Sum, by_sentence: dict[int, set[str]]) -> frozenset[int]:
    """Return the sentences of the first stretch whose cues are enough, none if there is none."""
    for start in sorted(by_sentence):
        numbers = [at for at in range(start, start + _CUE_REACH) if by_sentence.get(at)]
        if item.reached(set().union(*(by_sentence[at] for at in numbers))):
            return frozenset(numbers)
    return frozenset()


def _proposal(
    criterion: str, met: list[_Met], sentences: tuple[Sentence, ...], context: Context
) -> Proposal:
    """Merge what met one criterion: the gravest sure reading leads."""
    lead = max(met, key=lambda item: item.weight)
    sure = [item for item in met if item.reading.doubt is lead.reading.doubt]
    numbers = sorted(frozenset().union(*(item.sentences for item in sure)))
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
