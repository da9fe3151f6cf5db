"""The evaluation as Markdown, every figure with its n and its interval, and the chart's blocks."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from benchmarks import self_target
from benchmarks.attack import Attack
from benchmarks.chart import Bar, Block
from benchmarks.figures import Bound, Figure
from benchmarks.intervals import Share
from benchmarks.measuring import GAP, LEAST, PERMUTATIONS, Evaluation
from benchmarks.users import ATTRIBUTES

_NAMES: Final = {
    "explicit.recall": "protected terms that do not survive (every class, many frames)",
    "explicit.closed": "of those texts, withheld whole by the leakage check",
    "posts.recall": "disclosures in first-person posts that do not survive",
    "posts.lost": "letters lost in those posts besides the disclosures",
    "told.recall": "disclosures told without the word for them that do not survive",
    "told.untouched": "their twins, which disclose nothing, left untouched",
    "names.recall": "names that do not survive",
    "tricks.gone": "bent terms that do not survive",
    "pairs.collapse": "groups differing in the identity alone that come out as one text",
    "clean.everyday": "everyday sentences left untouched",
    "clean.ambiguous": "sentences with a class's word in its harmless sense left untouched",
    "users.withheld": "letters withheld from whole histories",
    "left.sex": "share of the raw signal left: sex",
    "left.over40": "share of the raw signal left: over 40",
    "left.married": "share of the raw signal left: ever married",
    "mentions.self": "mentions about the writer: F1 (held out)",
    "mentions.target": "mentions that are the target of hostility: F1 (held out)",
    "release.holding": "users whose release holds a finding",
    "release.p.sex": "release tells sex: p after Holm",
    "release.p.over40": "release tells over 40: p after Holm",
    "release.p.married": "release tells ever married: p after Holm",
}
_ATTRIBUTE: Final = {"sex": "sex", "over40": "over 40", "married": "ever married"}

_INTRO: Final = """\
# Evaluation

How much of what is protected survives redaction, and what redaction costs. `make evaluate` writes
this page, prints the same numbers, and fails if one falls below its floor in
`benchmarks/floors.toml` or if two groups lie more than 2 points apart. Blindness is only half of
the matter; the other half is whether conduct still reaches the manager (Usefulness, below).

The sets lie in `benchmarks/data/redaction`. They were written for measuring alone, but what they
showed to be missed has since been mended, so they flatter: on texts of the same kinds that nobody
had read, the rules of this version withheld 0.95 of 686 explicit terms, 0.85 of 75 disclosures in
posts, 0.93 of 103 bent words, made 0.86 of 77 minimal pairs one text, and left 0.80 of 164
harmless sentences alone. No threshold and no model is derived from these sets. Texts run through
the very redactor and triage that cases run through. Intervals are Wilson's at 95 %, those of
areas bootstrapped over users. `make evaluate DATA=folder` also scores JSONL sets from elsewhere,
and prints the result.
"""


def summary(result: Evaluation, limits: Mapping[str, Bound]) -> list[list[str]]:
    """Return the rows of the summary table."""
    rows = []
    for name, label in _NAMES.items():
        bound = limits.get(name)
        rows.append(
            [
                label,
                _number(result.figures[name]),
                _span(result.figures[name]),
                f"{result.figures[name].n} {result.figures[name].unit}",
                bound.reach if bound else "",
                f"{'≥' if bound.least else '≤'} {bound.limit:g}" if bound else "",
            ]
        )
    return rows


SUMMARY_HEAD: Final = ("figure", "value", "95 % interval", "n", "reach", "floor")


def gap_rows(result: Evaluation) -> list[list[str]]:
    """Return the rows of the parity table, widest gap first."""
    return [
        [
            gap.name,
            gap.measure,
            f"{gap.best[0]} {gap.best[1].value:.3f} (n {gap.best[1].n})",
            f"{gap.worst[0]} {gap.worst[1].value:.3f} (n {gap.worst[1].n})",
            f"{100 * gap.size:.1f}",
            "fails" if gap.size > GAP else "holds",
        ]
        for gap in sorted(result.gaps, key=lambda gap: (-gap.size, gap.name))
    ]


GAP_HEAD: Final = ("compared", "measure", "highest", "lowest", "points apart", "2 points")


def class_rows(result: Evaluation) -> list[list[str]]:
    """Return recall and losses by class, of terms in frames."""
    lost: dict[str, Share] = {}
    for (name, _group), share in result.lost["explicit"].items():
        lost[name] = lost.get(name, Share(0, 0)) + share
    harmless = result.tallies["ambiguous"].classes()
    return [
        [name, *_share(share), f"{lost[name].value:.3f}", _false_positives(harmless.get(name))]
        for name, share in sorted(result.tallies["explicit"].classes().items())
    ]


CLASS_HEAD: Final = (
    "class",
    "recall",
    "95 % interval",
    "n",
    "letters lost besides",
    "its words withheld in a harmless sense",
)


def _false_positives(kept: Share | None) -> str:
    return "" if kept is None else f"{kept.n - kept.hits} of {kept.n}"


def markdown(
    result: Evaluation, limits: Mapping[str, Bound], chart: str, useful: Sequence[str]
) -> str:
    """Return the page. `chart` is the drawing's path, relative to it; `useful` are plain lines."""
    explicit = result.tallies["explicit"]
    lost = result.lost["explicit"]
    groups = [
        [name, group, *_share(share), f"{lost[name, group].value:.3f}"]
        for (name, group), share in sorted(explicit.by.items())
        if sum(of == name for of, _ in explicit.by) > 1
    ]
    voices = [
        [voice, *_share(share), f"{result.lost['everyday']['', voice].value:.4f}"]
        for voice, share in sorted(result.tallies["everyday"].groups().items())
    ]
    head = ("recall", "95 % interval", "n")
    parts = [
        _INTRO,
        f"Rules: version `{result.version}`.",
        "## Summary\n",
        _table(SUMMARY_HEAD, summary(result, limits)),
        f"![Recall by class, and what a classifier still tells]({chart})",
        "## By class\n",
        "Terms of each class in every frame that suits their kind. The last column counts "
        "sentences that use a word of the class in a sense that discloses nothing.",
        _table(CLASS_HEAD, class_rows(result)),
        "## By group\n",
        _table(("class", "group", *head, "letters lost besides"), groups),
        "## Parity\n",
        f"Groups of one class are compared within one kind of frame, where they hold at least "
        f"{LEAST} stretches; letters lost only where the frames are the same. More than 2 points "
        "apart fails the evaluation.",
        _table(GAP_HEAD, gap_rows(result)),
        "## Collapse\n",
        "Each group of texts differs in the identity alone and should come out as one text.",
        _table(("identities", "one text", "95 % interval", "groups"), _groups(result, "pairs")),
        "## Bent spelling\n",
        "Unambiguous terms, bent; neither the bent nor the plain form may survive.",
        _table(("trick", "gone", "95 % interval", "n"), _groups(result, "tricks")),
        "## Text that must stay\n",
        _table(("voice", "untouched", "95 % interval", "n", "letters lost"), voices),
        "## Posts\n",
        _table(("voice", *head), _groups(result, "posts")),
        "## Names\n",
        _table(("tradition", *head), _groups(result, "names")),
        "## Inference\n",
        "A classifier (TF-IDF of words and letters, logistic regression, five-fold over users) "
        "tries to tell each attribute from a synthetic user's whole history: as written, as "
        "redacted, and from what the manager is released. 0.5 is chance. Histories of the two "
        "values are twins, so that what is left is the redactor's; conduct is planted "
        "independently of the user and worded by who the user is. The last column is the "
        f"permutation test's p-value ({PERMUTATIONS:,} permutations, Holm over the three).",
        _table(
            ("attribute", "n", "raw", "redacted", "released", "released above chance: p"),
            _attacks(result),
        ),
        "## Usefulness\n",
        "What `python -m benchmarks.usefulness` prints: conduct planted in labelled texts, found "
        "under the right criterion; the development half was worked on, the held-out half not.",
        "```text\n" + "\n".join(useful) + "\n```",
        "## Self or target\n",
        "Whom a withheld mention is about, as triage answers for it in coded text: what the "
        "applicant is stays withheld, whom the applicant attacks is kept in coded form. "
        "`python -m benchmarks.self_target` prints the same; its development half was worked on, "
        "the held-out half not. Intervals of F1 are bootstrapped over texts.",
        *(part for half, found in result.mentions.items() for part in _mentions(half, found)),
        "## What this does not tell\n",
        "The sets are small next to the world, English, and of one author's making; a figure here "
        "is a floor under regressions before it is a promise about other text. A stretch of "
        "several words counts as gone once it no longer stands there whole. Whether a manager "
        "could infer a class from the conduct itself is measured on synthetic users only.\n",
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _mentions(half: str, found: Sequence[self_target.Answered]) -> list[str]:
    remarks = "\n".join(f"- {remark}" for remark in self_target.remarks(found))
    return [
        f"{half}: {len(found)} texts",
        _table(self_target.HEAD, self_target.rows(found)),
        remarks,
    ]


def blocks(result: Evaluation) -> list[Block]:
    """Return what the chart shows."""
    classes = sorted(
        result.tallies["explicit"].classes().items(), key=lambda item: (-item[1].value, item[0])
    )
    recall = [Bar(f"{name} (n {share.n})", share.value, *share.interval) for name, share in classes]
    inference = []
    for attribute in ATTRIBUTES:
        three = result.attacks[attribute][:3]
        for kind, one in zip(("raw", "redacted", "released"), three, strict=True):
            label = f"{_ATTRIBUTE[attribute]}, {kind}"
            inference.append(Bar(label, one.area, one.low, one.high, muted=kind == "raw"))
    return [
        Block("Recall of protected terms, by class (95 % interval)", recall),
        Block("Attribute inference: area under the curve, 0.5 is chance", inference, start=0.4),
    ]


def _attacks(result: Evaluation) -> list[list[str]]:
    return [
        [_ATTRIBUTE[name], str(raw.n), *map(_area, (raw, redacted, released)), f"{p:.3f}"]
        for name, (raw, redacted, released, p) in result.attacks.items()
    ]


def _area(one: Attack) -> str:
    return f"{one.area:.3f} ({one.low:.3f} to {one.high:.3f})"


def _groups(result: Evaluation, name: str) -> list[list[str]]:
    return [
        [group, *_share(share)] for group, share in sorted(result.tallies[name].groups().items())
    ]


def _share(share: Share) -> tuple[str, str, str]:
    low, high = share.interval
    return f"{share.value:.3f}", f"{low:.3f} to {high:.3f}", str(share.n)


def _number(figure: Figure) -> str:
    return f"{figure.value:.3f}"


def _span(figure: Figure) -> str:
    return "" if math.isnan(figure.low) else f"{figure.low:.3f} to {figure.high:.3f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
