"""Many texts, in order and lazily, in this process or in several."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import warnings
from collections import deque
from collections.abc import Sized
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from otgnlp import storage
from otgnlp.errors import InputError, OtgnlpError, WorkerError, noted
from otgnlp.limits import refusal
from otgnlp.progress import watched
from otgnlp.worker import analyse_each, analyse_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joblib import Parallel

    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger
    from otgnlp.worker import Outcome

OnError = Literal["raise", "skip", "return"]

# Texts, and characters, of a batch at most.
BATCH_SIZE = 128
_MOST_CHARACTERS = 1 << 18

# Batches a worker that are handed out before all of them must be back.
_WINDOW = 16


class Options(NamedTuple):
    """The options of `Tagger.tag_many`."""

    n_jobs: int
    batch_size: int
    progress: bool
    on_error: OnError

    def check(self) -> None:
        """Raise `InputError` for a value out of range."""
        if self.n_jobs == 0:
            raise InputError("n_jobs must be 1 or more, or -1 for one process a core; not 0")
        if self.batch_size < 1:
            raise InputError(f"batch_size must be 1 or more, not {self.batch_size}")
        if self.on_error not in get_args(OnError):
            raise InputError(f"on_error must be raise, skip or return, not {self.on_error!r}")


class Batch(NamedTuple):
    """Some of the texts: what each is, or why it is none, and where in the input they stand."""

    first: int
    items: list[str | InputError]

    @property
    def texts(self) -> list[str]:
        """Those that are texts."""
        return [item for item in self.items if isinstance(item, str)]


def tag_many(
    tagger: Tagger, texts: Iterable[str], limits: tuple[float, ...], options: Options
) -> Iterator[Document | InputError]:
    """Yield a document for each text; see `Tagger.tag_many`."""
    options.check()
    batches = _Batches(texts, options, tagger.max_length)
    analysed = _here(tagger, batches) if options.n_jobs == 1 else _in_workers(tagger, batches)
    found = _assemble(tagger, analysed, limits, options.on_error)
    if options.progress:
        return watched(found, len(texts) if isinstance(texts, Sized) else None, "texts")
    return found


class _Batches:
    """Cuts the input into batches, the first of one text and each then up to twice as large.

    An error of the input itself ends it, and waits in `failure` until all before is done. An
    interrupt does not wait.
    """

    def __init__(self, texts: Iterable[str], options: Options, max_length: int) -> None:
        self.options = options
        self._max_length = max_length
        self.failure: Exception | None = None
        self._texts = iter(texts)
        self._n_read = 0
        self._size = 1

    def __iter__(self) -> Iterator[Batch]:
        while batch := self._next():
            yield Batch(self._n_read - len(batch), batch)
            self._size = min(2 * self._size, self.options.batch_size)

    def _next(self) -> list[str | InputError]:
        batch: list[str | InputError] = []
        room = _MOST_CHARACTERS
        try:
            while self.failure is None and len(batch) < self._size and room > 0:
                text = next(self._texts)
                error = refusal(text, self._max_length, "text", self._n_read)
                batch.append(error or text)
                if error is None:
                    room -= len(text)
                self._n_read += 1
        except StopIteration:
            pass
        except Exception as error:
            self.failure = noted(error, f"raised while text {self._n_read} was read")
        return batch


def _assemble(
    tagger: Tagger,
    analysed: Iterator[tuple[Batch, Outcome]],
    limits: tuple[float, ...],
    on_error: OnError,
) -> Iterator[Document | InputError]:
    with contextlib.closing(analysed):  # type: ignore[type-var]
        for batch, outcome in analysed:
            ready = _documents(tagger, batch, outcome, limits)
            for item in batch.items:
                found = next(ready) if isinstance(item, str) else item
                if not isinstance(found, Exception):
                    yield found
                elif on_error == "raise" or not isinstance(found, InputError):
                    raise found
                elif on_error == "return":
                    yield found


def _documents(
    tagger: Tagger, batch: Batch, outcome: Outcome, limits: tuple[float, ...]
) -> Iterator[Document | Exception]:
    """Yield for each text of a batch its document, or what it raised."""
    if not isinstance(outcome, list):
        yield from tagger.assemble(batch.texts, outcome, limits)
        return
    numbers = (n for n, item in enumerate(batch.items, batch.first) if isinstance(item, str))
    for number, text, found in zip(numbers, batch.texts, outcome, strict=True):
        if isinstance(found, Exception):
            yield _numbered(found, number)
        else:
            yield from tagger.assemble([text], found, limits)


def _here(tagger: Tagger, batches: _Batches) -> Iterator[tuple[Batch, Outcome]]:
    for batch in batches:
        yield batch, analyse_each(tagger, batch.texts)
    if batches.failure is not None:
        raise batches.failure


def _in_workers(tagger: Tagger, batches: _Batches) -> Iterator[tuple[Batch, Outcome]]:
    if not threading.main_thread().is_alive():
        raise WorkerError("the interpreter is ending and starts no workers: n_jobs must be 1")
    from joblib import Parallel, effective_n_jobs

    # Asked and made here and now, so that `joblib.parallel_config` counts where tag_many is called.
    n_workers = effective_n_jobs(batches.options.n_jobs)
    work = Parallel(
        n_jobs=batches.options.n_jobs, return_as="generator", pre_dispatch="all", batch_size=1
    )
    return _run(tagger, batches, work, n_workers)


def _run(
    tagger: Tagger, batches: _Batches, work: Parallel, n_workers: int
) -> Iterator[tuple[Batch, Outcome]]:
    """Yield analyses window by window: joblib itself would read on while its caller rests."""
    from joblib import delayed

    unread = iter(batches)
    waiting: deque[Batch] = deque()
    size = 1
    with _model_folder(tagger) as (folder, fingerprint), work, _death_told(waiting):
        while window := list(islice(unread, size * n_workers)):
            waiting.extend(window)
            results = work(
                delayed(analyse_for)(os.getpid(), folder, fingerprint, batch.texts)
                for batch in window
            )
            try:
                for outcome in results:
                    yield waiting.popleft(), outcome
            finally:
                with warnings.catch_warnings():  # joblib's, on results that nobody wants
                    warnings.simplefilter("ignore")
                    results.close()
            size = min(2 * size, _WINDOW)
    if batches.failure is not None:
        raise batches.failure


@contextlib.contextmanager
def _death_told(waiting: deque[Batch]) -> Iterator[None]:
    """Tell of a worker that died, be it while work was handed out or while it was waited for."""
    from joblib.externals.loky import BrokenProcessPool

    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerError(
            f"a worker process died at text {waiting[0].first} or soon after: it was "
            "killed, or memory ran out"
        ) from error


@contextlib.contextmanager
def _model_folder(tagger: Tagger) -> Iterator[tuple[str | None, str]]:
    """Yield a folder that workers can load the model from, None for the bundled model's.

    And the model's fingerprint.
    """
    if tagger.folder is not None:
        from otgnlp.bundled import bundled_model

        bundled = tagger.folder == bundled_model()
        yield None if bundled else str(tagger.folder), tagger.model.fingerprint
        return
    with tempfile.TemporaryDirectory(prefix="otgnlp-", ignore_cleanup_errors=True) as folder:
        storage.save(tagger.model, folder)
        yield folder, storage.load(folder).fingerprint


def _numbered(error: Exception, number: int) -> Exception:
    """Return an error that names the text that raised it."""
    if isinstance(error, OtgnlpError):
        error.args = (f"text {number}: {error}",)
        return error
    return noted(error, f"raised by text {number}")
