"""Sentences as the model reads them: numbers in arrays, many sentences at a time."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from otgnlp.model import TopicModel
    from otgnlp.words import Word

# Ids below this are rows of the model's table; from here on they stand for words without a row.
FIRST_UNKNOWN = 1 << 31


class Batch(NamedTuple):
    """The words of n sentences, one sentence after another.

    `ids` (w,) int64 names the feature of each word: its row in the model's table, or, from
    `FIRST_UNKNOWN` on, a number that only equal features share. `clauses` (w,) says in which clause
    each word stands; it never falls, and no clause is of two sentences. `lengths` (n,) counts the
    words of each sentence.
    """

    ids: NDArray[np.int64]
    clauses: NDArray[np.int64]
    lengths: NDArray[np.int64]


def feature_id(feature: str, model: TopicModel) -> int:
    """Return the row of a feature, or, for one without a row, a number from its 56-bit digest."""
    row = model.word_row(feature)
    if row:
        return row
    digest = blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return FIRST_UNKNOWN + int.from_bytes(digest, "big")


def from_words(sentences: Iterable[Iterable[Word]], model: TopicModel) -> Batch:
    """Return the batch of sentences that `find_words` has read."""
    ids: list[int] = []
    clauses: list[int] = []
    lengths: list[int] = []
    first_clause = 0
    for words in sentences:
        n_before = len(ids)
        for word in words:
            ids.append(feature_id(word.feature, model))
            clauses.append(first_clause + word.clause)
        lengths.append(len(ids) - n_before)
        first_clause = clauses[-1] + 1 if clauses else 0
    return Batch(*(np.array(part, dtype=np.int64) for part in (ids, clauses, lengths)))
