"""How tagged documents are written: a table to look at, JSON Lines and CSV to work with."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from rich.table import Table
from rich.text import Text

from otgnlp.cli.common import out, printable
from otgnlp.cli.output import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document, Evidence, Sentence, TopicScore

_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
_MOST_EVIDENCE = 5  # words a topic that a table or a CSV cell shows

# Contributions, in log-odds, from which on a table underlines a word, and sets it in bold.
_CLEAR = 1.0
_STRONG = 3.0


class Writer(Protocol):
    """Writes documents, one after another."""

    def write(self, block: Block, document: Document) -> None:
        """Write one document, which is what was found in a block."""


class _Base:
    def __init__(
        self, topics: tuple[str, ...], wanted: Collection[str], explain: bool, stream: TextIO
    ) -> None:
        self.stream = stream
        self.data = plain(stream)
        self.topics = topics
        self.wanted = wanted
        self.explain = explain

    def chosen(self, document: Document) -> Iterator[Sentence]:
        """Yield the sentences about a wanted topic; all, if none is asked for."""
        for sentence in document.sentences:
            if not self.wanted or any(score.topic in self.wanted for score in sentence.topics):
                yield sentence


class JsonLinesWriter(_Base):
    """One JSON object a sentence; `docs/tag-output.schema.json` describes it."""

    def write(self, block: Block, document: Document) -> None:
        """Write the document's sentences."""
        for sentence in self.chosen(document):
            record: dict[str, Any] = {
                "file": block.name,
                **({} if block.id is None else {"id": block.id}),
                **sentence.to_dict(details=False),
                "model": document.model,
            }
            if self.explain:
                record["evidence"] = {
                    score.topic: [item.to_dict() for item in sentence.evidence(score.topic)]
                    for score in sentence.topics
                }
            _move(record, block.start)
            self.data.write(json.dumps(record, ensure_ascii=False) + "\n")
        self.stream.flush()


def _move(record: dict[str, Any], start: int) -> None:
    """Turn offsets into a part of a file, which begins at `start`, into offsets into the file."""
    items = (item for items in record.get("evidence", {}).values() for item in items)
    for placed in (record, *(token for item in items for token in item["tokens"])):
        placed["start"] += start
        placed["stop"] += start


class CsvWriter(_Base):
    """A row a sentence, with a column of probabilities for each topic."""

    def __init__(
        self, topics: tuple[str, ...], wanted: Collection[str], explain: bool, stream: TextIO
    ) -> None:
        super().__init__(topics, wanted, explain, stream)
        self._writer = csv.writer(self.data, lineterminator="\n")
        evidence = ["evidence"] if explain else []
        self._writer.writerow(
            ["file", "id", "start", "stop", "text", "topics", *topics, "caveat", *evidence, "model"]
        )

    def write(self, block: Block, document: Document) -> None:
        """Write the document's sentences."""
        for sentence in self.chosen(document):
            evidence = [self._evidence(sentence)] if self.explain else []
            self._writer.writerow(
                [
                    block.name,
                    "" if block.id is None else block.id,
                    block.start + sentence.start,
                    block.start + sentence.stop,
                    sentence.text,
                    " ".join(score.topic for score in sentence.topics),
                    *(f"{sentence.probabilities[topic]:.6f}" for topic in self.topics),
                    sentence.caveat or "",
                    *evidence,
                    document.model,
                ]
            )
        self.stream.flush()

    @staticmethod
    def _evidence(sentence: Sentence) -> str:
        return "; ".join(
            f"{score.topic}: {_strongest(sentence, score)}" for score in sentence.topics
        )


class TableWriter(_Base):
    """A table a document, with topics in colour and, if asked, the words that spoke for them."""

    def write(self, block: Block, document: Document) -> None:
        """Write the document, which is a whole text."""
        console = out(self.stream)
        table = Table(show_header=False, expand=False, padding=(0, 1), show_lines=self.explain)
        for sentence in self.chosen(document):
            table.add_row(self._scores(sentence), self._text(sentence))
        console.print(Text(printable(block.title), style="bold"), self._summary(document))
        if table.row_count:
            console.print(table)

    def _summary(self, document: Document) -> Text:
        about = [f"{score.topic} {score.probability:.2f}" for score in document.topics]
        n_sentences = len(document.sentences)
        noun = "sentence" if n_sentences == 1 else "sentences"
        return Text(f"{n_sentences} {noun}, about {', '.join(about) or 'no topic'}", style="dim")

    def _scores(self, sentence: Sentence) -> Text:
        lines = [
            Text(f"{printable(score.topic)} {score.probability:.2f}", self._colour(score))
            for score in sentence.topics
        ]
        if sentence.caveat is not None:
            lines.append(Text(sentence.caveat.value, "dim"))
        return Text("\n").join(lines)

    def _text(self, sentence: Sentence) -> Text:
        if not self.explain:
            return Text(printable(sentence.text), style="" if sentence.topics else "dim")
        text = self._underlined(sentence)
        for score in sentence.topics:
            text.append(f"\n{printable(score.topic)}: ", self._colour(score))
            text.append(printable(_strongest(sentence, score)), "dim")
        return text

    def _underlined(self, sentence: Sentence) -> Text:
        """Return the sentence with the words that spoke, each in the colour it spoke most for."""
        text = Text(style="" if sentence.topics else "dim")
        place = sentence.start
        for start, stop, score, contribution in _speaking_words(sentence):
            weight = "bold " if contribution >= _STRONG else ""
            text.append(printable(_cut(sentence, place, start)))
            style = f"{weight}underline {self._colour(score)}"
            text.append(printable(_cut(sentence, start, stop)), style)
            place = stop
        return text.append(printable(_cut(sentence, place, sentence.stop)))

    def _colour(self, score: TopicScore) -> str:
        return _COLOURS[self.topics.index(score.topic) % len(_COLOURS)]


def _cut(sentence: Sentence, start: int, stop: int) -> str:
    return sentence.text[start - sentence.start : stop - sentence.start]


def _speaking_words(sentence: Sentence) -> list[tuple[int, int, TopicScore, float]]:
    """Return where words stand that spoke clearly for a topic, for which, and how strongly."""
    strongest: dict[tuple[int, int], tuple[TopicScore, float]] = {}
    for score in sentence.topics:
        for item in sentence.evidence(score.topic):
            for token in item.tokens if item.contribution >= _CLEAR else ():
                span = token.start, token.stop
                if span not in strongest or strongest[span][1] < item.contribution:
                    strongest[span] = score, item.contribution
    return sorted((*span, *spoken) for span, spoken in strongest.items())


def _strongest(sentence: Sentence, score: TopicScore) -> str:
    """Return the words that spoke for a topic, strongest first."""
    speaking: list[Evidence] = [
        item for item in sentence.evidence(score.topic) if item.contribution > 0
    ]
    return ", ".join(f"{item.lemma} {item.contribution:+.2f}" for item in speaking[:_MOST_EVIDENCE])


WRITERS: dict[str, Callable[[tuple[str, ...], Collection[str], bool, TextIO], Writer]] = {
    "csv": CsvWriter,
    "jsonl": JsonLinesWriter,
    "table": TableWriter,
}
