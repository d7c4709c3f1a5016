"""The tagger: text in, documents out, by a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from otgnlp import parallel, storage, thresholds
from otgnlp.details import LazyDetails
from otgnlp.documents import document_scores, has_headline
from otgnlp.errors import InputTypeError
from otgnlp.language import is_russian
from otgnlp.records import FrozenDict
from otgnlp.schema import Caveat, Document, Sentence, TopicScore
from otgnlp.text import split_sentences
from otgnlp.words import find_words

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from otgnlp.model import Encoded, Floats, TopicModel
    from otgnlp.text import Span
    from otgnlp.thresholds import Threshold
    from otgnlp.words import Word


class Analysis(NamedTuple):
    """Where the n sentences of a text stand, their probabilities (n, k) and their caveats."""

    spans: list[Span]
    probabilities: Floats
    caveats: list[Caveat | None]


class Tagger:
    """Tags texts with the topics of a model.

    >>> import otgnlp
    >>> tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
    >>> tagger.topics
    ('ai', 'digital', 'energy', 'transport')
    >>> tagger.predict(["Порт принял первый контейнерный поезд.", "Выставка открылась."])
    [('transport',), ()]
    """

    def __init__(self, model: TopicModel, folder: Path | None = None) -> None:
        self._model = model
        self._folder = folder

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Tagger:
        """Load a model folder; raises `ModelError` if it is damaged or no model."""
        return cls(storage.load(path), Path(path).absolute())

    @property
    def folder(self) -> Path | None:
        """The folder that the model was loaded from, None for one that was never saved."""
        return self._folder

    @property
    def model(self) -> TopicModel:
        """The model's tables."""
        return self._model

    @property
    def topics(self) -> tuple[str, ...]:
        """The model's topics, in the order of columns."""
        return self._model.topics

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The probability at which each topic is given, unless the caller says otherwise."""
        return FrozenDict(zip(self.topics, self._model.thresholds, strict=True))

    @property
    def bias(self) -> Mapping[str, float]:
        """What each topic's first-stage score is for a sentence without a known word."""
        return FrozenDict(zip(self.topics, self._model.bias.tolist(), strict=True))

    def __repr__(self) -> str:
        return f"Tagger({self._model.title}: {', '.join(self.topics)})"

    def tag(self, text: str, threshold: Threshold = None) -> Document:
        """Split a text into sentences and tag each.

        `threshold` is one probability or a mapping from topics to probabilities; by default each
        topic has the model's own. A document's own topics are scored by its most probable
        sentences and its headline (`otgnlp.documents`). Raises `InputError`.
        """
        limits = thresholds.resolve(threshold, self._model)
        return self.assemble(text, self.analyse(text), limits)

    def tag_many(
        self,
        texts: Iterable[str],
        threshold: Threshold = None,
        *,
        n_jobs: int = 1,
        batch_size: int = 16,
    ) -> Iterator[Document]:
        """Tag texts one by one, in order, reading no further ahead than the work needs.

        With `n_jobs` other than 1, joblib runs that many processes (-1: one a core), each given
        `batch_size` texts at a time. Raises `InputError`, naming the text's number, when the
        iterator reaches what is no string.
        """
        if isinstance(texts, (str, bytes)):
            raise InputTypeError("texts must be an iterable of strings; for one text, call tag()")
        limits = thresholds.resolve(threshold, self._model)
        return parallel.tag_many(self, texts, limits, n_jobs, batch_size)

    def predict_proba(self, sentences: Iterable[str]) -> Floats:
        """Return calibrated probabilities, shape (n_sentences, n_topics), of text already split.

        They are 0 for a sentence that is not Russian.
        """
        return self._judge(sentences)[0]

    def predict(
        self, sentences: Iterable[str], threshold: Threshold = None
    ) -> list[tuple[str, ...]]:
        """Return the topics of text already split, those of one sentence best first."""
        limits = thresholds.resolve(threshold, self._model)
        return [
            tuple(score.topic for score in self._above(row, limits))
            for row in self.predict_proba(sentences).tolist()
        ]

    def decision_function(self, sentences: Iterable[str]) -> Floats:
        """Return first-stage scores, shape (n_sentences, n_topics): bias plus contributions."""
        encoded = (self._encode(words) for _, words in _with_words(sentences))
        return self._model.first_stage(encoded)[:, : len(self.topics)]

    def analyse(self, text: str) -> Analysis:
        """Split a text and judge its sentences."""
        if not isinstance(text, str):
            raise InputTypeError(f"a text must be a string, not {type(text).__name__}")
        spans = list(split_sentences(text))
        return Analysis(spans, *self._judge(text[start:stop] for start, stop in spans))

    def assemble(self, text: str, analysis: Analysis, limits: tuple[float, ...]) -> Document:
        """Make a document of a text and its analysis."""
        rows = analysis.probabilities.tolist()
        sentences = []
        for (start, stop), row, caveat in zip(analysis.spans, rows, analysis.caveats, strict=True):
            sentence = text[start:stop]
            sentences.append(
                Sentence(
                    sentence,
                    start,
                    stop,
                    self._above(row, limits),
                    FrozenDict(zip(self.topics, row, strict=True)),
                    caveat,
                    LazyDetails(self._model, sentence, start),
                )
            )
        topics = self._above(
            document_scores(analysis.probabilities, has_headline(text, analysis.spans)), limits
        )
        return Document(text, tuple(sentences), topics, self._model.title)

    def _judge(self, sentences: Iterable[str]) -> tuple[Floats, list[Caveat | None]]:
        """Return probabilities (n, k) and what there is to say against them."""
        encoded, caveats = [], []
        for sentence, words in _with_words(sentences):
            encoded.append(self._encode(words))
            caveats.append(self._caveat(sentence, words, encoded[-1]))
        probabilities = self._model.calibrate(self._model.first_stage(encoded))
        probabilities[[caveat is Caveat.NOT_RUSSIAN for caveat in caveats]] = 0.0
        return probabilities, caveats

    def _encode(self, words: list[Word]) -> Encoded:
        return self._model.encode(words)

    def _caveat(self, sentence: str, words: list[Word], encoded: Encoded) -> Caveat | None:
        if not is_russian(sentence, words, self._model.knows):
            return Caveat.NOT_RUSSIAN
        return None if any(encoded.rows) else Caveat.NO_KNOWN_WORD

    def _above(self, row: list[float], limits: tuple[float, ...]) -> tuple[TopicScore, ...]:
        found = [
            TopicScore(topic, probability)
            for topic, probability, limit in zip(self.topics, row, limits, strict=True)
            if probability >= limit
        ]
        found.sort(key=lambda score: -score.probability)
        return tuple(found)


def _with_words(sentences: Iterable[str]) -> Iterator[tuple[str, list[Word]]]:
    """Yield sentences with their words; raises `InputTypeError` for what is no string."""
    if isinstance(sentences, (str, bytes)):
        raise InputTypeError("sentences must be an iterable of strings, not one string")
    for number, sentence in enumerate(sentences):
        if not isinstance(sentence, str):
            raise InputTypeError(
                f"sentence {number} must be a string, not {type(sentence).__name__}"
            )
        yield sentence, find_words(sentence)
