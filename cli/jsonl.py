"""JSON lines from stdin, batch by batch; a bad line is named by its number, never by its words."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final, TextIO

import typer

from cli.exit_codes import ExitCode
from cli.output import say
from models.errors import InputError
from models.text import RawText

SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out bad lines, and count them on stderr.")
]
Item = tuple[Any, RawText]
"""A line's id, which is given back as it came, and its text."""

_BATCH: Final = 256


def answer_lines(
    answer: Callable[[list[Item]], Iterator[dict[str, Any]]], *, skip_bad: bool
) -> None:
    """Read JSONL {"id","text"} from stdin, and write each batch's answers to stdout."""
    batch: list[Item] = []
    skipped = 0

    def flush() -> None:
        for line in answer(batch):
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


def _lines(stream: TextIO) -> Iterator[Item | InputError]:
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


def _item(line: str, number: int) -> Item | InputError:
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
