"""The cascade inside the nets saves time and loses nothing: both ways find the same.

Every text of the evaluation set is redacted by rules and nets, once with the span net looking only
where the trip-wire leaves it anything to add, and once with it looking everywhere.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks import corpus, scoring
from benchmarks.measure import Result, parser, posts, rounds, show, timed
from models.errors import InputError
from models.text import RawText
from redaction.pipeline import Redactor

POSTS = 2_000


def trained_nets(*, cascade: bool = True) -> Any:
    """Return the nets, or None where none are part of this build."""
    if find_spec("redaction.nets") is None:
        return None
    try:
        return import_module("redaction.nets").Nets.load(cascade=cascade)
    except InputError:
        return None


def measure() -> list[Result]:
    """Return how many texts the cascade changes, recall either way, and how much faster it is."""
    short, whole = trained_nets(), trained_nets(cascade=False)
    if short is None or whole is None:
        return [Result("cascade: texts that it changes", "no nets are trained", "0")]
    rows = [*corpus.explicit(), *(row for row, _ in corpus.posts()), *corpus.clean()]
    rows += [corpus.Row(text) for text in posts(POSTS)]
    redactors = {
        "rules": Redactor(),
        "cascade": Redactor(nets=short),
        "everywhere": Redactor(nets=whole),
    }
    results = {name: scoring.redact(rows, redactor) for name, redactor in redactors.items()}
    both = zip(results["cascade"], results["everywhere"], strict=True)
    changed = sum(one.text != other.text for one, other in both)
    recall = {name: scoring.recall(found).total for name, found in results.items()}
    texts = [RawText(row.text) for row in rows[-POSTS:]]
    seconds = rounds({name: timed(_all(redactors[name], texts)) for name in redactors}, 3)
    shares = ", ".join(f"{name} {share.value:.4f}" for name, share in recall.items())
    how = f"{len(rows):,} texts; recall: {shares} (n {recall['rules'].n})"
    return [
        Result("cascade: texts that it changes", str(changed), "0", how),
        Result(
            "cascade: faster by", f"{seconds['everywhere'] / seconds['cascade']:.1f} x", "", how
        ),
    ]


def _all(redactor: Redactor, texts: Sequence[RawText]) -> Callable[[], object]:
    return lambda: [None for _ in redactor.redact_many(texts)]


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
