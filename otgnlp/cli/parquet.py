"""How tagged documents are written as Parquet: row group by row group, in bounded memory."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from otgnlp.cli.writer import Base, WriteOptions
from otgnlp.errors import InputError, MissingExtraError
from otgnlp.integrations.arrow import (
    BATCH_ROWS,
    Row,
    TopicColumns,
    caveats,
    check_names,
    place_fields,
    places,
    strings,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document, Sentence

# What a row group, which is in memory until it is whole, holds: so much, or a batch more.
_GROUP_ROWS = 16 * BATCH_ROWS
_GROUP_BYTES = 1 << 26


class ParquetWriter(Base):
    """A row a sentence: the columns of `otgnlp.integrations.arrow.to_table`, file and model."""

    def __init__(self, options: WriteOptions, stream: TextIO) -> None:
        super().__init__(options, stream)
        try:
            from pyarrow import parquet
        except ModuleNotFoundError:
            raise MissingExtraError(
                "Parquet needs pyarrow: pip install 'otgnlp[parquet]'"
            ) from None
        if stream.isatty():
            raise InputError("Parquet is nothing for a terminal: name a file with -o")
        self._columns = TopicColumns(options.topics)
        self._schema = self._make_schema()
        self._sink = _Sink(stream.buffer)
        self._file = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._n_sentences = 0
        self._rows: list[Row] = []
        self._sources: list[tuple[Block, str]] = []
        self._batches: list[pa.RecordBatch] = []

    def write(self, block: Block, document: Document) -> None:
        """Take the document's sentences, and write a row group once there are enough."""
        start = block.start
        if start == 0:
            self._n_sentences = 0
        for sentence in document.sentences:
            if self.is_wanted(sentence):
                moved = replace(sentence, start=start + sentence.start, stop=start + sentence.stop)
                self._rows.append(Row(0, self._n_sentences, moved))
                self._sources.append((block, document.model))
            self._n_sentences += 1
            if len(self._rows) == BATCH_ROWS:
                self._pack()

    def close(self) -> None:
        """Write the rest, and the footer, without which the file is none."""
        self._pack()
        self._write_group()
        self._file.close()
        self._sink.drain()

    def _make_schema(self) -> pa.Schema:
        import pyarrow as pa

        contribution = [
            ("topic", pa.string()),
            ("lemma", pa.string()),
            ("contribution", pa.float64()),
        ]
        columns = [
            ("file", pa.string()),
            *([("id", pa.string())] if self.options.has_ids else []),
            *place_fields(),
            *self._columns.fields(),
            ("caveat", pa.string()),
            *([("evidence", pa.list_(pa.struct(contribution)))] if self.options.explain else []),
            ("model", pa.string()),
        ]
        check_names([name for name, _ in columns])
        return pa.schema(columns)

    def _pack(self) -> None:
        """Turn the rows that there are into columns, which take a tenth of the memory."""
        import pyarrow as pa

        sentences = [row.sentence for row in self._rows]
        evidence = [list(map(_evidence, sentences))] if self.options.explain else []
        arrays: list[Any] = [
            strings([block.name for block, _ in self._sources]),
            *([strings(list(map(_id, self._sources)))] if self.options.has_ids else []),
            *places(self._rows),
            *self._columns.arrays(sentences),
            caveats(sentences),
            *(pa.array(column, self._schema.field("evidence").type) for column in evidence),
            strings([model for _, model in self._sources]),
        ]
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows.clear()
        self._sources.clear()
        n_rows = sum(batch.num_rows for batch in self._batches)
        if n_rows >= _GROUP_ROWS or sum(batch.nbytes for batch in self._batches) >= _GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        import pyarrow as pa

        self._file.write_table(pa.Table.from_batches(self._batches, self._schema))
        self._sink.drain()
        self._batches.clear()


class _Sink(io.RawIOBase):
    """Holds what pyarrow writes until it is asked for.

    Where an error ends the run, pyarrow adds a footer nevertheless, and makes a whole file of half
    of one; that is never asked for.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._waiting: list[bytes] = []
        self._n_bytes = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._n_bytes

    def write(self, content: Any) -> int:
        self._waiting.append(bytes(content))
        self._n_bytes += len(content)
        return len(content)

    def drain(self) -> None:
        """Pass it on."""
        self._target.write(b"".join(self._waiting))
        self._waiting.clear()


def _id(source: tuple[Block, str]) -> str:
    block, _ = source
    return "" if block.id is None else str(block.id)


def _evidence(sentence: Sentence) -> list[dict[str, Any]]:
    return [
        {"topic": score.topic, "lemma": item.lemma, "contribution": item.contribution}
        for score in sentence.topics
        for item in sentence.evidence(score.topic)
    ]
