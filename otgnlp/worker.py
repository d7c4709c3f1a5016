"""What a worker process does for `tag_many`: analyse, and mind its parent."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from otgnlp.errors import InputError, ModelError, WorkerError, noted
from otgnlp.once import ONCE

if TYPE_CHECKING:
    from otgnlp.tagger import Analysis, Tagger

    # The analysis of texts together or, where one of them raised, of each, or what it raised.
    Outcome: TypeAlias = Analysis | list[Analysis | Exception]

_PAUSE = 0.5  # seconds between two looks at the parent


def analyse_for(parent: int, folder: str | None, fingerprint: str, texts: list[str]) -> Outcome:
    """Analyse texts for the process `parent`, by the model in a folder, or by the bundled one."""
    _mind(parent)
    with ONCE:
        tagger = _tagger(folder, fingerprint)
    outcome = analyse_each(tagger, texts)
    if isinstance(outcome, list):
        return [_portable(found) if isinstance(found, Exception) else found for found in outcome]
    return outcome


def analyse_each(tagger: Tagger, texts: list[str]) -> Outcome:
    """Analyse texts together, or one by one if any of them raises."""
    try:
        return tagger.analyse(texts)
    except Exception:
        return [_analyse_one(tagger, text) for text in texts]


def _analyse_one(tagger: Tagger, text: str) -> Analysis | Exception:
    try:
        return tagger.analyse([text])
    except Exception as error:
        return error


def _portable(error: Exception) -> Exception:
    """Return an error that can go from process to process, which not every error can."""
    if isinstance(error, InputError):
        return error
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return noted(WorkerError(f"a worker failed: {error!r}"), f"In the worker:\n{told}")


@lru_cache(maxsize=2)
def _tagger(folder: str | None, fingerprint: str) -> Tagger:
    from otgnlp.bundled import bundled_model
    from otgnlp.tagger import Tagger

    path = bundled_model() if folder is None else Path(folder)
    tagger = Tagger.load(path)
    if tagger.model.fingerprint != fingerprint:
        raise ModelError(f"{path}: another model took this one's place while it was at work")
    return tagger


@lru_cache(maxsize=1)
def _mind(parent: int) -> None:
    """Leave interrupts to the parent and end with it, if `parent` is this process's own.

    A terminal sends Ctrl-C to all processes of a command, and a worker that dies of it looks as if
    it had crashed. A parent that is killed stops nobody: its workers would wait for minutes for
    more to do. Threads, and processes on other machines, have other parents.
    """
    if os.name != "posix" or os.getppid() != parent:
        return
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os._exit(1)
