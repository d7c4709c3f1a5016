"""Apache Spark: topics of a column of texts, and a table of texts as a table of sentences.

Needs ``otgnlp[spark]`` where the job is started and on every machine that works for it.

Both functions take a `model`: None for the bundled one, an absolute path for a folder that every
machine has under that path, or a relative path, such as ``"my-model"``, for one that travels with
the job (`SparkContext.addFile` of a folder, `SparkContext.addArchive` of an archive of it). Each
Python worker loads the model once, and refuses any but the one that the job was started with.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from otgnlp.bundled import bundled_model
from otgnlp.errors import InputError, ModelError
from otgnlp.integrations.arrow import Row, caveats, places, probabilities
from otgnlp.tagger import Tagger
from otgnlp.thresholds import Threshold

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import StructField

Folder = str | os.PathLike[str] | None

# What a record batch of the result holds at most; columns repeated for each sentence grow fast.
_MOST_ROWS = 4096
_MOST_BYTES = 1 << 28


def topics_udf(model: Folder = None, threshold: Threshold = None) -> "Callable[..., Column]":
    """Return a pandas UDF that tells what each text as a whole is about, best topic first.

    It takes one string column and gives ``array<struct<topic: string, probability: double>>``:
    `Document.topics`, with calibrated probabilities from 0 to 1. A text about none of the topics
    gives an empty array, a null gives null. `threshold` is as in `Tagger.tag`.

    Raises `ModelError` for a model that cannot be loaded here, `InputError` for a bad threshold.
    On a worker, a model that is missing or another one, and a column that holds no strings, fail
    the task; Spark then raises its own error, which quotes ours.

        about = topics_udf()
        texts.select("id", about("text").alias("about"))
    """
    import pandas as pd
    from pyspark.sql.functions import pandas_udf
    from pyspark.sql.types import ArrayType, DoubleType, StringType, StructField, StructType

    wanted = _choose(model, threshold)[0]
    score = [StructField("topic", StringType()), StructField("probability", DoubleType())]

    # Spark reads these annotations: that is why this module does not put them off.
    def about(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
        tagger = wanted.tagger()
        for texts in batches:
            known = texts.notna()
            documents = tagger.tag_many(texts[known], wanted.threshold)
            topics = [
                [found.to_dict() for found in next(documents).topics] if is_known else None
                for is_known in known
            ]
            yield pd.Series(topics, dtype=object)

    udf: Callable[..., Column] = pandas_udf(about, ArrayType(StructType(score)))
    return udf


def tag_table(
    df: "DataFrame", text_col: str, model: Folder = None, threshold: Threshold = None
) -> "DataFrame":
    """Return a table with one row for each sentence of the texts in `df`.

    The columns of `df` other than `text_col` stay as they are, repeated for each sentence. To
    them come

    - ``sentence``: int, the sentence's number in its text, from 0
    - ``start``, ``stop``: int, where it stands, in characters (Unicode code points, as Python
      counts; neither bytes nor UTF-16 units) of the text
    - ``text``: string, the sentence
    - ``topics``: array<string>, those that reach the threshold, best first; empty if none does
    - for each topic of the model, a double of its name: the calibrated probability, from 0 to 1
    - ``caveat``: string, why the model has little to go on (`Caveat`), or null

    A text that is null or has no sentence gives no row. The work is lazy and runs text by text
    within each partition of `df`, without a shuffle; nothing is collected. `threshold` is as in
    `Tagger.tag`.

    Raises `InputError` if `text_col` is missing or no string, or if two columns of the result
    would have the same name (upper and lower case being the same to Spark); `ModelError` for a
    model that cannot be loaded here. On a worker, a model that is missing or another one fails the
    task; Spark then raises its own error, which quotes ours.

        tag_table(spark.read.parquet("texts"), "text").write.parquet("sentences")
    """
    from pyspark.sql.types import StructType

    place = _find_text(df, text_col)
    kept = [field for number, field in enumerate(df.schema.fields) if number != place]
    wanted, topics = _choose(model, threshold)
    added = _sentence_columns(topics)
    _check_names([field.name for field in kept], [field.name for field in added])
    schema = StructType([*kept, *added])
    names = schema.names

    def to_sentences(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        tagger = wanted.tagger()
        for batch in batches:
            found = _sentences(tagger, batch.column(place).to_pylist(), wanted.threshold)
            others = [column for number, column in enumerate(batch.columns) if number != place]
            while rows := list(islice(found, _rows_at_once(others))):
                yield _record_batch(others, rows, topics, names)

    # By Arrow and not by pandas, which makes rounded floats of large integers beside a null.
    return df.mapInArrow(to_sentences, schema)


class _Wanted(NamedTuple):
    """The model that a job works with, as its workers find and know it, and the threshold."""

    model: str | None
    fingerprint: str
    threshold: Threshold

    def tagger(self) -> Tagger:
        """Return this process's one tagger of the model."""
        return _load(_locate(self.model), self.model, self.fingerprint)


def _choose(model: Folder, threshold: Threshold) -> tuple[_Wanted, tuple[str, ...]]:
    """Load the model where the job is started, to tell at once what is wrong, and its topics."""
    name = None if model is None else os.fspath(model)
    tagger = Tagger.load(_locate(name))
    tagger.tag("", threshold)  # raises what is wrong with the threshold
    if isinstance(threshold, Mapping):
        threshold = {str(topic): float(limit) for topic, limit in threshold.items()}
    return _Wanted(name, tagger.model.fingerprint, threshold), tagger.topics


@lru_cache(maxsize=2)
def _load(folder: str, name: str | None, fingerprint: str) -> Tagger:
    tagger = Tagger.load(folder)
    if tagger.model.fingerprint != fingerprint:
        raise ModelError(
            f"{name or 'the bundled model'}: here it is not the model that the job was started "
            "with; all machines need the same one"
        )
    return tagger


def _locate(model: str | None) -> str:
    """Return a model's folder on this machine."""
    if model is None:
        return str(bundled_model())
    if os.path.isabs(model):
        return model
    from pyspark import SparkFiles

    try:
        folder: str = SparkFiles.get(model)
    except (AssertionError, AttributeError):
        raise ModelError(f"{model}: start Spark and ship the model before you name it") from None
    if not os.path.isdir(folder):
        raise ModelError(
            f"{model}: no such folder travels with this job: ship it with SparkContext.addFile or "
            "addArchive, or give the absolute path of a folder that every machine has"
        )
    return folder


def _find_text(df: "DataFrame", text_col: str) -> int:
    """Return the text column's number; raises `InputError` unless there is one, of strings."""
    from pyspark.sql.types import CharType, StringType, VarcharType

    places = [number for number, name in enumerate(df.columns) if name == text_col]
    if len(places) != 1:
        problem = "more than one column" if places else "no column"
        raise InputError(f"{problem} {text_col!r}: the table has {', '.join(df.columns) or 'none'}")
    found = df.schema.fields[places[0]].dataType
    if not isinstance(found, (StringType, CharType, VarcharType)):
        raise InputError(f"column {text_col!r} must hold strings, not {found.simpleString()}")
    return places[0]


def _sentence_columns(topics: Sequence[str]) -> "list[StructField]":
    from pyspark.sql.types import ArrayType, DoubleType, IntegerType, StringType, StructField

    return [
        StructField("sentence", IntegerType()),
        StructField("start", IntegerType()),
        StructField("stop", IntegerType()),
        StructField("text", StringType()),
        StructField("topics", ArrayType(StringType())),
        *(StructField(topic, DoubleType()) for topic in topics),
        StructField("caveat", StringType()),
    ]


def _check_names(kept: Sequence[str], added: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in (*kept, *added):
        if name.lower() in seen:
            raise InputError(
                f"two columns {name!r}: rename one of the table's columns {', '.join(kept)}; "
                f"to them come {', '.join(added)}"
            )
        seen.add(name.lower())


def _sentences(tagger: Tagger, texts: Sequence[str | None], threshold: Threshold) -> Iterator[Row]:
    """Yield the sentences of texts."""
    known = [number for number, text in enumerate(texts) if text is not None]
    documents = tagger.tag_many((text for text in texts if text is not None), threshold)
    for number, document in zip(known, documents, strict=True):
        for place, sentence in enumerate(document.sentences):
            yield Row(number, place, sentence)


def _rows_at_once(others: "Sequence[pa.Array]") -> int:
    """Return how many rows surely stay in bounds, whichever texts they belong to."""
    n_bytes: int = sum(column.nbytes for column in others)
    return max(1, min(_MOST_ROWS, _MOST_BYTES // max(1, n_bytes)))


def _record_batch(
    others: "Sequence[pa.Array]", rows: Sequence[Row], topics: Sequence[str], names: Sequence[str]
) -> "pa.RecordBatch":
    """Return rows of the result, beside them what the other columns hold for their texts."""
    import pyarrow as pa

    at = pa.array([row.document for row in rows], pa.int32())
    sentences = [row.sentence for row in rows]
    about = [[score.topic for score in sentence.topics] for sentence in sentences]
    arrays: list[Any] = [
        *(column.take(at) for column in others),
        *places(rows),
        pa.array(about, pa.list_(pa.string())),
        *probabilities(sentences, topics),
        caveats(sentences),
    ]
    return pa.RecordBatch.from_arrays(arrays, names)
