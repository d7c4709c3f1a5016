"""polars: tagged documents as a data frame of sentences, and scores beside a series of texts.

Needs ``otgnlp[polars]``. Frames take over the memory of Arrow tables, without a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from otgnlp.errors import InputTypeError
from otgnlp.integrations.arrow import to_scores, to_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl
    import pyarrow as pa

    from otgnlp.errors import InputError
    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold


def to_frame(
    docs: Document | Iterable[Document | InputError],
    *,
    names: Iterable[object] | None = None,
    topics: Iterable[str] | None = None,
    prefix: str = "",
) -> pl.DataFrame:
    """Return a data frame with a row for each sentence of `docs`.

    Columns and arguments are those of `otgnlp.integrations.arrow.to_table`. Raises `InputError`.

        to_frame(otgnlp.tag_many(texts.values()), names=texts.keys())
    """
    return _frame(to_table(docs, names=names, topics=topics, prefix=prefix))


def tag_series(
    series: pl.Series,
    *,
    tagger: Tagger | None = None,
    threshold: Threshold = None,
    prefix: str = "",
    n_jobs: int = 1,
) -> pl.DataFrame:
    """Return a data frame with a row for each text of a series, in its order.

    For each topic it has a column of the topic's name, a float: how much the text as a whole is
    about it, from 0 to 1 (`otgnlp.documents`; for a text of one sentence, its probability); and
    for each a column ``about_`` and its name, a boolean: whether that reaches the threshold. A
    null gives nulls.

    `tagger` is the bundled model's if there is none; `threshold` and `n_jobs` are as in
    `Tagger.tag_many`, `prefix` as in `to_frame`.

    Raises `InputError`, and `InputTypeError` for what is no series of strings.

        news.hstack(tag_series(news["text"]))
    """
    import polars as pl

    if not isinstance(series, pl.Series):
        raise InputTypeError(f"tag_series needs a polars Series, not {type(series).__name__}")
    return _frame(
        to_scores(series, tagger=tagger, threshold=threshold, prefix=prefix, n_jobs=n_jobs)
    )


def _frame(table: pa.Table) -> pl.DataFrame:
    import polars as pl

    return cast("pl.DataFrame", pl.from_arrow(table, rechunk=False))
