"""How well a classifier tells an attribute from text: TF-IDF and logistic regression, by user.

The vectors are those of words and word pairs and of letters within words. A linear model with a
square penalty sees texts only through their inner products, so it is fitted on the principal
coordinates of those: the same model, small enough for a thousand permutations.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import spmatrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_union
from threadpoolctl import threadpool_limits

from benchmarks.corpus import SEED

_FOLDS: Final = 5
_TOKEN: Final = re.compile(r"\[[^\]\n]{1,40}\]|[*█▇■▮]+")
Vectors = np.ndarray[Any, np.dtype[np.float64]]
Labels = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Attack:
    """The area under the curve, its 95 % bootstrap interval over users, and its p-value."""

    area: float
    low: float
    high: float
    n: int
    p: float | None = None
    """Share of permutations of the labels that did as well; None if none were tried."""


def attack(documents: Sequence[str], labels: Sequence[bool], *, permutations: int = 0) -> Attack:
    """Attack documents, one a user, by five-fold cross-validation."""
    # The models are small: threads would only wait for one another.
    with threadpool_limits(1):
        return _attack(documents, np.array(labels), permutations)


def _attack(documents: Sequence[str], truth: Labels, permutations: int) -> Attack:
    vectors = coordinates(documents)
    scores = _scores(vectors, truth)
    area = _area(truth, scores)
    dice = np.random.default_rng(SEED)
    drawn: list[float] = []
    while len(drawn) < 1000:
        sample = dice.integers(0, len(truth), len(truth))
        if 0 < truth[sample].sum() < len(truth):
            drawn.append(_area(truth[sample], scores[sample]))
    low, high = np.percentile(drawn, (2.5, 97.5))
    p = None
    if permutations:
        as_good = 0
        for _ in range(permutations):
            shuffled = dice.permutation(truth)
            as_good += _area(shuffled, _scores(vectors, shuffled)) >= area
        p = (as_good + 1) / (permutations + 1)
    return Attack(area, float(low), float(high), len(truth), p)


def coordinates(documents: Sequence[str]) -> Vectors:
    """Return each document's principal coordinates; tokens count as nothing."""
    texts = [_TOKEN.sub(" ", document) for document in documents]
    if not any(re.search(r"\w\w", text) for text in texts):
        return np.zeros((len(texts), 1))
    words = TfidfVectorizer(min_df=2, sublinear_tf=True, ngram_range=(1, 2))
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
    matrix: spmatrix = make_union(words, pieces).fit_transform(texts)
    values, axes = np.linalg.eigh((matrix @ matrix.T).toarray())
    kept = values > 1e-8 * values.max()
    return np.asarray(axes[:, kept] * np.sqrt(values[kept]), dtype=np.float64)


def _scores(vectors: Vectors, truth: Labels) -> Vectors:
    scores = np.zeros(len(truth))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for known, asked in folds.split(vectors, truth):
        model = LogisticRegression(C=10, max_iter=500, tol=1e-3)
        model.fit(vectors[known], truth[known])
        # Folds differ in their intercept; what counts is the order of users.
        scores[asked] = model.decision_function(vectors[asked])
    return scores


def _area(truth: Labels, scores: Vectors) -> float:
    return float(roc_auc_score(truth, scores))


def signal_left(before: float, after: float) -> float:
    """Return the share of the raw signal that is left; 0 where there was none."""
    if before <= 0.5:
        return 0.0
    return max(0.0, (after - 0.5) / (before - 0.5))
