"""A first stage that differs from the design, and how well it ranks sentences of other sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from otgnlp.errors import InputError
from otgnlp.fitting.classifier import TopicClassifier
from otgnlp.fitting.embeddings import LemmaEmbeddings, find_archive, load_embeddings
from otgnlp.fitting.vectors import LemmaVectors, VectorSettings
from otgnlp.labelled import LabelledSentence, read_labelled
from otgnlp.words import Word, find_words
from training.comparison.runs import TOPICS, targets
from training.comparison.settings import SOURCES, read_own

Features = list[str]
Contexts = Callable[[str, list[Word]], Iterator[str]]
Matrix = Any  # scipy's sparse matrices have no types

DEFAULTS = {field: getattr(TopicClassifier(), field) for field in VectorSettings.__annotations__}


@dataclass(frozen=True)
class Variant:
    """What differs from the design: settings, features, contexts beside them, weights of data."""

    settings: dict[str, Any] = field(default_factory=dict)
    features: Callable[[str, list[Word]], Features] = lambda _, words: [w.feature for w in words]
    contexts: Contexts | None = None
    context_weight: float = 1.0
    weigh: Callable[[str], float] | None = None
    C: float = 0.1


def embeddings() -> LemmaEmbeddings:
    """Return the word embeddings; raises `InputError` where the extra `train` is not installed."""
    archive = find_archive()
    if archive is None:
        raise InputError("pip install 'otgnlp[train]' brings the embeddings")
    return load_embeddings(archive)


def read(
    public: Path, dev: Path
) -> tuple[list[LabelledSentence], dict[str, list[LabelledSentence]]]:
    """Return television and the own corpus, to learn from, and other sources and dev, to judge."""
    real, judged = (file.sentences for file in read_labelled([public, dev]))
    television = [s for s in real if s.fields["source"] in SOURCES["television"]]
    others = [s for s in real if s.fields["source"] not in SOURCES["television"]]
    return television + read_own(), {"other sources": others, "dev": list(judged)}


class Data:
    """Sentences to learn from and to rank, their words found once."""

    def __init__(
        self, train: list[LabelledSentence], tests: dict[str, list[LabelledSentence]]
    ) -> None:
        self.train = train
        self.tests = tests
        self._words = {
            s.text: find_words(s.text) for part in (train, *tests.values()) for s in part
        }

    def measure(self, variant: Variant, embeddings: LemmaEmbeddings) -> dict[str, float]:
        """Return the mean average precision on each test set."""
        train = self._features(variant, self.train)
        settings = VectorSettings(**{**DEFAULTS, **variant.settings})
        vectors = LemmaVectors(settings, embeddings).fit(train)
        found_contexts = self._contexts(variant, self.train)
        contexts = ContextBlock(variant.context_weight, found_contexts)
        block = contexts.transform(found_contexts)
        matrix = sp.hstack([vectors.transform(train), block], format="csr")
        matrix.sort_indices()
        labels = targets(self.train)
        weights = None
        if variant.weigh is not None:
            sources = (sentence.fields.get("source", "own") for sentence in self.train)
            weights = np.array([variant.weigh(source) for source in sources])
        models = Parallel(n_jobs=-1, prefer="threads")(
            delayed(_fit)(matrix, column, variant.C, weights) for column in labels.T
        )
        found = {}
        for name, sentences in self.tests.items():
            test = self._features(variant, sentences)
            block = contexts.transform(self._contexts(variant, sentences))
            rows = sp.hstack([_unseen(vectors, test), block], format="csr")
            scores = np.array([rows @ model.coef_[0] + model.intercept_[0] for model in models]).T
            found[name] = _average_precision(targets(sentences), scores)
        return found

    def _contexts(self, variant: Variant, sentences: list[LabelledSentence]) -> list[set[str]]:
        find = variant.contexts
        if find is None:
            return [set()] * len(sentences)
        return [set(find(s.text, self._words[s.text])) for s in sentences]

    def _features(self, variant: Variant, sentences: list[LabelledSentence]) -> list[Features]:
        return [variant.features(s.text, self._words[s.text]) for s in sentences]


class ContextBlock:
    """Indicators of words' contexts, scaled as pairs are; at least three sentences have each."""

    def __init__(self, weight: float, train: list[set[str]]) -> None:
        counts = Counter(key for keys in train for key in keys)
        kept = sorted(key for key, count in counts.items() if count >= 3)
        self._columns = {key: column for column, key in enumerate(kept)}
        n = len(train)
        self._scales = weight * np.array([np.log((1 + n) / (1 + counts[k])) + 1 for k in kept])

    def transform(self, sentences: list[set[str]]) -> Matrix:
        """Return a row for each sentence's contexts."""
        indptr, indices, data = [0], [], []
        for keys in sentences:
            found = sorted(self._columns[key] for key in keys if key in self._columns)
            indices += found
            data += [1 / np.sqrt(max(1, len(found)))] * len(found)
            indptr.append(len(indices))
        shape = (len(sentences), len(self._columns))
        return sp.csr_matrix((data, indices, indptr), shape=shape) @ sp.diags(self._scales)


def _unseen(vectors: LemmaVectors, sentences: list[Features]) -> Matrix:
    """Return the vectors of sentences whose words need not be in the training's vocabulary."""
    words = sorted({word for sentence in sentences for word in sentence})
    columns = {word: column for column, word in enumerate(words)}
    rows = [np.array(sorted({columns[w] for w in sentence}), dtype=int) for sentence in sentences]
    sizes = np.array([len(row) for row in rows])
    data = np.repeat(1 / np.sqrt(np.maximum(1, sizes)), sizes)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    bags = sp.csr_matrix((data, np.concatenate(rows), indptr), (len(rows), len(words)))
    pairs = vectors.transform(sentences)[:, vectors.n_word_features :]
    return sp.hstack([bags @ vectors.word_vectors(words), pairs], format="csr")


def _fit(matrix: Matrix, target: Any, C: float, weights: Any) -> LogisticRegression:
    estimator = LogisticRegression(
        C=C, class_weight="balanced", solver="liblinear", tol=1e-3, max_iter=1000
    )
    return estimator.fit(matrix, target, sample_weight=weights)


def _average_precision(labels: Any, scores: Any) -> float:
    """Return the mean over the topics that have at least 20 sentences."""
    values = [
        average_precision_score(labels[:, column], scores[:, column])
        for column in range(len(TOPICS))
        if labels[:, column].sum() >= 20
    ]
    return float(np.mean(values))
