"""How tagged documents are written, by the name of the format; here, formats of lines."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, TextIO

from otgnlp.cli.output import BYTE_ORDER_MARK
from otgnlp.cli.pages import PageWriter
from otgnlp.cli.table import TableWriter
from otgnlp.cli.writer import Base, WriteOptions, Writer, strongest_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document, Sentence

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what cells begin with that are run


class JsonLinesWriter(Base):
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
            if self.options.explain:
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


class CsvWriter(Base):
    """A row a sentence, with a column of probabilities for each topic."""

    def __init__(self, options: WriteOptions, stream: TextIO) -> None:
        super().__init__(options, stream)
        if options.excel:
            self.data.write(BYTE_ORDER_MARK)
        separator, self._point = (";", ",") if options.excel else (",", ".")
        self._writer = csv.writer(self.data, delimiter=separator, lineterminator="\n")
        columns = ["file", "id", "start", "stop", "text", "topics", *options.topics, "caveat"]
        if not options.has_ids:
            columns.remove("id")
        self._writer.writerow([*columns, *(["evidence"] if options.explain else []), "model"])

    def write(self, block: Block, document: Document) -> None:
        """Write the document's sentences."""
        row_id = ["" if block.id is None else block.id] if self.options.has_ids else []
        for sentence in self.chosen(document):
            evidence = [self._evidence(sentence)] if self.options.explain else []
            row = (
                block.name,
                *row_id,
                block.start + sentence.start,
                block.start + sentence.stop,
                sentence.text,
                " ".join(score.topic for score in sentence.topics),
                *(self._number(sentence.probabilities[topic]) for topic in self.options.topics),
                sentence.caveat or "",
                *evidence,
                document.model,
            )
            self._writer.writerow(map(_guard, map(str, row)) if self.options.excel else row)
        self.stream.flush()

    def _number(self, value: float) -> str:
        return f"{value:.6f}".replace(".", self._point)

    @staticmethod
    def _evidence(sentence: Sentence) -> str:
        return "; ".join(
            f"{score.topic}: {strongest_words(sentence, score)}" for score in sentence.topics
        )


def _guard(cell: str) -> str:
    """Return a cell that no program takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _parquet(options: WriteOptions, stream: TextIO) -> Writer:
    from otgnlp.cli.parquet import ParquetWriter

    return ParquetWriter(options, stream)


WRITERS: dict[str, Callable[[WriteOptions, TextIO], Writer]] = {
    "csv": CsvWriter,
    "html": PageWriter,
    "jsonl": JsonLinesWriter,
    "parquet": _parquet,
    "table": TableWriter,
}
