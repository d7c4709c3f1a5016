"""How tagged documents are written for a person: as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.table import Table
from rich.text import Text

from otgnlp.cli.common import out
from otgnlp.cli.writer import Base, WriteOptions, strongest_words
from otgnlp.printable import printable
from otgnlp.render.terminal import colour, underlined
from otgnlp.render.view import numbers_of, sentence_view, topic_views

if TYPE_CHECKING:
    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document, Sentence, TopicScore


class TableWriter(Base):
    """A table a document, with topics in colour and, if asked, the words that spoke for them."""

    def __init__(self, options: WriteOptions, stream: TextIO) -> None:
        super().__init__(options, stream)
        self._views = topic_views(options.topics)
        self._numbers = numbers_of(self._views)

    def write(self, block: Block, document: Document) -> None:
        """Write the document, which is a whole text, unless nothing of it is asked for."""
        console = out(self.stream)
        table = Table(
            show_header=False, expand=False, padding=(0, 1), show_lines=self.options.explain
        )
        for sentence in self.chosen(document):
            table.add_row(self._scores(sentence), self._text(sentence))
        if self.options.wanted and not table.row_count:
            return
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
        if not self.options.explain:
            return Text(printable(sentence.text), style="" if sentence.topics else "dim")
        text = underlined(sentence_view(sentence, self._numbers), self._views)
        for score in sentence.topics:
            text.append(f"\n{printable(score.topic)}: ", self._colour(score))
            text.append(printable(strongest_words(sentence, score)), "dim")
        return text

    def _colour(self, score: TopicScore) -> str:
        return colour(self._views[self._numbers[score.topic]])
