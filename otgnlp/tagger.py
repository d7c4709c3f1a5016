"""The tagger: text in, documents out, by a trained model."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, overload

import numpy as np

from otgnlp import parallel, scoring, storage, thresholds
from otgnlp.chunks import REMEMBERED_CHUNKS
from otgnlp.details import LazyDetails
from otgnlp.documents import document_scores, has_headline
from otgnlp.errors import InputError, InputTypeError
from otgnlp.limits import MAX_LENGTH, refusal
from otgnlp.once import ONCE
from otgnlp.parallel import BATCH_SIZE
from otgnlp.reader import Reader
from otgnlp.records import FrozenDict
from otgnlp.schema import Caveat, Document, Sentence, TopicScore, make_sentence
from otgnlp.text import split_sentences

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from otgnlp.model import Floats, TopicModel
    from otgnlp.parallel import OnError
    from otgnlp.thresholds import Threshold

CAVEATS = (None, *Caveat)

# Sentences that are scored at a time; bounds the memory that a long text takes.
_BLOCK = 4096


class Analysis(NamedTuple):
    """What is known of the n sentences of t texts, in arrays that travel between processes.

    How many sentences each text has (t,); the sentences' starts and stops (n, 2), their
    probabilities (n, k), and for each the number of its caveat in `CAVEATS`.
    """

    counts: NDArray[np.int64]
    spans: NDArray[np.int64]
    probabilities: Floats
    caveats: NDArray[np.uint8]


class Tagger:
    """Tags texts with the topics of a model.

    >>> import otgnlp
    >>> tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
    >>> tagger.topics
    ('ai', 'digital', 'energy', 'transport')
    >>> tagger.predict(["Порт принял первый контейнерный поезд.", "Выставка открылась."])
    [('transport',), ()]
    """

    def __init__(
        self,
        model: TopicModel,
        folder: Path | None = None,
        *,
        remembered: int = REMEMBERED_CHUNKS,
        max_length: int = MAX_LENGTH,
    ) -> None:
        for name, value in (("remembered", remembered), ("max_length", max_length)):
            if value < 1:
                raise InputError(f"{name} must be 1 or more, not {value}")
        self._model = model
        self._folder = folder
        self._remembered = remembered
        self._max_length = max_length
        self._reader: Reader | None = None

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        remembered: int = REMEMBERED_CHUNKS,
        max_length: int = MAX_LENGTH,
    ) -> Tagger:
        """Load a model folder; raises `ModelError` if it is damaged or no model.

        `remembered` bounds how many different words, with the punctuation that clings to them, the
        tagger remembers at a time; one takes about 200 bytes. No answer depends on it. A text, or
        sentence, of more than `max_length` characters is refused with an `InputError`.
        """
        return cls(
            storage.load(path),
            Path(path).absolute(),
            remembered=remembered,
            max_length=max_length,
        )

    @property
    def folder(self) -> Path | None:
        """The folder that the model was loaded from, None for one that was never saved."""
        return self._folder

    @property
    def model(self) -> TopicModel:
        """The model's tables."""
        return self._model

    @property
    def max_length(self) -> int:
        """The characters of a text at most."""
        return self._max_length

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
        error = refusal(text, self._max_length, "a text")
        if error is not None:
            raise error
        (document,) = self.assemble([text], self.analyse([text]), limits)
        return document

    @overload
    def tag_many(
        self,
        texts: Iterable[str],
        threshold: Threshold = None,
        *,
        n_jobs: int = 1,
        batch_size: int = BATCH_SIZE,
        progress: bool = False,
        on_error: Literal["raise", "skip"] = "raise",
    ) -> Iterator[Document]: ...

    @overload
    def tag_many(
        self,
        texts: Iterable[str],
        threshold: Threshold = None,
        *,
        n_jobs: int = 1,
        batch_size: int = BATCH_SIZE,
        progress: bool = False,
        on_error: OnError,
    ) -> Iterator[Document | InputError]: ...

    def tag_many(
        self,
        texts: Iterable[str],
        threshold: Threshold = None,
        *,
        n_jobs: int = 1,
        batch_size: int = BATCH_SIZE,
        progress: bool = False,
        on_error: OnError = "raise",
    ) -> Iterator[Document] | Iterator[Document | InputError]:
        """Tag texts in order and lazily, holding no more of them than the work needs.

        Texts are read `batch_size` at a time at most, fewer if they are long; the first come one by
        one, so that the first answers do not wait. With `n_jobs` other than 1, joblib runs that
        many processes (-1: one a core), or whatever backend `joblib.parallel_config` names, and a
        few batches a process are read ahead. `progress` shows a bar with rate and remaining time on
        standard error, if that is a terminal.

        What is no string, or longer than `max_length`, is an `InputError` that names the text's
        number, from 0: by `on_error` it is raised when the iterator gets there, skipped, or
        returned in the document's place. An error of `texts` itself is raised as it is, and a
        worker that fails or dies is a `WorkerError` that names the text; all documents before
        come first.
        """
        if isinstance(texts, (str, bytes)):
            raise InputTypeError("texts must be an iterable of strings; for one text, call tag()")
        limits = thresholds.resolve(threshold, self._model)
        options = parallel.Options(n_jobs, batch_size, progress, on_error)
        return parallel.tag_many(self, texts, limits, options)

    def predict_proba(self, sentences: Iterable[str]) -> Floats:
        """Return calibrated probabilities, shape (n_sentences, n_topics), of text already split.

        They are 0 for a sentence that is not Russian.
        """
        return self._judge(self._check(sentences))[0]

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
        blocks = [
            scored[:, : len(self.topics)] for scored, _ in self._score(self._check(sentences))
        ]
        return np.concatenate([np.empty((0, len(self.topics))), *blocks])

    def analyse(self, texts: Sequence[str]) -> Analysis:
        """Split texts and judge their sentences, those of all texts together."""
        places = [list(split_sentences(text)) for text in texts]
        sentences = [
            text[start:stop] for text, own in zip(texts, places, strict=True) for start, stop in own
        ]
        counts = np.fromiter(map(len, places), np.int64, len(places))
        spans = np.array(list(chain.from_iterable(places)), dtype=np.int64).reshape(-1, 2)
        return Analysis(counts, spans, *self._judge(sentences))

    def assemble(
        self, texts: Sequence[str], analysis: Analysis, limits: tuple[float, ...]
    ) -> Iterator[Document]:
        """Make documents of texts and their analysis."""
        probabilities = analysis.probabilities
        spans = analysis.spans.tolist()
        rows = probabilities.tolist()
        some = np.any(probabilities >= limits, axis=1).tolist()
        caveats = [CAVEATS[number] for number in analysis.caveats.tolist()]
        first = 0
        for text, count in zip(texts, analysis.counts.tolist(), strict=True):
            own = slice(first, first := first + count)
            sentences = self._sentences(
                text, spans[own], rows[own], some[own], caveats[own], limits
            )
            scores = document_scores(probabilities[own], has_headline(text, spans[own]))
            yield Document(text, sentences, self._above(scores, limits), self._model.title)

    def _sentences(
        self,
        text: str,
        spans: list[list[int]],
        rows: list[list[float]],
        some: list[bool],
        caveats: list[Caveat | None],
        limits: tuple[float, ...],
    ) -> tuple[Sentence, ...]:
        names = self.topics
        details = partial(LazyDetails.of, self._model)
        return tuple(
            make_sentence(
                text[start:stop],
                start,
                stop,
                self._above(row, limits) if above else (),
                FrozenDict(zip(names, row)),  # noqa: B905
                caveat,
                details,
            )
            for (start, stop), row, above, caveat in zip(spans, rows, some, caveats, strict=True)
        )

    def _judge(self, sentences: Sequence[str]) -> tuple[Floats, NDArray[np.uint8]]:
        """Return probabilities (n, k) and the numbers of caveats (n,)."""
        probabilities = np.empty((len(sentences), len(self.topics)))
        caveats = np.empty(len(sentences), dtype=np.uint8)
        done = 0
        for scored, doubts in self._score(sentences):
            block = slice(done, done := done + len(doubts))
            probabilities[block] = self._model.calibrate(scored)
            caveats[block] = [CAVEATS.index(caveat) for caveat in doubts]
        probabilities[caveats == CAVEATS.index(Caveat.NOT_RUSSIAN)] = 0.0
        return probabilities, caveats

    def _score(self, sentences: Sequence[str]) -> Iterator[tuple[Floats, list[Caveat | None]]]:
        """Yield what the second stage reads, and caveats, block by block."""
        if self._reader is None:
            with ONCE:
                if self._reader is None:
                    self._reader = Reader(self._model, self._remembered)
        for start in range(0, len(sentences), _BLOCK):
            batch, caveats = self._reader.read(sentences[start : start + _BLOCK])
            yield scoring.first_stage(self._model, batch), caveats

    def _check(self, sentences: Iterable[str]) -> list[str]:
        """Return the sentences; raises `InputError` for what is no string, or too long."""
        if isinstance(sentences, (str, bytes)):
            raise InputTypeError("sentences must be an iterable of strings, not one string")
        if getattr(sentences, "ndim", 1) != 1:  # a data frame, iterated, names its columns
            raise InputTypeError("sentences must be one column of strings, not a table of columns")
        checked = list(sentences)
        for number, sentence in enumerate(checked):
            error = refusal(sentence, self._max_length, "sentence", number)
            if error is not None:
                raise error
        return checked

    def _above(self, row: list[float], limits: tuple[float, ...]) -> tuple[TopicScore, ...]:
        found = [
            TopicScore(topic, probability)
            for topic, probability, limit in zip(self.topics, row, limits, strict=True)
            if probability >= limit
        ]
        found.sort(key=lambda score: -score.probability)
        return tuple(found)
