"""Bags of words and mean vectors under a logistic regression: what a notebook would try first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from otgnlp.words import find_words
from training.comparison.rival import Rival, pickled_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.fitting.embeddings import LemmaEmbeddings
    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats


def lemmas(text: str) -> list[str]:
    """Return the words' lemmas, as otgnlp reads them: every rival on lemmas has the same ones."""
    return [word.feature for word in find_words(text)]


def _regression(C: float) -> OneVsRestClassifier:
    estimator = LogisticRegression(C=C, class_weight="balanced", solver="liblinear")
    return OneVsRestClassifier(estimator)


class TfidfLemmas(Rival):
    """TF-IDF of lemmas and pairs of lemmas, and a logistic regression."""

    name = "TF-IDF of lemmas + logistic regression"

    def fit(self, texts: Sequence[str], targets: Targets, topics: Sequence[str]) -> None:
        """Fit the pipeline."""
        del topics
        self._pipeline = self._make().fit(texts, targets.astype(int))

    def _make(self) -> Pipeline:
        return make_pipeline(self._words(), _regression(10.0))

    def _words(self) -> TfidfVectorizer:
        return TfidfVectorizer(
            tokenizer=lemmas,
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, 2),
            min_df=2,
            sublinear_tf=True,
        )

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return the pipeline's probabilities."""
        probabilities: Floats = self._pipeline.predict_proba(texts)
        return probabilities

    def size(self) -> int:
        """Return the pickled pipeline's size."""
        return pickled_size(self._pipeline)


class TfidfCharacters(TfidfLemmas):
    """The same with character n-grams beside the lemmas."""

    name = "TF-IDF of lemmas and characters + logistic regression"

    def _make(self) -> Pipeline:
        characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True
        )
        union = FeatureUnion([("lemmas", self._words()), ("characters", characters)])
        return make_pipeline(union, _regression(10.0))


class MeanEmbeddings(Rival):
    """The mean of the lemmas' navec vectors, and a logistic regression."""

    name = "mean navec vector + logistic regression"

    def __init__(self, embeddings: LemmaEmbeddings) -> None:
        self._embeddings = embeddings

    def fit(self, texts: Sequence[str], targets: Targets, topics: Sequence[str]) -> None:
        """Fit the regression."""
        del topics
        self._regression: Any = _regression(1.0).fit(self._means(texts), targets.astype(int))

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return the regression's probabilities."""
        probabilities: Floats = self._regression.predict_proba(self._means(texts))
        return probabilities

    def size(self) -> int:
        """Return the size of the vectors and the regression."""
        return self._embeddings.vectors.nbytes + pickled_size(self._regression)

    def _means(self, texts: Sequence[str]) -> Floats:
        means = np.zeros((len(texts), self._embeddings.dimension))
        for row, text in enumerate(texts):
            vectors = self._embeddings.look_up(lemmas(text))
            known = vectors[vectors.any(axis=1)]
            if len(known):
                means[row] = known.mean(axis=0) * 10.0  # to about unit length
        return means
