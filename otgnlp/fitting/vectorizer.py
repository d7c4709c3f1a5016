"""The vectors that topics are learned from, as a transformer for scikit-learn's own estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from otgnlp.errors import InputError
from otgnlp.fitting.embeddings import load_if_there
from otgnlp.fitting.labels import read_words
from otgnlp.fitting.vectors import LemmaVectors, VectorSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import scipy.sparse as sp
    from numpy.typing import NDArray

    from otgnlp.model import Floats


class LemmaVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns sentences into additive lemma vectors: lemmas, their n-grams and meaning, and pairs.

    They are the vectors from which `TopicClassifier` learns, for any estimator of scikit-learn.

    Parameters
    ----------
    ngram_range, min_words_per_ngram, ngram_weight, embeddings, embedding_weight, pair_weight, \
    min_sentences_per_pair
        As in `TopicClassifier`. ``LemmaVectorizer(ngram_weight=0, embeddings=False,
        pair_weight=0)`` gives a column for each lemma and nothing else.
    sparse_output : bool, default=True
        Give a sparse matrix. ``False`` gives an array, as ``set_output(transform="pandas")``
        needs it; with n-grams that is a wide one.

    Attributes
    ----------
    vectors_ : LemmaVectors
        Vocabulary and frequencies.

    Examples
    --------
    >>> from otgnlp import LemmaVectorizer
    >>> vectorizer = LemmaVectorizer(ngram_weight=0, embeddings=False)
    >>> vectorizer.fit_transform(["Поезда ушли.", "Поезд ушёл!", "Порт."]).shape
    (3, 4)
    >>> vectorizer.get_feature_names_out().tolist()
    ['lemma=поезд', 'lemma=порт', 'lemma=уйти', 'pair=поезд уйти']
    """

    def __init__(
        self,
        ngram_range: tuple[int, int] = (3, 6),
        min_words_per_ngram: int = 2,
        ngram_weight: float = 1.4,
        embeddings: bool = True,
        embedding_weight: float = 0.7,
        pair_weight: float = 1.5,
        min_sentences_per_pair: int = 2,
        sparse_output: bool = True,
    ) -> None:
        self.ngram_range = ngram_range
        self.min_words_per_ngram = min_words_per_ngram
        self.ngram_weight = ngram_weight
        self.embeddings = embeddings
        self.embedding_weight = embedding_weight
        self.pair_weight = pair_weight
        self.min_sentences_per_pair = min_sentences_per_pair
        self.sparse_output = sparse_output

    def fit(self, sentences: Iterable[str], y: object = None) -> LemmaVectorizer:  # noqa: ARG002
        """Learn vocabulary and frequencies; raises `InputError` for no sentences or no strings."""
        words = _features(sentences)
        if not words:
            raise InputError("there is no sentence to learn words from")
        settings = VectorSettings(
            ngram_range=self.ngram_range,
            min_words_per_ngram=self.min_words_per_ngram,
            ngram_weight=self.ngram_weight,
            embedding_weight=self.embedding_weight,
            pair_weight=self.pair_weight,
            min_sentences_per_pair=self.min_sentences_per_pair,
        )
        embeddings = load_if_there(stacklevel=2) if self.embeddings else None
        self.vectors_ = LemmaVectors(settings, embeddings).fit(words)
        return self

    def transform(self, sentences: Iterable[str]) -> sp.csr_matrix | Floats:
        """Return the vectors, shape (n_sentences, n_features); raises `InputTypeError`."""
        check_is_fitted(self, "vectors_")
        matrix = self.vectors_.transform(_features(sentences))
        return matrix if self.sparse_output else matrix.toarray()

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Return names such as ``lemma=порт``, ``ngram=^пор``, ``pair=порт ждать``, in order."""
        check_is_fitted(self, "vectors_")
        return np.array(self.vectors_.feature_names(), dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn (1.6 and newer) that the input is text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags

    def _more_tags(self) -> dict[str, Any]:
        """Tell an older scikit-learn the same."""
        return {"X_types": ["string"]}


def _features(sentences: Iterable[str]) -> Sequence[list[str]]:
    return [[word.feature for word in words] for words in read_words(sentences)]
