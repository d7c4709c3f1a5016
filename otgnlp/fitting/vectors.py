"""Additive lemma vectors: a sentence's vector is a sum over its words, so weights fold into words.

A word's vector joins three blocks: the word itself; its character n-grams, to unit length; its
embedding. Each is scaled by the word's inverse document frequency. A sentence's vector is the sum
over its distinct words, and over its pairs of neighbours, divided by the root of the number of
distinct words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from otgnlp.fitting.embeddings import LemmaEmbeddings
    from otgnlp.model import Floats

Words = list[str]
Pair = tuple[str, str]
_Item = TypeVar("_Item", str, Pair)


@dataclass(frozen=True)
class VectorSettings:
    """How word vectors are made; see `TopicClassifier` for what each means."""

    ngram_range: tuple[int, int]
    min_words_per_ngram: int
    ngram_weight: float
    embedding_weight: float
    pair_weight: float
    min_sentences_per_pair: int


class LemmaVectors:
    """Vocabulary, frequencies and embeddings, from which vectors of words and sentences come."""

    def __init__(self, settings: VectorSettings, embeddings: LemmaEmbeddings | None) -> None:
        self.settings = settings
        self.embeddings = embeddings

    def fit(self, sentences: Sequence[Words]) -> LemmaVectors:
        """Count words, n-grams and pairs."""
        self._n_sentences = len(sentences)
        self._frequency = Counter(word for words in sentences for word in set(words))
        self.words = sorted(self._frequency)
        self._columns = _numbered(self.words)
        ngrams = Counter(gram for word in self.words for gram in set(self._ngrams(word)))
        least = self.settings.min_words_per_ngram
        self.ngrams = sorted(gram for gram, count in ngrams.items() if count >= least)
        self._ngram_columns = _numbered(self.ngrams)
        self.pairs, self._pair_idf = self._count_pairs(sentences)
        self._pair_columns = _numbered(self.pairs)
        self._word_vectors = self.word_vectors(self.words)
        return self

    @property
    def n_word_features(self) -> int:
        """The length of a word's vector; in a sentence's, the pairs follow."""
        return int(self._word_vectors.shape[1])

    @property
    def embedding_columns(self) -> slice:
        """Where a sentence's vector holds the sum of its words' embeddings."""
        width = 0 if self.embeddings is None else self.embeddings.dimension
        return slice(self.n_word_features - width, self.n_word_features)

    def feature_names(self) -> list[str]:
        """Return a name for each column of sentences' vectors; "^" and "$" bound n-grams' words."""
        width = 0 if self.embeddings is None else self.embeddings.dimension
        return [
            *(f"lemma={word}" for word in self.words),
            *(f"ngram={gram}" for gram in self.ngrams),
            *(f"embedding={number}" for number in range(width)),
            *(f"pair={left} {right}" for left, right in self.pairs),
        ]

    def transform(self, sentences: Sequence[Words]) -> sp.csr_matrix:
        """Return the sentences' vectors, shape (n, word features + pairs)."""
        words = self._bags(((set(s), len(set(s))) for s in sentences), self._columns)
        blocks = [words @ self._word_vectors]
        if self.pairs:
            neighbours = ((set(_neighbours(s)), len(set(s))) for s in sentences)
            pairs = self._bags(neighbours, self._pair_columns)
            blocks.append(pairs @ sp.diags(self.pair_scales()))
        matrix = sp.hstack(blocks, format="csr")
        matrix.sort_indices()  # liblinear would, in place, on what joblib lends read-only
        return matrix

    def word_vectors(self, words: Sequence[str]) -> sp.csr_matrix:
        """Return the vectors of words, seen in training or not, shape (n, word features)."""
        idf = sp.diags(np.array([self._idf(self._frequency[word]) for word in words]))
        blocks = [self._identity(words), self._ngram_block(words)]
        if self.embeddings is not None:
            weight = self.settings.embedding_weight
            vectors = self.embeddings.look_up(words).astype(np.float64)
            blocks.append(sp.csr_matrix(weight * vectors))
        return (idf @ sp.hstack(blocks)).tocsr()

    def pair_scales(self) -> Floats:
        """Return what each pair's indicator is multiplied by, shape (pairs,)."""
        return self.settings.pair_weight * self._pair_idf

    def _idf(self, frequency: int) -> float:
        return log((1 + self._n_sentences) / (1 + frequency)) + 1.0

    def _ngrams(self, word: str) -> list[str]:
        if self.settings.ngram_weight == 0:
            return []
        bounded = f"^{word}$"
        shortest, longest = self.settings.ngram_range
        return [
            bounded[start : start + size]
            for size in range(shortest, longest + 1)
            for start in range(len(bounded) - size + 1)
        ]

    def _count_pairs(self, sentences: Sequence[Words]) -> tuple[list[Pair], Floats]:
        if self.settings.pair_weight == 0:
            return [], np.empty(0)
        counts = Counter(pair for words in sentences for pair in set(_neighbours(words)))
        least = self.settings.min_sentences_per_pair
        pairs = sorted(pair for pair, count in counts.items() if count >= least)
        return pairs, np.array([self._idf(counts[pair]) for pair in pairs])

    def _identity(self, words: Sequence[str]) -> sp.csr_matrix:
        known = [(row, self._columns[w]) for row, w in enumerate(words) if w in self._columns]
        return _indicators(known, (len(words), len(self._columns)))

    def _ngram_block(self, words: Sequence[str]) -> sp.csr_matrix:
        columns = self._ngram_columns
        known = [
            (row, columns[gram])
            for row, word in enumerate(words)
            for gram in self._ngrams(word)
            if gram in columns
        ]
        block = _indicators(known, (len(words), len(columns)))
        return self.settings.ngram_weight * normalize(block) if columns else block

    def _bags(
        self, bags: Iterable[tuple[set[_Item], int]], columns: dict[_Item, int]
    ) -> sp.csr_matrix:
        """Return a row for each bag, with 1 / √(its number of words) for what it holds."""
        indptr, indices, data = [0], [], []
        for bag, n_words in bags:
            found = sorted(columns[item] for item in bag if item in columns)
            indices += found
            data += [1.0 / sqrt(max(1, n_words))] * len(found)
            indptr.append(len(indices))
        return sp.csr_matrix((data, indices, indptr), shape=(len(indptr) - 1, len(columns)))


def _neighbours(words: Words) -> Iterable[Pair]:
    return pairwise(words)


def _numbered(items: Sequence[_Item]) -> dict[_Item, int]:
    return {item: number for number, item in enumerate(items)}


def _indicators(places: list[tuple[int, int]], shape: tuple[int, int]) -> sp.csr_matrix:
    rows, columns = zip(*places, strict=True) if places else ((), ())
    return sp.csr_matrix((np.ones(len(places)), (rows, columns)), shape=shape)
