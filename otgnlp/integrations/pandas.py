"""pandas: tagged documents as a data frame of sentences, and scores beside a series of texts.

Needs ``otgnlp[pandas]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from otgnlp.errors import InputError, InputTypeError
from otgnlp.integrations.arrow import to_scores, to_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold

Backend = Literal["numpy", "pyarrow"]


def to_frame(
    docs: Document | Iterable[Document | InputError],
    *,
    names: Iterable[object] | None = None,
    topics: Iterable[str] | None = None,
    prefix: str = "",
    dtype_backend: Backend = "numpy",
) -> pd.DataFrame:
    """Return a data frame with a row for each sentence of `docs`.

    Columns and arguments are those of `otgnlp.integrations.arrow.to_table`. `dtype_backend` says
    what holds them: NumPy arrays, or the Arrow table's own memory, which then is not copied.

    Raises `InputError`.

        to_frame(otgnlp.tag_many(texts.values()), names=texts.keys())
    """
    import pandas as pd

    _check_backend(dtype_backend)
    table = to_table(docs, names=names, topics=topics, prefix=prefix)
    if dtype_backend == "pyarrow":
        return table.to_pandas(types_mapper=pd.ArrowDtype)
    return table.to_pandas()


def tag_series(
    series: pd.Series[str],
    *,
    tagger: Tagger | None = None,
    threshold: Threshold = None,
    prefix: str = "",
    n_jobs: int = 1,
    dtype_backend: Backend = "numpy",
) -> pd.DataFrame:
    """Return a data frame with a row for each text of a series, and the series' own index.

    For each topic it has a column of the topic's name, a float: how much the text as a whole is
    about it, from 0 to 1 (`otgnlp.documents`; for a text of one sentence, its probability); and
    for each a column ``about_`` and its name, a nullable boolean: whether that reaches the
    threshold. A missing text (None, NaN, NA) gives missing values.

    `tagger` is the bundled model's if there is none; `threshold` and `n_jobs` are as in
    `Tagger.tag_many`, `prefix` and `dtype_backend` as in `to_frame`.

    Raises `InputError`, and `InputTypeError` for what is no series of strings.

        news.join(tag_series(news["text"]))
    """
    import pandas as pd

    _check_backend(dtype_backend)
    if not isinstance(series, pd.Series):
        raise InputTypeError(f"tag_series needs a pandas Series, not {type(series).__name__}")
    missing = series.isna().array
    texts = (None if gone else text for text, gone in zip(series, missing, strict=True))
    table = to_scores(texts, tagger=tagger, threshold=threshold, prefix=prefix, n_jobs=n_jobs)
    if dtype_backend == "pyarrow":
        frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    else:
        nullable = {table.schema.types[-1]: pd.BooleanDtype()}  # the last is a boolean
        frame = table.to_pandas(types_mapper=nullable.get)
    return frame.set_axis(series.index, axis="index")


def _check_backend(name: str) -> None:
    if name not in ("numpy", "pyarrow"):
        raise InputError(f"dtype_backend must be numpy or pyarrow, not {name!r}")
