"""What writers of tagged documents share: what is wished for, and which sentences that means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TextIO

from otgnlp.cli.output import plain

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Iterator

    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document, Evidence, Sentence, TopicScore

_MOST_EVIDENCE = 5  # words a topic that a table or a CSV cell shows


@dataclass(frozen=True)
class WriteOptions:
    """What to write: of which of the model's topics, with evidence or without.

    `has_ids` says that texts are rows, which have names of their own; `excel` asks for CSV that
    spreadsheet programs open by themselves; `language` is that of a page's words, and `date_of`
    tells it when a text was written, None where nobody asks for dates.
    """

    topics: tuple[str, ...]
    wanted: Collection[str]
    explain: bool
    has_ids: bool
    excel: bool
    language: Literal["en", "ru"]
    date_of: Callable[[Block], datetime.date | None] | None


class Writer(Protocol):
    """Writes documents, one after another."""

    def write(self, block: Block, document: Document) -> None:
        """Write one document, which is what was found in a block."""

    def close(self) -> None:
        """Write what is still to be written, once all documents are there."""


class Base:
    """A writer of sentences; `data` is for what is no layout: a terminal gets it escaped."""

    def __init__(self, options: WriteOptions, stream: TextIO) -> None:
        self.options = options
        self.stream = stream
        self.data = plain(stream)

    def chosen(self, document: Document) -> Iterator[Sentence]:
        """Return the sentences about a wanted topic; all, if none is asked for."""
        return filter(self.is_wanted, document.sentences)

    def is_wanted(self, sentence: Sentence) -> bool:
        """Tell whether a sentence is about a wanted topic; it is if none is asked for."""
        wanted = self.options.wanted
        return not wanted or any(score.topic in wanted for score in sentence.topics)

    def close(self) -> None:
        """Write nothing more."""


def strongest_words(sentence: Sentence, score: TopicScore) -> str:
    """Return the words that spoke for a topic, strongest first."""
    speaking: list[Evidence] = [
        item for item in sentence.evidence(score.topic) if item.contribution > 0
    ]
    return ", ".join(f"{item.lemma} {item.contribution:+.2f}" for item in speaking[:_MOST_EVIDENCE])
