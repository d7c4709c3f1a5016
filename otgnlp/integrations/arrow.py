"""Tagged sentences as Arrow tables: what data frames, Parquet files and Spark are made from.

Needs ``otgnlp[parquet]``, which the extras of the frames bring.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from otgnlp import thresholds
from otgnlp.bundled import bundled_tagger
from otgnlp.errors import InputError, InputTypeError
from otgnlp.schema import Document, Sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pyarrow as pa

    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold

# Sentences that become columns at a time.
BATCH_ROWS = 4096

_SURROGATE = re.compile("[\ud800-\udfff]")


class Row(NamedTuple):
    """A sentence, the number of its document and its own number in that, both from 0."""

    document: int
    number: int
    sentence: Sentence


def to_table(
    docs: Document | Iterable[Document | InputError],
    *,
    names: Iterable[object] | None = None,
    topics: Iterable[str] | None = None,
    prefix: str = "",
) -> pa.Table:
    """Return a table with a row for each sentence of `docs`, a document or any iterable of them.

    - ``document``: int64, the document's number from 0; or, of whatever type they are, the `names`
      that are given for the documents, as many as there are; paths become strings
    - ``sentence``: int32, the sentence's number in its document, from 0
    - ``start``, ``stop``: int32, where it stands, in characters of the text
    - ``text``: string, the sentence
    - for each topic, a double of its name: the calibrated probability, from 0 to 1
    - for each topic, ``about_`` and its name, a boolean: whether it reaches the threshold
    - ``caveat``: string, why the model has little to go on (`Caveat`), or null

    Documents are read once, and let go batch by batch; names are read after them. An `InputError`
    in a document's place (``tag_many(…, on_error="return")``) takes a number and gives no row.

    `topics` chooses topics and their order; by default they are those of the first sentence, none
    if there is no sentence at all. `prefix` goes before the names of the probability columns, for
    a topic that is called like another column. A lone surrogate, which no Arrow string can hold,
    becomes U+FFFD, so offsets stay.

    Raises `InputError` for columns of the same name, sentences of models with different topics, a
    topic that a sentence lacks and names that do not fit; `InputTypeError` for what is no document.
    """
    import pyarrow as pa

    numbered = _Numbered([docs] if isinstance(docs, Document) else docs)
    rows = iter(numbered)
    first = list(islice(rows, 1))
    if topics is not None:
        columns = TopicColumns(topics, prefix)
    else:
        columns = TopicColumns(first[0].sentence.probabilities if first else (), prefix)
        rows = _of_one_model(rows, columns.topics)
    batches = list(_batches(chain(first, rows), columns))
    labels = None if names is None else _label(names, numbered.count)
    if labels is not None:
        batches = [batch.set_column(0, "document", labels.take(batch[0])) for batch in batches]
    schema = _schema(columns, pa.int64() if labels is None else labels.type)
    return pa.Table.from_batches(batches, schema)


def to_scores(
    texts: Iterable[str | None],
    *,
    tagger: Tagger | None = None,
    threshold: Threshold = None,
    prefix: str = "",
    n_jobs: int = 1,
) -> pa.Table:
    """Return a table with a row for each text, as a whole; a text of None gives a row of nulls.

    The columns are those of topics, as in `to_table`: scores and booleans. `tagger` is the bundled
    model's if there is none; `threshold` and `n_jobs` are as in `Tagger.tag_many`.

    Raises `InputError`, and `InputTypeError` for what is neither a string nor None.
    """
    import pyarrow as pa

    tagger = bundled_tagger() if tagger is None else tagger
    columns = TopicColumns(tagger.topics, prefix)
    check_names(columns.names)
    limits = thresholds.resolve(threshold, tagger.model)
    places: list[int | None] = []

    def known() -> Iterator[str]:
        n_known = 0
        for number, text in enumerate(texts):
            if text is not None and not isinstance(text, str):
                kind = type(text).__name__
                raise InputTypeError(f"text {number} must be a string or missing, not {kind}")
            places.append(None if text is None else n_known)
            if text is not None:
                n_known += 1
                yield text

    scores: list[list[float]] = [[] for _ in limits]
    for document in tagger.tag_many(known(), 0.0, n_jobs=n_jobs):  # each topic reaches 0
        found = {score.topic: score.probability for score in document.topics}
        for topic, column in zip(tagger.topics, scores, strict=True):
            column.append(found[topic])
    at = pa.array(places, pa.int64())
    about = [[p >= limit for p in column] for column, limit in zip(scores, limits, strict=True)]
    arrays = [
        *(pa.array(column, pa.float64()).take(at) for column in scores),
        *(pa.array(column, pa.bool_()).take(at) for column in about),
    ]
    return pa.Table.from_arrays(arrays, columns.names)


class TopicColumns:
    """The columns that topics have: a probability and a boolean for each.

    >>> TopicColumns(["ai", "energy"], "p_").names
    ['p_ai', 'p_energy', 'about_ai', 'about_energy']
    """

    def __init__(self, topics: Iterable[str], prefix: str = "") -> None:
        if isinstance(topics, (str, bytes)):
            raise InputTypeError("topics must be an iterable of names, not one string")
        self.topics = tuple(map(str, topics))
        self.names = [
            *(f"{prefix}{topic}" for topic in self.topics),
            *(f"about_{topic}" for topic in self.topics),
        ]

    def types(self) -> list[pa.DataType]:
        """Return the columns' types."""
        import pyarrow as pa

        return [pa.float64()] * len(self.topics) + [pa.bool_()] * len(self.topics)

    def arrays(self, sentences: Sequence[Sentence]) -> list[pa.Array]:
        """Return what sentences have in the columns; raises `InputError` for a missing topic."""
        import pyarrow as pa

        given = [{score.topic for score in sentence.topics} for sentence in sentences]
        about = [[topic in found for found in given] for topic in self.topics]
        return [
            *probabilities(sentences, self.topics),
            *(pa.array(column, pa.bool_()) for column in about),
        ]


def places(rows: Sequence[Row]) -> list[pa.Array]:
    """Return the columns ``sentence``, ``start``, ``stop`` and ``text``."""
    import pyarrow as pa

    return [
        pa.array([row.number for row in rows], pa.int32()),
        pa.array([row.sentence.start for row in rows], pa.int32()),
        pa.array([row.sentence.stop for row in rows], pa.int32()),
        strings([row.sentence.text for row in rows]),
    ]


def probabilities(sentences: Sequence[Sentence], topics: Sequence[str]) -> list[pa.Array]:
    """Return a column a topic; raises `InputError` for a topic that a sentence lacks."""
    import pyarrow as pa

    try:
        columns = [[s.probabilities[topic] for s in sentences] for topic in topics]
    except KeyError as error:
        raise InputError(
            f"a sentence has no topic {error}: it was tagged by another model"
        ) from None
    return [pa.array(column, pa.float64()) for column in columns]


def caveats(sentences: Sequence[Sentence]) -> pa.Array:
    """Return the column ``caveat``."""
    import pyarrow as pa

    return pa.array([s.caveat and s.caveat.value for s in sentences], pa.string())


def strings(texts: Sequence[str]) -> pa.Array:
    """Return a column of strings, lone surrogates replaced by U+FFFD."""
    import pyarrow as pa

    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([_SURROGATE.sub("\ufffd", text) for text in texts], pa.string())


def check_names(names: Collection[str]) -> None:
    """Raise `InputError` if two columns have the same name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(
                f"two columns would be called {name!r}: give the columns of probabilities a prefix"
            )
        seen.add(name)


class _Numbered:
    """The rows of documents; `count` tells how many documents have been read."""

    def __init__(self, docs: Iterable[Document | InputError]) -> None:
        if isinstance(docs, (str, bytes)) or not isinstance(docs, Iterable):
            raise InputTypeError(f"docs must be documents of otgnlp, not {type(docs).__name__}")
        self._docs = docs
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for document in self._docs:
            if isinstance(document, Document):
                for number, sentence in enumerate(document.sentences):
                    yield Row(self.count, number, sentence)
            elif not isinstance(document, InputError):
                kind = type(document).__name__
                raise InputTypeError(f"item {self.count} must be a Document, not {kind}")
            self.count += 1


def _of_one_model(rows: Iterator[Row], topics: Sequence[str]) -> Iterator[Row]:
    expected = set(topics)
    for row in rows:
        if row.sentence.probabilities.keys() != expected:
            raise InputError(
                f"document {row.document} was tagged by a model with other topics than the first: "
                "choose common ones with topics=…"
            )
        yield row


def _batches(rows: Iterator[Row], columns: TopicColumns) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    schema = _schema(columns, pa.int64())
    while some := list(islice(rows, BATCH_ROWS)):
        sentences = [row.sentence for row in some]
        arrays: list[Any] = [
            pa.array([row.document for row in some], pa.int64()),
            *places(some),
            *columns.arrays(sentences),
            caveats(sentences),
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _schema(columns: TopicColumns, document: pa.DataType) -> pa.Schema:
    import pyarrow as pa

    names = ["document", "sentence", "start", "stop", "text", *columns.names, "caveat"]
    check_names(names)
    place = [pa.int32(), pa.int32(), pa.int32(), pa.string()]
    types = [document, *place, *columns.types(), pa.string()]
    return pa.schema(list(zip(names, types, strict=True)))


def _label(names: Iterable[object], expected: int) -> pa.Array:
    """Return documents' names as Arrow finds their type."""
    import pyarrow as pa

    if isinstance(names, (str, bytes)):
        raise InputTypeError("names must be an iterable with one name a document, not one string")
    listed = [os.fspath(name) if isinstance(name, os.PathLike) else name for name in names]
    if len(listed) != expected:
        raise InputError(f"{expected} documents, but {len(listed)} names")
    try:
        return pa.array(listed)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError) as error:
        raise InputError(f"names of documents that make no column: {error}") from error
