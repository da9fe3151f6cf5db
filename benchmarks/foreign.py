"""JSONL sets from elsewhere, told apart by their fields; read in place, never copied.

{"text", "terms", "axis"}                       recall of the terms, by axis
{"text", "group", "axis"}                       share of groups that come out as one text
{"text", "user", "sex", "age", "relationship"}  inference from a user's posts
{"text"}                                        share left untouched
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import scoring
from benchmarks.attack import attack, signal_left
from benchmarks.corpus import Row
from redaction.pipeline import Redactor

_EVER_MARRIED = frozenset({"married", "engaged", "divorced", "widowed"})


def lines_for(folder: Path, redactor: Redactor) -> Iterator[str]:
    """Yield one printable line a figure for every `*.jsonl` of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            items = [json.loads(line) for line in file if line.strip()]
        rows = [_row(item) for item in items]
        redacted = scoring.redact(rows, redactor)
        for name, value in _figures(items, redacted):
            yield f"{path.stem:<24}{name:<32}{value}"


def _row(item: dict[str, Any]) -> Row:
    return Row(
        item["text"],
        tuple(item.get("terms", ())),
        "",
        str(item.get("axis", "")),
        str(item.get("group", "")),
    )


def _figures(
    items: list[dict[str, Any]], redacted: list[scoring.Redacted]
) -> Iterator[tuple[str, str]]:
    yield "texts", str(len(items))
    taken = scoring.withheld((item.row.text, item.text) for item in redacted)
    yield "characters withheld", f"{taken.value:.3f}"
    closed = sum(item.closed for item in redacted)
    yield "withheld whole", f"{closed / max(1, len(redacted)):.3f}"
    if all("user" in item for item in items):
        yield from _inference(items, redacted)
    elif all("terms" in item for item in items):
        yield from _shares("recall", scoring.recall(redacted))
    elif all("group" in item for item in items):
        yield from _shares("collapse", _collapse(redacted))
    else:
        yield from _shares("untouched", scoring.untouched(redacted))


def _collapse(redacted: list[scoring.Redacted]) -> scoring.Tally:
    outputs: dict[str, list[scoring.Redacted]] = defaultdict(list)
    for item in redacted:
        outputs[item.row.family].append(item)
    tally = scoring.Tally()
    for members in outputs.values():
        if len(members) > 1:
            axis = members[0].row.group
            tally.add("", axis, hit=len({member.text for member in members}) == 1)
    return tally


def _shares(name: str, tally: scoring.Tally) -> Iterator[tuple[str, str]]:
    low, high = tally.total.interval
    yield name, f"{tally.total.value:.3f}  ({low:.3f} to {high:.3f}, n {tally.total.n})"
    groups = tally.groups()
    if len(groups) > 1:
        for group, share in sorted(groups.items()):
            yield f"{name}: {group}", f"{share.value:.3f}  (n {share.n})"


def _inference(
    items: list[dict[str, Any]], redacted: list[scoring.Redacted]
) -> Iterator[tuple[str, str]]:
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    person: dict[str, dict[str, Any]] = {}
    for item, result in zip(items, redacted, strict=True):
        before[item["user"]].append(item["text"])
        after[item["user"]].append(result.text)
        person[item["user"]] = item
    users = sorted(person)
    attributes = {
        "sex": [person[user]["sex"] == "female" for user in users],
        "over 40": [person[user]["age"] >= 40 for user in users],
        "ever married": [person[user]["relationship"] in _EVER_MARRIED for user in users],
    }
    for name, labels in attributes.items():
        raw = attack([" ".join(before[user]) for user in users], labels)
        left = attack([" ".join(after[user]) for user in users], labels)
        yield (
            f"inference: {name}",
            f"{raw.area:.3f} raw, {left.area:.3f} redacted "
            f"({left.low:.3f} to {left.high:.3f}, n {left.n}), "
            f"signal left {signal_left(raw.area, left.area):.3f}",
        )
