"""`walloff redact` and `walloff screen`: JSON lines in, JSON lines out, no home and no trace."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TextIO

import typer

from casework.single import screen_text
from cli.exit_codes import ExitCode
from cli.output import refusals_named, say
from models.errors import InputError
from models.redaction import Audience, Redaction
from models.text import RawText
from policy.criteria import load_pack
from policy.defaults import CRITERIA
from redaction.pipeline import Redactor, default_redactor
from triage.engine import Triage

SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out bad lines, and count them on stderr.")
]

_BATCH = 256


@refusals_named
def redact(
    audience: Annotated[Audience, typer.Option(help="Who will read it.")] = Audience.MANAGER,
    skip_bad: SkipBad = False,
) -> None:
    """Withhold protected-class information: JSONL {"id","text"} from stdin to stdout."""
    show = _for_reviewer if audience is Audience.REVIEWER else _for_manager

    def answer(batch: list[tuple[Any, RawText]], redactor: Redactor) -> Iterator[dict[str, Any]]:
        texts = (text for _id, text in batch)
        for (item_id, _text), redaction in zip(batch, redactor.redact_many(texts), strict=True):
            yield {"id": item_id} | show(redaction)

    _stream(answer, skip_bad=skip_bad)


@refusals_named
def screen(
    pack: Annotated[str, typer.Option(help="The criteria pack.")] = CRITERIA,
    skip_bad: SkipBad = False,
) -> None:
    """Show what a case with that one item would release: JSONL {"id","text"} to findings."""
    triage = Triage(load_pack(pack))

    def answer(batch: list[tuple[Any, RawText]], redactor: Redactor) -> Iterator[dict[str, Any]]:
        texts = (text for _id, text in batch)
        for (item_id, _text), redaction in zip(batch, redactor.redact_many(texts), strict=True):
            yield {"id": item_id, "findings": screen_text(redaction, triage)}

    _stream(answer, skip_bad=skip_bad)


def _stream(
    answer: Callable[[list[tuple[Any, RawText]], Redactor], Iterator[dict[str, Any]]],
    *,
    skip_bad: bool,
) -> None:
    redactor = default_redactor()
    batch: list[tuple[Any, RawText]] = []
    skipped = 0

    def flush() -> None:
        for line in answer(batch, redactor):
            sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        batch.clear()

    for item in _lines(sys.stdin):
        if isinstance(item, InputError):
            if not skip_bad:
                flush()
                say(f"walloff: {item.code}: {item}")
                raise typer.Exit(ExitCode.BAD_INPUT)
            skipped += 1
            continue
        batch.append(item)
        if len(batch) >= _BATCH:
            flush()
    flush()
    if skipped:
        say(f"walloff: {skipped} bad lines left out")


def _lines(stream: TextIO) -> Iterator[tuple[Any, RawText] | InputError]:
    """Yield each line's id and text, or what is wrong with it; never a part of the line."""
    for number, line in enumerate(stream.buffer, start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            yield InputError("not UTF-8", line=number)
            continue
        if not text.strip():
            continue
        yield _item(text, number)


def _item(line: str, number: int) -> tuple[Any, RawText] | InputError:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return InputError("not JSON", line=number)
    if not isinstance(value, dict):
        return InputError("not a JSON object", line=number)
    if not isinstance(value.get("id"), str | int) or isinstance(value.get("id"), bool):
        return InputError('"id" is missing or not a string', line=number)
    if not isinstance(value.get("text"), str):
        return InputError('"text" is missing or not a string', line=number)
    return value["id"], RawText(value["text"])


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
