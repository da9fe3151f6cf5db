"""`walloff redact` and `walloff screen`: JSON lines in, JSON lines out, no home and no trace."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from casework.screening.single import screen_text
from cli.jsonl import Item, SkipBad, answer_lines
from cli.output import refusals_named
from cli.terms import TermsOption, redactor_with
from models.redaction import Audience, Redaction
from policy.criteria import load_pack
from policy.defaults import CRITERIA, default_draft
from triage.engine import Triage


@refusals_named
def redact(
    audience: Annotated[Audience, typer.Option(help="Who will read it.")] = Audience.MANAGER,
    terms: TermsOption = None,
    skip_bad: SkipBad = False,
) -> None:
    """Withhold protected-class information: JSONL {"id","text"} from stdin to stdout."""
    show = _for_reviewer if audience is Audience.REVIEWER else _for_manager
    redactor = redactor_with(terms)

    def answer(batch: list[Item]) -> Iterator[dict[str, Any]]:
        texts = (text for _id, text in batch)
        for (item_id, _text), redaction in zip(batch, redactor.redact_many(texts), strict=True):
            yield {"id": item_id} | show(redaction)

    answer_lines(answer, skip_bad=skip_bad)


@refusals_named
def screen(
    pack: Annotated[str, typer.Option(help="The criteria pack.")] = CRITERIA,
    terms: TermsOption = None,
    skip_bad: SkipBad = False,
) -> None:
    """Show what a case with that one item would release: JSONL {"id","text"} to findings."""
    triage, policy = Triage(load_pack(pack)), default_draft().policy
    redactor = redactor_with(terms)

    def answer(batch: list[Item]) -> Iterator[dict[str, Any]]:
        texts = (text for _id, text in batch)
        for (item_id, _text), redaction in zip(batch, redactor.redact_many(texts), strict=True):
            yield {"id": item_id, "findings": screen_text(redaction, triage, policy)}

    answer_lines(answer, skip_bad=skip_bad)


def _for_manager(redaction: Redaction) -> dict[str, Any]:
    return {"text": redaction.text}


def _for_reviewer(redaction: Redaction) -> dict[str, Any]:
    withheld = [
        {
            "start": span.start,
            "end": span.end,
            "class": span.protected_class,
            "tier": span.tier,
            "rule": span.rule,
            "version": span.version,
            "score": span.score,
        }
        for span in redaction.spans
    ]
    return {"text": redaction.text, "withheld": withheld}
