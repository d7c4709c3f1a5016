"""What there is to see of tagged texts, before anyone decides how to draw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from otgnlp.errors import MissingDetailsError
from otgnlp.render.letters import choose_letters
from otgnlp.topics import Topic

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from otgnlp.schema import Caveat, Document, Sentence

LANGUAGES = ("en", "ru")

# What a word must add to a topic's score, in log-odds, to be underlined weakly, plainly, strongly.
STRENGTHS = (1.0, 2.0, 3.0)

# Sentences of a block; a longer paragraph goes on in another one.
LONGEST_BLOCK = 40
_LONGEST_LEAD = 120  # characters of a text that a list of texts shows


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic: its place among the topics, and its title and letter in each of `LANGUAGES`."""

    number: int
    name: str
    titles: Mapping[str, str]
    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence, and for each topic's number how strongly, 1 to 3, it spoke for it."""

    text: str
    strengths: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence in pieces.

    `given` are the numbers of its topics, best first; `probabilities` are those of all topics, by
    number; `before` is what stands between it and the sentence before, in the same paragraph.
    """

    start: int
    stop: int
    before: str
    pieces: tuple[Piece, ...]
    given: tuple[int, ...]
    probabilities: tuple[float, ...]
    caveat: Caveat | None


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences that follow each other; `spaced` if an empty line stands before them."""

    sentences: tuple[SentenceView, ...]
    spaced: bool


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A text: how many sentences it has, how many of each topic, and its topics as a whole."""

    number: int
    name: str | None
    date: datetime.date | None
    lead: str
    length: int
    blocks: tuple[Block, ...]
    n_sentences: int
    counts: tuple[int, ...]
    given: tuple[tuple[int, float], ...]
    model: str

    def sentences(self) -> Iterator[SentenceView]:
        """Yield the sentences in order."""
        for block in self.blocks:
            yield from block.sentences


def topic_names(documents: Iterable[Document]) -> list[str]:
    """Return all topics that documents and their sentences were asked about."""
    names: dict[str, None] = {}
    for document in documents:
        names |= dict.fromkeys(str(score.topic) for score in document.topics)
        for sentence in document.sentences:
            if not sentence.probabilities.keys() <= names.keys():
                names |= dict.fromkeys(map(str, sentence.probabilities))
    return list(names)


def topic_views(
    names: Collection[str], titles: Mapping[str, str] | None = None
) -> tuple[TopicView, ...]:
    """Return topics with their titles and letters; those of the bundled model come first."""
    ordered = [topic.value for topic in Topic if topic.value in names]
    ordered += [str(name) for name in names if name not in ordered]
    told = {spoken: [_title(name, spoken, titles) for name in ordered] for spoken in LANGUAGES}
    letters = {spoken: choose_letters(told[spoken]) for spoken in LANGUAGES}
    return tuple(
        TopicView(
            number,
            name,
            {spoken: told[spoken][number] for spoken in LANGUAGES},
            {spoken: letters[spoken][number] for spoken in LANGUAGES},
        )
        for number, name in enumerate(ordered)
    )


def _title(name: str, language: str, titles: Mapping[str, str] | None) -> str:
    if titles and name in titles:
        return titles[name]
    if name in set(Topic):
        topic = Topic(name)
        return topic.title_ru if language == "ru" else topic.title_en
    return name


def numbers_of(topics: Iterable[TopicView]) -> dict[str, int]:
    """Return the topics' numbers by name."""
    return {topic.name: topic.number for topic in topics}


def document_view(
    document: Document,
    topics: Sequence[TopicView],
    number: int = 0,
    name: str | None = None,
    date: datetime.date | None = None,
) -> DocumentView:
    """Return what there is to see of a document; `topics` holds at least its own."""
    numbers = numbers_of(topics)
    blocks = tuple(_blocks(document, numbers))
    counts = [0] * len(topics)
    for sentence in document.sentences:
        for score in sentence.topics:
            counts[numbers[score.topic]] += 1
    lead = " ".join(document.text[: 4 * _LONGEST_LEAD].split())
    return DocumentView(
        number,
        name,
        date,
        lead if len(lead) <= _LONGEST_LEAD else lead[: _LONGEST_LEAD - 1].rstrip() + "…",
        len(document.text),
        blocks,
        len(document.sentences),
        tuple(counts),
        tuple((numbers[score.topic], score.probability) for score in document.topics),
        document.model,
    )


def sentence_view(sentence: Sentence, numbers: Mapping[str, int], before: str = "") -> SentenceView:
    """Return what there is to see of a sentence, given the topics' numbers by name."""
    given = tuple(numbers[score.topic] for score in sentence.topics)
    return SentenceView(
        sentence.start,
        sentence.stop,
        before,
        _pieces(sentence, numbers),
        given,
        tuple(float(sentence.probabilities.get(name, 0.0)) for name in numbers),
        sentence.caveat,
    )


def _blocks(document: Document, numbers: Mapping[str, int]) -> Iterator[Block]:
    sentences: list[SentenceView] = []
    spaced = False
    place = 0
    for sentence in sorted(document.sentences, key=lambda sentence: sentence.start):
        before = document.text[place : sentence.start]
        n_lines = len(f"{before}.".splitlines())
        if sentences and (n_lines > 1 or len(sentences) == LONGEST_BLOCK):
            yield Block(tuple(sentences), spaced)
            sentences = []
            spaced = n_lines > 2
        sentences.append(sentence_view(sentence, numbers, before.strip()))
        place = sentence.stop
    if sentences:
        yield Block(tuple(sentences), spaced)


def _pieces(sentence: Sentence, numbers: Mapping[str, int]) -> tuple[Piece, ...]:
    """Cut a sentence where words begin and end that spoke for one of its topics."""
    strengths: dict[tuple[int, int], dict[int, int]] = {}
    for number, start, stop, strength in _spoken(sentence, numbers):
        strongest = strengths.setdefault((start, stop), {})
        strongest[number] = max(strength, strongest.get(number, 0))
    pieces = []
    place = sentence.start
    for start, stop in sorted(strengths):
        if start < place:
            continue
        if start > place:
            pieces.append(Piece(_cut(sentence, place, start), {}))
        pieces.append(Piece(_cut(sentence, start, stop), strengths[start, stop]))
        place = stop
    if place < sentence.stop:
        pieces.append(Piece(_cut(sentence, place, sentence.stop), {}))
    return tuple(pieces)


def _cut(sentence: Sentence, start: int, stop: int) -> str:
    return sentence.text[start - sentence.start : stop - sentence.start]


def _spoken(sentence: Sentence, numbers: Mapping[str, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield a topic's number, where a word stands, and how strongly it spoke for the topic."""
    for score in sentence.topics:
        try:
            evidence = sentence.evidence(score.topic)
        except MissingDetailsError:
            return
        for item in evidence:
            strength = sum(item.contribution >= limit for limit in STRENGTHS)
            if strength:
                for token in item.tokens:
                    yield numbers[score.topic], token.start, token.stop, strength
