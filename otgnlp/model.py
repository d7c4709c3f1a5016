"""A trained model as tables: look rows up, add them, calibrate. NumPy is all that it needs.

A sentence's first-stage score for a topic is the sum of its features' rows divided by the square
root of its number of distinct words, plus the topic's bias. A second stage, a logistic regression
on what the first says of all topics, of the sentence and of its clauses, turns scores into
probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from otgnlp.pairs import PairTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otgnlp.lexicon import Lexicon
    from otgnlp.words import Word

Floats = NDArray[np.float64]

# Row 0 of the weights is all zeros: the row of every word that the model does not know.
UNKNOWN = 0

# What a topic gives to the second stage: score, strongest contribution, three strongest, best
# clause, that clause's share of the words.
_BLOCKS = 5


def n_features(n_topics: int) -> int:
    """Return how many features the second stage reads for so many topics."""
    return _BLOCKS * n_topics + 1


def feature_columns(topics: NDArray[np.intp], n_topics: int) -> NDArray[np.intp]:
    """Return where the features of some topics stand among those of `n_topics`, the length last."""
    blocks = [topics + block * n_topics for block in range(_BLOCKS)]
    return np.concatenate([*blocks, [_BLOCKS * n_topics]]).astype(np.intp)


class Rows(NamedTuple):
    """The rows of a sentence's distinct words and pairs, and its number of distinct words."""

    rows: list[int]
    n_words: int


@dataclass(frozen=True, slots=True, eq=False)
class TopicModel:
    """All that a model is; `storage` keeps it in a folder.

    Shapes, for k topics, w words and p pairs:
    `weights` (1 + w + p, k) float32, row 0 zero, then words, then pairs;
    `pairs` (p,) uint64, left word's row × 2³² + right word's row, ascending;
    `bias` (k,), `calibration_weights` (k, 5k + 1), `calibration_bias` (k,) float64.
    `thresholds` holds a probability for each topic, `facts` what is worth knowing of the training,
    `fingerprint` the SHA-256 of the saved model (empty for one that was never saved). `lexicon`
    spares the analysis of the forms in it, and changes no answer.
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
    lexicon: Lexicon | None = None
    _word_rows: dict[str, int] = field(init=False, repr=False)
    _pair_table: PairTable = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = dict(zip(self.words, range(1, len(self.words) + 1), strict=True))
        object.__setattr__(self, "_word_rows", rows)
        object.__setattr__(self, "_pair_table", PairTable(self.pairs))

    @property
    def title(self) -> str:
        """Name and version, as documents give them."""
        return f"{self.name} {self.version}"

    @property
    def first_pair(self) -> int:
        """The row of the first pair of words."""
        return 1 + len(self.words)

    @property
    def word_rows(self) -> Mapping[str, int]:
        """The row of each word."""
        return MappingProxyType(self._word_rows)

    def knows(self, word: str) -> bool:
        """Tell whether a word has a row."""
        return word in self._word_rows

    def word_row(self, word: str) -> int:
        """Return the row of a word, `UNKNOWN` if the model has none."""
        return self._word_rows.get(word, UNKNOWN)

    def pair_rows(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of n pairs of neighbours, given theirs, `UNKNOWN` where there is none."""
        places, found = self._pair_table.find((left << 32 | right).astype(np.uint64))
        return np.where(found, self.first_pair + places, UNKNOWN)

    def neighbour_rows(self, rows: Sequence[int]) -> list[int]:
        """Return the rows of the pairs of neighbours among a sentence's words, given theirs."""
        words = np.array(rows, dtype=np.int64)
        pairs: list[int] = self.pair_rows(words[:-1], words[1:]).tolist()
        return pairs

    def rows_of(self, words: Sequence[Word]) -> Rows:
        """Look up the features of one sentence."""
        rows = [self.word_row(word.feature) for word in words]
        pairs = self.neighbour_rows(rows)
        n_words = len({word.feature for word in words})
        return Rows(list(dict.fromkeys([*rows, *pairs])), n_words)

    def contributions(self, found: Rows) -> Floats:
        """Return what each row of a sentence adds to each topic's score, shape (rows, k)."""
        table: Floats = self.weights[found.rows].astype(np.float64)
        return table / sqrt(max(1, found.n_words))

    def calibrate(self, features: Floats) -> Floats:
        """Return probabilities, shape (n, k), from the features of `scoring.first_stage`."""
        return calibrate(features, self.calibration_weights, self.calibration_bias)


def calibrate(features: Floats, weights: Floats, bias: Floats) -> Floats:
    """Return probabilities, shape (n, k), from features (n, m), weights (k, m) and bias (k,)."""
    # Summed row by row, where a matrix product may depend on how many rows there are.
    logits = np.stack([(features * row).sum(axis=1) for row in weights], axis=1) + bias
    probabilities: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))  # overflows nowhere
    return probabilities
