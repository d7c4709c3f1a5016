"""The classifier that users train: scikit-learn's conventions, raw sentences in, a model out."""

from __future__ import annotations

import logging
import platform
from dataclasses import replace
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.metrics import f1_score
from sklearn.utils.validation import check_is_fitted

from otgnlp import lemmas, storage
from otgnlp.errors import InputError
from otgnlp.fitting import calibration, labels
from otgnlp.fitting.embeddings import load_if_there
from otgnlp.fitting.first_stage import FirstStage
from otgnlp.fitting.held_out import held_out_features
from otgnlp.fitting.vectors import VectorSettings
from otgnlp.lexicon import compile_lexicon, feature_of, find_forms
from otgnlp.model import calibrate, n_features
from otgnlp.tagger import Tagger
from otgnlp.topics import Topic

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    from otgnlp.fitting.embeddings import LemmaEmbeddings
    from otgnlp.fitting.first_stage import Targets
    from otgnlp.lexicon import Lexicon
    from otgnlp.model import Floats, TopicModel
    from otgnlp.words import Word

_log = logging.getLogger("otgnlp.fitting")

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pymorphy3", "razdel")
_TITLES = {str(topic): {"en": topic.title_en, "ru": topic.title_ru} for topic in Topic}


class TopicClassifier(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Learns topics from labelled sentences: additive lemma vectors and logistic regression.

    Any topic names, any number of topics a sentence, none included. Fitting is deterministic:
    the same sentences in the same order give the same model. Progress goes to the logger
    ``otgnlp.fitting`` at level INFO. As a transformer it turns sentences into probabilities,
    with `set_output` into a data frame of them.

    Parameters
    ----------
    C : float, default=0.1
        Inverse strength of the first stage's regularisation.
    ngram_range : tuple of two int, default=(3, 6)
        Shortest and longest character n-gram of a word.
    min_words_per_ngram : int, default=2
        An n-gram counts if so many different words have it.
    ngram_weight : float, default=1.4
        Length of a word's vector of n-grams, where the word's own indicator has length 1; 0 leaves
        n-grams out.
    embeddings : bool, default=True
        Use the word embeddings that the extra ``train`` installs; they let the model know words
        that no training sentence holds. Without the extra, fitting warns and does without.
    embedding_weight : float, default=0.7
        Length of a word's embedding, likewise. It grows for a topic with fewer than 400 sentences,
        up to four times: what words mean is then all there is to go by.
    pair_weight : float, default=1.5
        Length of the indicator of two neighbouring words, likewise; 0 leaves pairs out.
    min_sentences_per_pair : int, default=2
        A pair counts if so many sentences have it.
    n_folds : int, default=5
        Folds whose held-out scores train calibration and thresholds; fewer where there are fewer
        sentences or groups.
    n_jobs : int or None, default=None
        Topics fitted at a time, as joblib counts.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_topics,)
        The topics, sorted: the order of columns.
    model_ : TopicModel
        The compiled tables.
    first_stage_ : FirstStage
        scikit-learn's estimators, from which the tables come.

    Examples
    --------
    >>> from otgnlp import TopicClassifier
    >>> sentences = ["Порт ждёт суда.", "Поезд ушёл.", "Идёт дождь.", "Поют птицы."]
    >>> classifier = TopicClassifier(embeddings=False)
    >>> classifier.fit(sentences, [["transport"], ["transport"], [], []]).classes_.tolist()
    ['transport']
    >>> classifier.predict_proba(["В порт пришёл поезд."]).shape
    (1, 1)
    """

    def __init__(
        self,
        C: float = 0.1,
        ngram_range: tuple[int, int] = (3, 6),
        min_words_per_ngram: int = 2,
        ngram_weight: float = 1.4,
        embeddings: bool = True,
        embedding_weight: float = 0.7,
        pair_weight: float = 1.5,
        min_sentences_per_pair: int = 2,
        n_folds: int = 5,
        n_jobs: int | None = None,
    ) -> None:
        self.C = C
        self.ngram_range = ngram_range
        self.min_words_per_ngram = min_words_per_ngram
        self.ngram_weight = ngram_weight
        self.embeddings = embeddings
        self.embedding_weight = embedding_weight
        self.pair_weight = pair_weight
        self.min_sentences_per_pair = min_sentences_per_pair
        self.n_folds = n_folds
        self.n_jobs = n_jobs

    def fit(
        self,
        sentences: Sequence[str],
        topics: Sequence[Collection[str]],
        groups: Sequence[Hashable] | None = None,
    ) -> TopicClassifier:
        """Learn from sentences and the topics of each.

        `groups` says what belongs together (the document of each sentence, say) and is never split
        between folds. Raises `InputError` for lengths that differ or labels that are no names.
        """
        if self.n_jobs == 0:
            raise InputError("n_jobs must be 1 or more, or -1 for all cores; not 0")
        words = labels.read_words(sentences)
        classes, targets = labels.binarize(topics)
        if len(words) != len(targets):
            raise InputError(f"{len(words)} sentences, but {len(targets)} sets of topics")
        group_numbers = labels.number(sentences if groups is None else groups, len(words))
        names = tuple(classes.tolist())
        embeddings = load_if_there(stacklevel=2) if self.embeddings else None
        weights, bias, thresholds = self._calibrate(words, targets, group_numbers, embeddings)
        _log.info("all %d sentences: fitting %d topics", len(words), len(names))
        self.first_stage_ = self._fit_first_stage(words, targets, embeddings)
        _log.info("compiling the tables")
        tables = self.first_stage_.compile(names)
        self.model_ = replace(
            tables,
            lexicon=_compile_lexicon(sentences, embeddings, tables),
            titles={name: _TITLES[name] for name in names if name in _TITLES},
            thresholds=thresholds,
            calibration_weights=weights,
            calibration_bias=bias,
            facts=self._facts(targets, names, embeddings),
        )
        self.classes_ = classes
        # Kept, since a new one would read the lexicon again and remember nothing.
        self._tagger = Tagger(self.model_)
        return self

    def predict_proba(self, sentences: Iterable[str]) -> Floats:
        """Return calibrated probabilities, shape (n_sentences, n_topics)."""
        return self.tagger().predict_proba(sentences)

    def transform(self, sentences: Iterable[str]) -> Floats:
        """Return what `predict_proba` does: with `set_output`, in columns named by topic."""
        return self.predict_proba(sentences)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Return the topics, as the names of what `transform` gives."""
        check_is_fitted(self, "model_")
        return self.classes_.astype(object)

    def predict(self, sentences: Iterable[str]) -> NDArray[np.int64]:
        """Return 1 where a topic reaches its threshold, else 0: shape (n_sentences, n_topics)."""
        probabilities = self.predict_proba(sentences)
        return (probabilities >= np.array(self.model_.thresholds)).astype(np.int64)

    def decision_function(self, sentences: Iterable[str]) -> Floats:
        """Return first-stage scores, shape (n_sentences, n_topics)."""
        return self.tagger().decision_function(sentences)

    def score(self, sentences: Sequence[str], topics: Sequence[Collection[str]]) -> float:
        """Return the macro-averaged F1 over the classifier's topics, from 0 to 1."""
        predicted = self.predict(sentences)
        _, targets = labels.binarize(topics, self.classes_.tolist())
        # Topic by topic: of one column alone, "macro" would be the mean over yes and no.
        columns = zip(targets.T, predicted.T, strict=True)
        return float(np.mean([f1_score(*column, zero_division=0) for column in columns]))

    def tagger(self) -> Tagger:
        """Return a tagger of the fitted model."""
        check_is_fitted(self, "model_")
        return self._tagger

    def save(
        self, path: str | os.PathLike[str], *, name: str = "my-topics", version: str = "1"
    ) -> None:
        """Save the fitted model as a folder that `Tagger.load` reads; raises `ModelError`."""
        check_is_fitted(self, "model_")
        storage.save(replace(self.model_, name=name, version=version), path)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn (1.6 and newer) that the input is text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags

    def _more_tags(self) -> dict[str, Any]:
        """Tell an older scikit-learn the same."""
        return {"X_types": ["string"], "requires_y": True}

    def _calibrate(
        self,
        words: list[list[Word]],
        targets: Targets,
        groups: NDArray[np.intp],
        embeddings: LemmaEmbeddings | None,
    ) -> tuple[Floats, Floats, tuple[float, ...]]:
        """Fit the second stage on held-out scores of the first, and choose thresholds."""
        n_topics = targets.shape[1]
        n_folds = min(self.n_folds, len(np.unique(groups)))
        if n_folds < 2 or not any(calibration.enough(targets)):
            weights = np.eye(n_topics, n_features(n_topics))
            return weights, np.zeros(n_topics), (0.5,) * n_topics

        def fit(kept: list[list[Word]], labels: Targets) -> FirstStage:
            return self._fit_first_stage(kept, labels, embeddings)

        features = held_out_features(words, targets, groups, n_folds, fit)
        return self._learn_second_stage(features, targets)

    def _learn_second_stage(
        self, features: Floats, targets: Targets
    ) -> tuple[Floats, Floats, tuple[float, ...]]:
        """Return weights, bias and thresholds."""
        _log.info("calibrating")
        weights, bias = calibration.fit_calibration(features, targets)
        probabilities = calibrate(features, weights, bias)
        return weights, bias, calibration.choose_thresholds(probabilities, targets)

    def _fit_first_stage(
        self, words: Sequence[Sequence[Word]], targets: Targets, embeddings: LemmaEmbeddings | None
    ) -> FirstStage:
        features = [[word.feature for word in sentence] for sentence in words]
        settings = VectorSettings(
            ngram_range=self.ngram_range,
            min_words_per_ngram=self.min_words_per_ngram,
            ngram_weight=self.ngram_weight,
            embedding_weight=self.embedding_weight,
            pair_weight=self.pair_weight,
            min_sentences_per_pair=self.min_sentences_per_pair,
        )
        return FirstStage.fit(features, targets, settings, embeddings, self.C, self.n_jobs)

    def _facts(
        self, targets: Targets, names: tuple[str, ...], embeddings: LemmaEmbeddings | None
    ) -> dict[str, Any]:
        return {
            "libraries": {
                "python": platform.python_version(),
                **{library: installed_version(library) for library in _LIBRARIES},
                "pymorphy3 dictionary": lemmas.dictionary_version(),
                "embeddings": None if embeddings is None else embeddings.name,
            },
            "settings": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in self.get_params().items()
                if name != "n_jobs"
            },
            "training": {
                "sentences": len(targets),
                "without_topic": int((~targets.any(axis=1)).sum()),
                "topics": dict(zip(names, targets.sum(axis=0).tolist(), strict=True)),
            },
        }


def _compile_lexicon(
    sentences: Iterable[str], embeddings: LemmaEmbeddings | None, model: TopicModel
) -> Lexicon:
    """Return the lexicon of the sentences' word forms and of the embeddings'."""
    features = {} if embeddings is None else dict(embeddings.forms)
    forms = set().union(*map(find_forms, sentences)) - features.keys()
    features |= {form: feature_of(form) for form in forms}
    return compile_lexicon(features, model.word_rows)
