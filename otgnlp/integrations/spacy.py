"""spaCy: a pipeline component that finds the topics of sentences and of whole texts.

Needs ``otgnlp[spacy]``. spaCy finds the component by its name, ``nlp.add_pipe("otgnlp")``. Import
this module to read stored documents without a pipeline: it makes ``span._.topics`` known.
"""

# spaCy reads the factory's annotations: that is why this module does not put them off.
import copy
import os
import re
import tempfile
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span

from otgnlp import storage, thresholds
from otgnlp.bundled import bundled_tagger
from otgnlp.documents import document_scores, has_headline
from otgnlp.errors import InputError, ModelError
from otgnlp.schema import TopicScore
from otgnlp.tagger import Tagger
from otgnlp.text import split_sentences
from otgnlp.thresholds import Threshold

# Scores are kept with each sentence, in types that spaCy can store, by component.
_STORED = "otgnlp_scores"

_FILE = re.compile(r"\w+(\.\w+)+", re.ASCII)


class TopicsComponent(Pipe):  # type: ignore[misc]
    """Sets ``span._.topics`` on sentences, and ``doc.cats``.

    ``span._.topics`` are a sentence's `TopicScore`s that reach the threshold, best first: a tuple,
    empty for a span that is no sentence. ``doc.cats`` holds for every topic how much the whole text
    is about it, from 0 to 1 (`otgnlp.documents`). Two components with different models and names
    add to each other's topics.

    Configuration:

    - ``model``: folder of the model; null for the bundled one
    - ``threshold``: as in `Tagger.tag`: a number, numbers by topic, or null for the model's own
    - ``own_sentences``: true to split the text as `otgnlp.tag` does, whatever stood before; false
      to take the sentences that are there, and split only where there are none

    A saved pipeline holds its model, and so needs the folder no more. Raises `ModelError` for a
    damaged model, and, when first used, for a folder that is not there; `InputError` for a bad
    threshold, or for own sentences where a parser has set others.
    """

    def __init__(
        self, name: str, model: str | None, threshold: Threshold, own_sentences: bool
    ) -> None:
        if Span.get_extension("topics") != _EXTENSION:
            raise InputError("span._.topics has been made an extension by other code than otgnlp")
        self.name = name
        self.own_sentences = own_sentences
        self._threshold = threshold
        self._model = model
        self._loaded: Tagger | None = None
        # A saved pipeline brings its own model, wherever the first one was.
        if model is None or os.path.exists(model):
            self._use(bundled_tagger() if model is None else Tagger.load(model))

    @property
    def tagger(self) -> Tagger:
        """The tagger that finds the topics."""
        if self._loaded is None:
            self._use(Tagger.load(str(self._model)))
        assert self._loaded is not None
        return self._loaded

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's topics, none while it is not loaded; spaCy asks before it loads."""
        return () if self._loaded is None else self._loaded.topics

    def __call__(self, doc: Doc) -> Doc:
        """Set the topics of a document's sentences and its own."""
        tagger = self.tagger
        if self.own_sentences or not doc.has_annotation("SENT_START"):
            _split(doc)
        sentences = [span for span in doc.sents if span.text.strip()]
        spans = [_place(span) for span in sentences]
        probabilities = tagger.predict_proba(doc.text[start:stop] for start, stop in spans)
        for span, row in zip(sentences, probabilities.tolist(), strict=True):
            found = [
                [topic, probability]
                for topic, probability, limit in zip(tagger.topics, row, self._limits, strict=True)
                if probability >= limit
            ]
            stored = span._.get(_STORED) or {}
            span._.set(_STORED, {**stored, self.name: found})
        scores = document_scores(probabilities, has_headline(doc.text, spans))
        doc.cats.update(zip(tagger.topics, scores, strict=True))
        return doc

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Save the model as a folder that `Tagger.load` reads too."""
        storage.save(self.tagger.model, path)

    def from_disk(
        self,
        path: str | os.PathLike[str],
        *,
        exclude: Iterable[str] = (),  # noqa: ARG002
    ) -> "TopicsComponent":
        """Take the model that was saved; raises `ModelError`."""
        self._use(Tagger.load(path))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        """Return the files of the saved model."""
        with tempfile.TemporaryDirectory(prefix="otgnlp-") as folder:
            storage.save(self.tagger.model, folder)
            files = {entry.name: _read(entry.path) for entry in os.scandir(folder)}
        content: bytes = srsly.msgpack_dumps(files)
        return content

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "TopicsComponent":  # noqa: ARG002
        """Take the model that `to_bytes` has packed; raises `ModelError`."""
        files: dict[str, bytes] = srsly.msgpack_loads(data)
        with tempfile.TemporaryDirectory(prefix="otgnlp-") as folder:
            for name, content in files.items():
                if not _FILE.fullmatch(name):
                    raise ModelError(f"{name!r} is no name of a model's file")
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(content)
            # Loaded, the arrays are mapped from the folder, which goes.
            model = copy.deepcopy(storage.load(folder))
        self._use(Tagger(model))
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (self.name, self._model, self._threshold, self.own_sentences)
        return _restore, (*arguments, self.to_bytes())

    def _use(self, tagger: Tagger) -> None:
        self._limits = thresholds.resolve(self._threshold, tagger.model)
        self._loaded = tagger


@Language.factory(  # type: ignore[untyped-decorator]
    "otgnlp",
    assigns=["span._.topics", "doc.cats", "doc.sents", "token.is_sent_start"],
    default_config={"model": None, "threshold": None, "own_sentences": False},
)
def create(
    nlp: Language,  # noqa: ARG001
    name: str,
    model: str | None,
    threshold: float | dict[str, float] | None,
    own_sentences: bool,
) -> TopicsComponent:
    """Make the component; spaCy calls this."""
    return TopicsComponent(name, model, threshold, own_sentences)


def _restore(
    name: str, model: str | None, threshold: Threshold, own_sentences: bool, data: bytes
) -> TopicsComponent:
    return TopicsComponent(name, model, threshold, own_sentences).from_bytes(data)


def _topics(span: Span) -> tuple[TopicScore, ...]:
    stored = span._.get(_STORED) or {}
    scores = [TopicScore(*score) for found in stored.values() for score in found]
    return tuple(sorted(scores, key=lambda score: -score.probability))


def _split(doc: Doc) -> None:
    """Set the sentences that otgnlp finds; one that begins within a token begins after it."""
    if doc.has_annotation("DEP"):
        raise InputError("own_sentences: a parser has set sentences; put otgnlp before it")
    starts = [start for start, _ in split_sentences(doc.text)]
    begun = 0
    for token in doc:
        n_starts = bisect_left(starts, token.idx + 1)
        token.is_sent_start = token.i == 0 or n_starts > begun
        begun = n_starts


def _place(span: Span) -> tuple[int, int]:
    """Return where a sentence stands without the white space that spaCy counts to it."""
    text = span.text
    start = span.start_char + len(text) - len(text.lstrip())
    return start, start + len(text.strip())


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


# Kept if it is there: what other code registered under the name is not overwritten unasked.
_EXTENSION = (None, None, _topics, None)
if not Span.has_extension("topics"):
    Span.set_extension("topics", getter=_topics)
if not Span.has_extension(_STORED):
    Span.set_extension(_STORED, default=None)
