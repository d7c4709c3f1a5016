"""The first stage on many sentences at once: rows looked up and added, by NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from otgnlp.batch import FIRST_UNKNOWN
from otgnlp.model import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from otgnlp.batch import Batch
    from otgnlp.model import Floats, TopicModel

    Ints = NDArray[np.int64]

_STRONGEST = 3
_FEWEST = 3  # a clause of fewer words is scored as if it had so many
_HALF = 32  # bits of a key that hold a row
_ROW = (1 << _HALF) - 1


def first_stage(model: TopicModel, batch: Batch) -> Floats:
    """Return what the second stage reads of n sentences, shape (n, 5k + 1).

    First the k scores; then each topic's strongest contribution, and the sum of its three
    strongest (neither below 0); then the score of its best clause, and that clause's share of
    the sentence's words; last the logarithm of the number of distinct words. A sentence's figures
    are the same, to the last bit, whatever stands beside it.
    """
    n_sentences = len(batch.lengths)
    sentences = np.repeat(np.arange(n_sentences), batch.lengths)
    rows = np.where(batch.ids < FIRST_UNKNOWN, batch.ids, 0)
    left, pairs = _find_pairs(model, rows, sentences)
    keys = _distinct(
        np.concatenate([(sentences << _HALF | rows)[rows > 0], sentences[left] << _HALF | pairs])
    )
    owners, distinct = keys >> _HALF, keys & _ROW
    is_word = distinct < model.first_pair
    n_words = np.bincount(owners[is_word], minlength=n_sentences)
    n_words += _count_unknown(batch.ids, sentences, n_sentences)
    roots = np.sqrt(np.maximum(n_words, 1))[:, None]
    table = model.weights[distinct]
    return np.concatenate(
        [
            _sums(table, owners, n_sentences) / roots + model.bias,
            *_strongest(table, owners, n_sentences, roots),
            *_best_clauses(model, batch, rows, left, pairs, sentences),
            np.log(np.maximum(n_words, 1))[:, None],
        ],
        axis=1,
    )


def _distinct(keys: Ints) -> Ints:
    keys.sort()
    return keys[np.diff(keys, prepend=-1) > 0]


def _find_pairs(model: TopicModel, rows: Ints, sentences: Ints) -> tuple[Ints, Ints]:
    """Return where the left words of known pairs stand, and the pairs' rows."""
    candidates = np.flatnonzero(
        (rows[:-1] > 0) & (rows[1:] > 0) & (sentences[:-1] == sentences[1:])
    )
    pairs = model.pair_rows(rows[candidates], rows[candidates + 1])
    found = pairs != UNKNOWN
    return candidates[found], pairs[found]


def _count_unknown(ids: Ints, sentences: Ints, n_sentences: int) -> Ints:
    """Return how many distinct words without a row each sentence has."""
    places = np.flatnonzero(ids >= FIRST_UNKNOWN)
    distinct = set(zip(sentences[places].tolist(), ids[places].tolist(), strict=True))
    owners = np.fromiter((owner for owner, _ in distinct), dtype=np.int64, count=len(distinct))
    return np.bincount(owners, minlength=n_sentences)


def _sums(table: NDArray[np.float32], owners: Ints, n_owners: int) -> Floats:
    """Return the sums of the rows of each owner, shape (n_owners, k)."""
    columns = [np.bincount(owners, column, minlength=n_owners) for column in table.T]
    return np.stack(columns, axis=1)


def _strongest(
    table: NDArray[np.float32], owners: Ints, n_sentences: int, roots: Floats
) -> tuple[Floats, Floats]:
    """Return each sentence's strongest contributions, and the sums of its three strongest.

    `owners` ascends. The strongest of each sentence is found and struck out, and so on.
    """
    n_topics = table.shape[1]
    counts = np.bincount(owners, minlength=n_sentences)
    some = np.flatnonzero(counts)
    starts = np.cumsum(counts[some]) - counts[some]
    group = np.repeat(np.arange(len(some)), counts[some])
    left = np.maximum(table, 0)
    top = np.zeros((_STRONGEST, n_sentences, n_topics))
    for place in range(_STRONGEST if len(some) else 0):
        best = np.maximum.reduceat(left, starts, axis=0)
        top[place, some] = best
        is_best = left == best[group]
        for topic in range(n_topics):
            where = np.flatnonzero(is_best[:, topic])
            first = np.diff(group[where], prepend=-1) > 0  # equals count one by one
            left[where[first], topic] = 0
    top /= roots
    return top[0], top[0] + top[1] + top[2]


def _best_clauses(
    model: TopicModel, batch: Batch, rows: Ints, left: Ints, pairs: Ints, sentences: Ints
) -> tuple[Floats, Floats]:
    """Return the score of each sentence's best clause, and its share of the words: (n, k) each."""
    n_sentences, n_topics = len(batch.lengths), len(model.topics)
    scores = np.tile(model.bias, (n_sentences, 1))
    shares = np.zeros((n_sentences, n_topics))
    if not len(rows):
        return scores, shares
    clauses = np.cumsum(np.diff(batch.clauses, prepend=batch.clauses[0]) > 0)
    inside = clauses[left] == clauses[left + 1]
    n_clauses = int(clauses[-1]) + 1
    totals = _sums(
        model.weights[np.concatenate([rows, pairs[inside]])],
        np.concatenate([clauses, clauses[left[inside]]]),
        n_clauses,
    )
    sizes = np.bincount(clauses)
    of_clause = totals / np.sqrt(np.maximum(sizes, _FEWEST))[:, None] + model.bias
    owners = sentences[np.searchsorted(clauses, np.arange(n_clauses))]
    some = np.flatnonzero(batch.lengths)
    starts = np.searchsorted(owners, some)
    scores[some] = np.maximum.reduceat(of_clause, starts, axis=0)
    for topic in range(n_topics):
        best = np.flatnonzero(of_clause[:, topic] == scores[owners, topic])[::-1]
        shares[owners[best], topic] = sizes[best]  # the first of equals is written last
    shares[some] /= batch.lengths[some, None]
    return scores, shares
