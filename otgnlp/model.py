"""A trained model as tables: look rows up, add them, calibrate. NumPy is all that it needs.

A sentence's first-stage score for a topic is the sum of its features' rows divided by the square
root of its number of distinct words, plus the topic's bias. A second stage, a logistic regression
on what the first says of all topics, of the sentence and of its clauses, turns scores into
probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from otgnlp.words import Word

Floats = NDArray[np.float64]

# Row 0 of the weights is all zeros: the row of every word that the model does not know.
UNKNOWN = 0

# What a topic gives to the second stage: score, strongest contribution, three strongest, best
# clause, that clause's share of the words.
_BLOCKS = 5
_STRONGEST = 3
_FEWEST = 3  # a clause of fewer words is scored as if it had so many


def n_features(n_topics: int) -> int:
    """Return how many features the second stage reads for so many topics."""
    return _BLOCKS * n_topics + 1


def feature_columns(topics: NDArray[np.intp], n_topics: int) -> NDArray[np.intp]:
    """Return where the features of some topics stand among those of `n_topics`, the length last."""
    blocks = [topics + block * n_topics for block in range(_BLOCKS)]
    return np.concatenate([*blocks, [_BLOCKS * n_topics]]).astype(np.intp)


class Encoded(NamedTuple):
    """A sentence as the model sees it.

    `rows` holds the rows of its distinct features, `n_words` is the number of distinct words;
    `clauses` holds the rows of each clause's words, `pairs` those of its neighbours.
    """

    rows: list[int]
    n_words: int
    clauses: list[list[int]]
    pairs: list[list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class TopicModel:
    """All that a model is; `storage` keeps it in a folder.

    Shapes, for k topics, w words and p pairs:
    `weights` (1 + w + p, k) float32, row 0 zero, then words, then pairs;
    `pairs` (p,) uint64, left word's row × 2³² + right word's row, ascending;
    `bias` (k,), `calibration_weights` (k, 5k + 1), `calibration_bias` (k,) float64.
    `thresholds` holds a probability for each topic, `facts` what is worth knowing of the training,
    `fingerprint` the SHA-256 of the saved model (empty for one that was never saved).
    """

    name: str
    version: str
    topics: tuple[str, ...]
    thresholds: tuple[float, ...]
    words: tuple[str, ...]
    weights: NDArray[np.float32]
    pairs: NDArray[np.uint64]
    bias: Floats
    calibration_weights: Floats
    calibration_bias: Floats
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    _word_rows: dict[str, int] = field(init=False, repr=False)
    _pair_rows: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        first_pair = 1 + len(self.words)
        word_rows = {word: row for row, word in enumerate(self.words, start=1)}
        pair_rows = {key: row for row, key in enumerate(self.pairs.tolist(), start=first_pair)}
        object.__setattr__(self, "_word_rows", word_rows)
        object.__setattr__(self, "_pair_rows", pair_rows)

    @property
    def title(self) -> str:
        """Name and version, as documents give them."""
        return f"{self.name} {self.version}"

    def knows(self, word: str) -> bool:
        """Tell whether a word has a row."""
        return word in self._word_rows

    def word_row(self, word: str) -> int:
        """Return the row of a word, `UNKNOWN` if the model has none."""
        return self._word_rows.get(word, UNKNOWN)

    def pair_row(self, left: int, right: int) -> int:
        """Return the row of two neighbours, given their rows, `UNKNOWN` if there is none."""
        return self._pair_rows.get(left << 32 | right, UNKNOWN)

    def encode(self, words: Sequence[Word]) -> Encoded:
        """Look up the features of a sentence's words."""
        rows = [self._word_rows.get(word.feature, UNKNOWN) for word in words]
        pairs = [self.pair_row(*pair) for pair in pairwise(rows)]
        n_clauses = words[-1].clause + 1 if words else 0
        clauses: list[list[int]] = [[] for _ in range(n_clauses)]
        within: list[list[int]] = [[] for _ in range(n_clauses)]
        for word, row in zip(words, rows, strict=True):
            clauses[word.clause].append(row)
        for (left, right), row in zip(pairwise(words), pairs, strict=True):
            if left.clause == right.clause:
                within[left.clause].append(row)
        n_words = len({word.feature for word in words})
        return Encoded(list(dict.fromkeys([*rows, *pairs])), n_words, clauses, within)

    def contributions(self, encoded: Encoded) -> Floats:
        """Return what each row of a sentence adds to each topic's score, shape (rows, k)."""
        table: Floats = self.weights[encoded.rows].astype(np.float64)
        return table / sqrt(max(1, encoded.n_words))

    def first_stage(self, sentences: Iterable[Encoded]) -> Floats:
        """Return what the second stage reads, shape (n, 5k + 1).

        First the k scores; then each topic's strongest contribution, and the sum of its three
        strongest (neither below 0); then the score of its best clause, and that clause's share of
        the sentence's words; last the logarithm of the number of distinct words.
        """
        features = [
            np.concatenate(
                [
                    *self._of_sentence(self.contributions(encoded)),
                    *self._of_clauses(encoded),
                    [log(max(1, encoded.n_words))],
                ]
            )
            for encoded in sentences
        ]
        return np.array(features).reshape(-1, n_features(len(self.topics)))

    def _of_sentence(self, table: Floats) -> list[Floats]:
        """Return score, strongest and three strongest, each of shape (k,)."""
        strongest = np.zeros((_STRONGEST, len(self.topics)))
        top = np.sort(table, axis=0)[::-1][:_STRONGEST]
        strongest[: len(top)] = np.maximum(top, 0.0)
        return [table.sum(axis=0) + self.bias, strongest[0], strongest.sum(axis=0)]

    def _of_clauses(self, encoded: Encoded) -> list[Floats]:
        """Return the best clause's score and its share of the words, each of shape (k,)."""
        if not encoded.clauses:
            return [self.bias, np.zeros(len(self.topics))]
        sizes = np.array([len(rows) for rows in encoded.clauses])
        scores = np.array(
            [
                self.weights[words + pairs].sum(axis=0, dtype=np.float64)
                for words, pairs in zip(encoded.clauses, encoded.pairs, strict=True)
            ]
        )
        scores = scores / np.sqrt(np.maximum(sizes, _FEWEST))[:, None] + self.bias
        best = scores.argmax(axis=0)
        return [scores.max(axis=0), sizes[best] / sizes.sum()]

    def calibrate(self, features: Floats) -> Floats:
        """Return probabilities, shape (n, k), from `first_stage`'s features."""
        return calibrate(features, self.calibration_weights, self.calibration_bias)


def calibrate(features: Floats, weights: Floats, bias: Floats) -> Floats:
    """Return probabilities, shape (n, k), from features (n, m), weights (k, m) and bias (k,)."""
    logits = features @ weights.T + bias
    probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))  # overflows nowhere
    return probabilities
