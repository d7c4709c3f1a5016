"""A trained model as tables: look rows up, add them, calibrate. NumPy is all that it needs.

A sentence's first-stage score for a topic is the sum of its features' rows divided by the square
root of its number of distinct words, plus the topic's bias. A second stage, a logistic regression
on what the first says of all topics, turns scores into probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Floats = NDArray[np.float64]

# Row 0 of the weights is all zeros: the row of every word that the model does not know.
UNKNOWN = 0

# How many first-stage features a topic gives to the second stage: score, best, three best.
_STRONGEST = 3


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence as the model sees it: rows of its distinct features, and how many words."""

    rows: list[int]
    n_words: int


@dataclass(frozen=True, slots=True, eq=False)
class TopicModel:
    """All that a model is; `storage` keeps it in a folder.

    Shapes, for k topics, w words and p pairs:
    `weights` (1 + w + p, k) float32, row 0 zero, then words, then pairs;
    `pairs` (p,) uint64, left word's row × 2³² + right word's row, ascending;
    `bias` (k,), `calibration_weights` (k, 3k + 1), `calibration_bias` (k,) float64.
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

    def encode(self, words: Sequence[str]) -> Encoded:
        """Look up the features of a sentence's words, given in order."""
        rows = [self._word_rows.get(word, UNKNOWN) for word in words]
        pairs = [self.pair_row(*pair) for pair in pairwise(rows)]
        return Encoded(list(dict.fromkeys([*rows, *pairs])), len(set(words)))

    def contributions(self, encoded: Encoded) -> Floats:
        """Return what each row of a sentence adds to each topic's score, shape (rows, k)."""
        table: Floats = self.weights[encoded.rows].astype(np.float64)
        return table / sqrt(max(1, encoded.n_words))

    def first_stage(self, sentences: Iterable[Encoded]) -> Floats:
        """Return what the second stage reads, shape (n, 3k + 1).

        First the k scores, then each topic's strongest contribution, then the sum of its three
        strongest (neither below 0), last the logarithm of the number of words.
        """
        n_topics = len(self.topics)
        features = []
        for encoded in sentences:
            table = self.contributions(encoded)
            strongest = np.zeros((_STRONGEST, n_topics))
            top = np.sort(table, axis=0)[::-1][:_STRONGEST]
            strongest[: len(top)] = np.maximum(top, 0.0)
            length = log(max(1, encoded.n_words))
            features.append(
                np.concatenate(
                    [table.sum(axis=0) + self.bias, strongest[0], strongest.sum(axis=0), [length]]
                )
            )
        return np.array(features).reshape(-1, 3 * n_topics + 1)

    def calibrate(self, features: Floats) -> Floats:
        """Return probabilities, shape (n, k), from `first_stage`'s features."""
        logits = features @ self.calibration_weights.T + self.calibration_bias
        probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))  # overflows nowhere
        return probabilities
