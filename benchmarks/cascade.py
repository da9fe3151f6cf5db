"""The gate before the nets saves time and loses nothing: both ways find the same.

The nets read every text of the evaluation set as the rules leave it, once with the gate that
holds sentences back and once without.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks import corpus
from benchmarks.measure import Result, parser, posts, rounds, show, timed
from models.errors import InputError
from models.text import RawText
from redaction.pipeline import default_redactor

POSTS = 2_000


def trained_nets(*, gated: bool = True) -> Any:
    """Return the nets, or None where none are part of this build."""
    if find_spec("redaction.nets") is None:
        return None
    try:
        return import_module("redaction.nets").Nets.load(gated=gated)
    except InputError:
        return None


def measure() -> list[Result]:
    """Return how many candidates the gate loses, and how much faster it is."""
    gated, open_ = trained_nets(), trained_nets(gated=False)
    if gated is None or open_ is None:
        return [Result("cascade: found with and without", "no nets are trained", "the same")]
    rows = [*corpus.explicit(), *(row for row, _ in corpus.posts()), *corpus.clean()]
    texts = [row.text for row in rows] + list(posts(POSTS))
    coded = [
        item.coded for item in default_redactor().redact_many(map(RawText, texts)) if item.coded
    ]
    with_gate = {
        (number, item.start, item.end, item.protected_class)
        for number, found in enumerate(gated.propose(coded))
        for item in found
    }
    without = {
        (number, item.start, item.end, item.protected_class)
        for number, found in enumerate(open_.propose(coded))
        for item in found
    }
    seconds = rounds(
        {
            "gated": timed(lambda: gated.propose(coded)),
            "open": timed(lambda: open_.propose(coded)),
        },
        3,
    )
    lost = len(without - with_gate)
    how = f"{len(coded):,} texts; {len(without)} found without the gate"
    return [
        Result("cascade: lost by the gate", f"{lost} of {len(without)}", "0", how),
        Result("cascade: faster by", f"{seconds['open'] / seconds['gated']:.1f} x", "", how),
    ]


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
