"""Many texts, in order and lazily, in this process or in several."""

from __future__ import annotations

import tempfile
from collections import deque
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from otgnlp import storage
from otgnlp.errors import InputError, InputTypeError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otgnlp.schema import Document
    from otgnlp.tagger import Analysis, Tagger


def tag_many(
    tagger: Tagger,
    texts: Iterable[str],
    limits: tuple[float, ...],
    n_jobs: int,
    batch_size: int,
) -> Iterator[Document]:
    """Yield a document for each text; see `Tagger.tag_many`."""
    if n_jobs == 0:
        raise InputError("n_jobs must be 1 or more, or -1 for one process a core; not 0")
    if batch_size < 1:
        raise InputError(f"batch_size must be 1 or more, not {batch_size}")
    checked = _check(texts)
    if n_jobs == 1:
        return (tagger.assemble(text, tagger.analyse(text), limits) for text in checked)
    return _in_processes(tagger, checked, limits, n_jobs, batch_size)


def _check(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputTypeError(f"text {number} must be a string, not {type(text).__name__}")
        yield text


def _in_processes(
    tagger: Tagger, texts: Iterator[str], limits: tuple[float, ...], n_jobs: int, batch_size: int
) -> Iterator[Document]:
    from joblib import Parallel, delayed

    waiting: deque[list[str]] = deque()  # handed out, in order; joblib bounds how many
    failures: list[Exception] = []

    def batches() -> Iterator[list[str]]:
        while batch := _next_batch(texts, batch_size, failures):
            waiting.append(batch)
            yield batch

    with _model_folder(tagger) as (folder, fingerprint):
        work = Parallel(n_jobs=n_jobs, return_as="generator")
        tasks = (delayed(_analyse)(folder, fingerprint, batch) for batch in batches())
        for analyses in work(tasks):
            for text, analysis in zip(waiting.popleft(), analyses, strict=True):
                yield tagger.assemble(text, analysis, limits)
    if failures:
        raise failures[0]


def _next_batch(texts: Iterator[str], size: int, failures: list[Exception]) -> list[str]:
    """Return the next texts, none at the end.

    joblib calls this in a thread of its own, where an error of the caller's iterator would be
    lost; it is kept, and counts as the end.
    """
    batch: list[str] = []
    if not failures:
        try:
            batch.extend(islice(texts, size))
        except Exception as error:
            failures.append(error)
    return batch


@contextmanager
def _model_folder(tagger: Tagger) -> Iterator[tuple[str, str]]:
    """Yield a folder that workers can load the model from, and its fingerprint."""
    if tagger.folder is not None:
        yield str(tagger.folder), tagger.model.fingerprint
        return
    with tempfile.TemporaryDirectory(prefix="otgnlp-", ignore_cleanup_errors=True) as folder:
        storage.save(tagger.model, folder)
        yield folder, storage.load(folder).fingerprint


def _analyse(folder: str, fingerprint: str, texts: list[str]) -> list[Analysis]:
    tagger = _worker_tagger(folder, fingerprint)
    return [tagger.analyse(text) for text in texts]


@lru_cache(maxsize=2)
def _worker_tagger(folder: str, fingerprint: str) -> Tagger:
    from otgnlp.tagger import Tagger

    tagger = Tagger.load(folder)
    if tagger.model.fingerprint != fingerprint:
        raise ModelError(f"{folder}: another model took this one's place while it was at work")
    return tagger
