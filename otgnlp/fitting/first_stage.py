"""The first stage: one logistic regression a topic on sentence vectors, compiled to tables."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression

from otgnlp.fitting.vectors import LemmaVectors
from otgnlp.model import TopicModel, n_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from otgnlp.fitting.embeddings import LemmaEmbeddings
    from otgnlp.fitting.vectors import VectorSettings, Words
    from otgnlp.model import Floats

    Targets = NDArray[np.bool_]

# Words whose vectors are turned into table rows at a time; bounds the memory for embeddings.
_CHUNK = 20_000

# A topic with fewer sentences than _AMPLE can learn little of single words and must go by what they
# mean: its embeddings weigh more, up to _MOST times (training/experiments/few_sentences.py).
_AMPLE = 400
_GROWTH = 0.55
_MOST = 4.0


class FirstStage:
    """Fitted scikit-learn estimators, and the tables that give the same scores."""

    def __init__(self, vectors: LemmaVectors, coef: Floats, bias: Floats) -> None:
        self.vectors = vectors
        self.coef = coef
        self.bias = bias

    @classmethod
    def fit(
        cls,
        sentences: Sequence[Words],
        targets: Targets,
        settings: VectorSettings,
        embeddings: LemmaEmbeddings | None,
        C: float,
        n_jobs: int | None,
    ) -> FirstStage:
        """Fit on sentences (lists of words) and targets (n, k)."""
        vectors = LemmaVectors(settings, embeddings).fit(sentences)
        matrix = vectors.transform(sentences)
        fitted = Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(_fit_topic)(matrix, column, C, vectors.embedding_columns)
            for column in targets.T
        )
        coef, bias = zip(*fitted, strict=True)
        return cls(vectors, np.array(coef), np.array(bias))

    def decision_function(self, sentences: Sequence[Words]) -> Floats:
        """Return scores the long way, by sentence vectors: shape (n, k)."""
        scores: Floats = self.vectors.transform(sentences) @ self.coef.T + self.bias
        return scores

    def compile(self, topics: tuple[str, ...], among: set[str] | None = None) -> TopicModel:
        """Return the tables, not yet calibrated.

        They list the training's words and those of the embeddings, of the latter, if `among` is
        given, only the words in it.
        """
        words = self._known_words(among)
        rows = {word: row for row, word in enumerate(words, start=1)}
        keys = np.array(
            [rows[left] << 32 | rows[right] for left, right in self.vectors.pairs], dtype=np.uint64
        )
        order = np.argsort(keys)
        n_topics = len(topics)
        weights = [np.zeros((1, n_topics)), *self._word_rows(words)]
        weights.append(self._pair_rows()[order])
        return TopicModel(
            name="",
            version="",
            topics=topics,
            thresholds=(0.5,) * n_topics,
            words=tuple(words),
            weights=np.concatenate(weights).astype(np.float32),
            pairs=keys[order],
            bias=self.bias,
            calibration_weights=np.eye(n_topics, n_features(n_topics)),
            calibration_bias=np.zeros(n_topics),
        )

    def _known_words(self, among: set[str] | None) -> list[str]:
        known = set(self.vectors.words)
        if self.vectors.embeddings is not None:
            embedded = set(self.vectors.embeddings.lemmas)
            known |= embedded if among is None else embedded & among
        return sorted(known)

    def _word_rows(self, words: Sequence[str]) -> list[Floats]:
        coef = self.coef[:, : self.vectors.n_word_features].T
        chunks = (words[start : start + _CHUNK] for start in range(0, len(words), _CHUNK))
        return [self.vectors.word_vectors(chunk) @ coef for chunk in chunks]

    def _pair_rows(self) -> Floats:
        coef = self.coef[:, self.vectors.n_word_features :].T
        rows: Floats = self.vectors.pair_scales()[:, None] * coef
        return rows


def _fit_topic(
    matrix: sp.csr_matrix, target: NDArray[np.bool_], C: float, embedding_columns: slice
) -> tuple[Floats, float]:
    n_positive = int(target.sum())
    if n_positive in (0, len(target)) or matrix.shape[1] == 0:
        # Nothing to tell apart, or nothing to tell by: the smoothed frequency, as log-odds.
        return np.zeros(matrix.shape[1]), log((n_positive + 1) / (len(target) - n_positive + 1))
    scale = np.ones(matrix.shape[1])
    scale[embedding_columns] = np.clip((_AMPLE / n_positive) ** _GROWTH, 1.0, _MOST)
    estimator = LogisticRegression(
        C=C, class_weight="balanced", solver="liblinear", tol=1e-3, max_iter=1000
    )
    estimator.fit(_scaled(matrix, scale), target)
    return estimator.coef_[0] * scale, float(estimator.intercept_[0])


def _scaled(matrix: sp.csr_matrix, scale: Floats) -> sp.csr_matrix:
    """Return the matrix with its columns multiplied; the matrix itself where that changes none."""
    if (scale == 1.0).all():
        return matrix
    data = matrix.data * scale[matrix.indices]
    return type(matrix)((data, matrix.indices, matrix.indptr), shape=matrix.shape)
