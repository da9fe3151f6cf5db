"""`walloff explain`: every rule that fired on a text, and why a listed word stayed."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cli.jsonl import Item, SkipBad, answer_lines
from cli.output import print_json, refusals_named
from cli.terms import TermsOption, gazetteer_with, redactor_with
from models.protected import tier_of
from models.redaction import Span
from redaction.explain import Explainer, Kept


@refusals_named
def explain(
    word: Annotated[
        str | None,
        typer.Option("--word", help="Tell of this word alone; without stdin, what the lists say."),
    ] = None,
    lists: Annotated[
        bool, typer.Option("--lists", help="Print what the lists say of --word, and read nothing.")
    ] = False,
    terms: TermsOption = None,
    skip_bad: SkipBad = False,
) -> None:
    """Say why: JSONL {"id","text"} from stdin to rules, offsets and reasons on stdout.

    For reviewers and operators: the answer names protected classes.
    """
    explainer = Explainer(redactor_with(terms), gazetteer_with(terms))
    if lists:
        if word is None:
            raise typer.BadParameter("--lists needs --word")
        print_json([entry._asdict() for entry in explainer.word(word)])
        return
    wanted = None if word is None else word.casefold()

    def answer(batch: list[Item]) -> Iterator[dict[str, Any]]:
        for item_id, text in batch:
            found = explainer.explain(text)
            raw = text.reveal()
            yield {
                "id": item_id,
                "outcome": found.redaction.outcome,
                "fired": [
                    _fired(span)
                    for span in found.redaction.spans
                    if wanted is None or wanted in raw[span.start : span.end].casefold()
                ],
                "kept": [
                    _kept(item)
                    for item in found.kept
                    if wanted is None or wanted in raw[item.start : item.end].casefold()
                ],
                "leakage": list(found.leaks),
            }

    answer_lines(answer, skip_bad=skip_bad)


def _fired(span: Span) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "class": span.protected_class,
        "tier": span.tier,
        "mention": span.mention,
        "proposer": span.proposer,
        "rule": span.rule,
        "version": span.version,
        "score": span.score,
    }


def _kept(item: Kept) -> dict[str, Any]:
    return {
        "start": item.start,
        "end": item.end,
        "class": item.protected_class,
        "tier": tier_of(item.protected_class),
        "rule": item.rule,
        "reason": item.reason,
        "detail": item.detail,
    }
