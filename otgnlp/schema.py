"""What the library answers with: frozen records whose offsets point into the text as given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from otgnlp.errors import InputError, MissingDetailsError, MissingExtraError
from otgnlp.records import FrozenDict, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import RenderableType

_SHOWN = 60  # characters of a text that a repr shows


class Caveat(str, Enum):
    """Why a model has little to go on: a sentence is not Russian, or it knows none of its words.

    A member is its text: ``sentence.caveat == "not Russian"``.
    """

    NOT_RUSSIAN = "not Russian"
    NO_KNOWN_WORD = "no known word"

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic and its calibrated probability, from 0 to 1."""

    topic: str
    probability: float

    def __repr__(self) -> str:
        return f"{self.topic} {self.probability:.2f}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"topic": str(self.topic), "probability": self.probability}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TopicScore:
        """Read back what `to_dict` wrote; raises `InputError` for anything else."""
        return cls(read(data, "topic", str), read(data, "probability", float))


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its text, pymorphy3's lemma and part of speech, and where it stands.

    `pos` is an OpenCorpora part of speech ("NOUN", "VERB", …), None for what is no word.
    `start` and `stop` are character offsets into the text as given.
    """

    text: str
    lemma: str
    pos: str | None
    start: int
    stop: int

    def __repr__(self) -> str:
        return f"Token({self.text!r}, {self.lemma}, {self.pos}, {self.start}:{self.stop})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "text": self.text,
            "lemma": self.lemma,
            "pos": self.pos,
            "start": self.start,
            "stop": self.stop,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Token:
        """Read back what `to_dict` wrote; raises `InputError` for anything else."""
        pos = None if data.get("pos", "") is None else read(data, "pos", str)
        return cls(
            read(data, "text", str),
            read(data, "lemma", str),
            pos,
            read(data, "start", int),
            read(data, "stop", int),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a word, or a pair of neighbouring words, adds to a topic's score.

    `tokens` are all the places where it stands in the sentence (a pair has two tokens a place),
    `lemma` is the model's name for it (a pair: two lemmas with a space), `contribution` is what
    it adds, in units of log-odds before calibration; below zero it speaks against the topic.
    """

    tokens: tuple[Token, ...]
    lemma: str
    contribution: float

    def __repr__(self) -> str:
        return f"Evidence({self.lemma!r} {self.contribution:+.3f})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "tokens": [token.to_dict() for token in self.tokens],
            "lemma": self.lemma,
            "contribution": self.contribution,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evidence:
        """Read back what `to_dict` wrote; raises `InputError` for anything else."""
        return cls(
            tuple(Token.from_dict(item) for item in read(data, "tokens", list)),
            read(data, "lemma", str),
            read(data, "contribution", float),
        )


class Details(Protocol):
    """What a sentence can tell beyond its topics, worked out when first asked for."""

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens."""

    def evidence(self, topic: str) -> tuple[Evidence, ...]:
        """Return the evidence for a topic that the model has, strongest first."""


@dataclass(frozen=True, slots=True)
class StoredDetails:
    """Details that were worked out before, for sentences that travel without their model."""

    stored_tokens: tuple[Token, ...]
    stored_evidence: Mapping[str, tuple[Evidence, ...]]

    def tokens(self) -> tuple[Token, ...]:
        """Return the stored tokens."""
        return self.stored_tokens

    def evidence(self, topic: str) -> tuple[Evidence, ...]:
        """Return the stored evidence for a topic."""
        return self.stored_evidence[topic]


@dataclass(frozen=True, slots=True, repr=False)
class Sentence:
    """A sentence, where it stands (`document.text[start:stop] == text`) and what it is about.

    `topics` holds the topics whose probability reaches the threshold, best first;
    `probabilities` holds every topic of the model. `caveat` says why the model had little to go
    on, if so; a sentence that is not Russian has no topic, and probabilities of 0.
    """

    text: str
    start: int
    stop: int
    topics: tuple[TopicScore, ...]
    probabilities: Mapping[str, float]
    caveat: Caveat | None = None
    # Or what makes them when they are first asked for.
    _details: Details | Callable[[Sentence], Details] | None = field(default=None, compare=False)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The sentence's tokens with lemma and part of speech, worked out when first asked for."""
        return self._known_details().tokens()

    def evidence(self, topic: str) -> tuple[Evidence, ...]:
        """Return what the sentence's words add to a topic, strongest first.

        The contributions and the model's bias for the topic sum to the first-stage score
        (`Tagger.decision_function`). Raises `InputError` for a topic that the model does not have.
        """
        if topic not in self.probabilities:
            known = ", ".join(self.probabilities)
            raise InputError(f"unknown topic {topic!r}: this model knows {known}")
        return self._known_details().evidence(topic)

    def _known_details(self) -> Details:
        details = self._details
        if callable(details):
            details = details(self)
            object.__setattr__(self, "_details", details)
        if details is None:
            raise MissingDetailsError(
                "this sentence was stored without tokens and evidence; "
                "store it with to_dict(details=True), or tag its text again"
            )
        return details

    def __reduce__(self) -> tuple[type[Sentence], tuple[Any, ...]]:
        details = None if self._details is None else self._known_details()
        *shown, _ = (getattr(self, name) for name in self.__slots__)
        return Sentence, (*shown, details)

    def __repr__(self) -> str:
        found = ", ".join(map(repr, self.topics)) or "no topic"
        if self.caveat is not None:
            found += f", {self.caveat}"
        return f"Sentence({self.start}:{self.stop} {_shorten(self.text)!r}: {found})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        try:
            from otgnlp.render.notebook import show_sentence
        except MissingExtraError as error:
            return _plain_html(self, error)
        return show_sentence(self)

    def __rich__(self) -> RenderableType:
        """Return what rich prints."""
        from otgnlp.render.terminal import show_sentence

        return show_sentence(self)

    def to_dict(self, *, details: bool = True) -> dict[str, Any]:
        """Return plain JSON types; without `details`, tokens and evidence are left out."""
        data: dict[str, Any] = {
            "text": self.text,
            "start": self.start,
            "stop": self.stop,
            "topics": [score.to_dict() for score in self.topics],
            "probabilities": {str(topic): value for topic, value in self.probabilities.items()},
            "caveat": None if self.caveat is None else self.caveat.value,
        }
        if details and self._details is not None:
            data["tokens"] = [token.to_dict() for token in self.tokens]
            data["evidence"] = {
                str(topic): [item.to_dict() for item in self.evidence(topic)]
                for topic in self.probabilities
            }
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Sentence:
        """Read back what `to_dict` wrote; raises `InputError` for anything else."""
        probabilities = read(data, "probabilities", dict)
        details = None
        if "tokens" in data or "evidence" in data:
            evidence = read(data, "evidence", dict)
            details = StoredDetails(
                tuple(Token.from_dict(item) for item in read(data, "tokens", list)),
                {
                    topic: tuple(Evidence.from_dict(item) for item in read(evidence, topic, list))
                    for topic in probabilities
                },
            )
        return cls(
            read(data, "text", str),
            read(data, "start", int),
            read(data, "stop", int),
            tuple(TopicScore.from_dict(item) for item in read(data, "topics", list)),
            FrozenDict({topic: read(probabilities, topic, float) for topic in probabilities}),
            _read_caveat(data),
            details,
        )


_set_text, _set_start, _set_stop, _set_topics, _set_probabilities, _set_caveat, _set_details = (
    getattr(Sentence, name).__set__ for name in Sentence.__slots__
)


def make_sentence(
    text: str,
    start: int,
    stop: int,
    topics: tuple[TopicScore, ...],
    probabilities: FrozenDict,
    caveat: Caveat | None,
    details: Callable[[Sentence], Details],
) -> Sentence:
    """Return a sentence in half the time that its class takes: taggers make many."""
    sentence = object.__new__(Sentence)
    _set_text(sentence, text)
    _set_start(sentence, start)
    _set_stop(sentence, stop)
    _set_topics(sentence, topics)
    _set_probabilities(sentence, probabilities)
    _set_caveat(sentence, caveat)
    _set_details(sentence, details)
    return sentence


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A tagged text: its sentences, what the whole of it is about, and the model that said so."""

    text: str
    sentences: tuple[Sentence, ...]
    topics: tuple[TopicScore, ...]
    model: str

    def __repr__(self) -> str:
        found = ", ".join(map(repr, self.topics)) or "no topic"
        count = len(self.sentences)
        noun = "sentence" if count == 1 else "sentences"
        return f"Document({count} {noun} {_shorten(self.text)!r}: {found}; {self.model})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        try:
            from otgnlp.render.notebook import show_document
        except MissingExtraError as error:
            return _plain_html(self, error)
        return show_document(self)

    def __rich__(self) -> RenderableType:
        """Return what rich prints."""
        from otgnlp.render.terminal import show_document

        return show_document(self)

    def to_dict(self, *, details: bool = True) -> dict[str, Any]:
        """Return plain JSON types; without `details`, tokens and evidence are left out."""
        return {
            "text": self.text,
            "sentences": [sentence.to_dict(details=details) for sentence in self.sentences],
            "topics": [score.to_dict() for score in self.topics],
            "model": self.model,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        """Read back what `to_dict` wrote; raises `InputError` for anything else."""
        text = read(data, "text", str)
        sentences = tuple(Sentence.from_dict(item) for item in read(data, "sentences", list))
        for sentence in sentences:
            if text[sentence.start : sentence.stop] != sentence.text:
                raise InputError(
                    f"{sentence.start}:{sentence.stop} does not hold that sentence of the text"
                )
        topics = tuple(TopicScore.from_dict(item) for item in read(data, "topics", list))
        return cls(text, sentences, topics, read(data, "model", str))


def _read_caveat(data: Mapping[str, Any]) -> Caveat | None:
    if data.get("caveat") is None:
        return None
    try:
        return Caveat(read(data, "caveat", str))
    except ValueError as error:
        raise InputError(f"'caveat': {error}") from error


def _plain_html(shown: Sentence | Document, error: MissingExtraError) -> str:
    """Return what a notebook shows where the library that draws is missing."""
    return f"<pre>{escape(repr(shown))}</pre><small>{escape(str(error))}</small>"


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
