"""Many texts are redacted in turn, so that the nets read their sentences together.

A text's redaction asks the nets now and then. In a batch it waits until every other text has got
as far, and all questions are answered at once. What a net says of a text never depends on what
else is in the batch.
"""

from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Final

from models.redaction import Redaction
from redaction.candidate import Candidate
from redaction.net_proposer import SpanProposer

Steps = Generator[str, list[Candidate], Redaction]
"""One text's redaction: it yields what the nets are to read, and is sent what they found."""

BATCH: Final = 256
"""Texts that are worked on at once."""


def finished(steps: Steps, nets: SpanProposer | None) -> Redaction:
    """Carry one text's redaction through."""
    try:
        question = next(steps)
        while True:
            question = steps.send([] if nets is None else nets.propose([question])[0])
    except StopIteration as end:
        redaction: Redaction = end.value
        return redaction


def in_batches(every: Iterable[Steps], nets: SpanProposer | None) -> Iterator[Redaction]:
    """Carry redactions through, in order and in flat memory; nets answer a batch at a time."""
    rest = iter(every)
    if nets is None:
        for steps in rest:
            yield finished(steps, None)
        return
    while batch := list(islice(rest, BATCH)):
        yield from _together(batch, nets)


def _together(batch: list[Steps], nets: SpanProposer) -> list[Redaction]:
    done: dict[int, Redaction] = {}
    asked: dict[int, str] = {}
    for number, steps in enumerate(batch):
        try:
            asked[number] = next(steps)
        except StopIteration as end:
            done[number] = end.value
    while asked:
        answers = zip(asked, nets.propose(list(asked.values())), strict=True)
        asked = {}
        for number, answer in answers:
            try:
                asked[number] = batch[number].send(answer)
            except StopIteration as end:
                done[number] = end.value
    return [done[number] for number in range(len(batch))]
