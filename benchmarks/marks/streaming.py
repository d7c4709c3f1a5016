"""`otgnlp tag --format jsonl` on a pipe: when the first line comes, and what memory it takes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from itertools import cycle
from threading import Event, Thread
from time import perf_counter
from typing import IO, TYPE_CHECKING

from benchmarks.bench import NotMeasuredError
from benchmarks.mark import Mark, ratio
from benchmarks.processes import ROOT, environment, resident_megabytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.bench import Bench

FIRST_LINE, PEAK = "stream-first-line", "stream-memory"

_TAG = [sys.executable, "-m", "otgnlp", "tag", "--format", "jsonl"]
_POLL = 0.02  # seconds
_MILLION = 1_000_000


def measure(bench: Bench) -> list[Mark]:
    """Return the ratio of times to the first line, and that of peak memories."""
    try:
        resident_megabytes(peak=True)
    except OSError:
        raise NotMeasuredError("memory is read from /proc, which this platform lacks") from None
    articles = [f"{text}\n\n".encode() for text in bench.articles(bench.scale.n_slow)]
    small, large = bench.scale.streams
    firsts = [
        (_first_line(articles, small * _MILLION), _first_line(articles, 1))
        for _ in bench.rounds("streaming: first line", bench.scale.few_rounds)
    ]
    bench.tell("streaming: memory")
    peaks = [(_peak(articles, large * _MILLION), _peak(articles, small * _MILLION))]
    sizes = f"on a pipe of {large} MB, over that on one of {small} MB"
    return [
        ratio(
            FIRST_LINE,
            f"time to the first line of `otgnlp tag` on a pipe of {small} MB, over that on one "
            "article",
            firsts,
            2.0,
            at_least=False,
        ),
        ratio(PEAK, f"largest resident set of `otgnlp tag` {sizes}", peaks, 1.1, at_least=False),
    ]


def _first_line(articles: Sequence[bytes], n_bytes: int) -> float:
    """Return the seconds from the start of the process to its first line."""
    start = perf_counter()
    with _start() as process:
        feeder = _feed(process, articles, n_bytes)
        line = _pipe(process.stdout).readline()
        seconds = perf_counter() - start
        process.kill()
        feeder.join()
    if not line.startswith(b"{"):
        raise NotMeasuredError("otgnlp tag wrote no line")
    return seconds


def _peak(articles: Sequence[bytes], n_bytes: int) -> float:
    """Return the largest resident set of a process that tags so many bytes, in MB."""
    peak = 0.0
    ended = Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(_POLL):
            with suppress(OSError):
                peak = max(peak, resident_megabytes(process.pid, peak=True))

    with _start() as process:
        watcher = Thread(target=watch)
        watcher.start()
        feeder = _feed(process, articles, n_bytes)
        while _pipe(process.stdout).read(1 << 20):
            pass
        feeder.join()
        ended.set()
        watcher.join()
    if process.returncode:
        raise NotMeasuredError(f"otgnlp tag ended with {process.returncode}")
    return peak


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        _TAG, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _feed(process: subprocess.Popen[bytes], articles: Sequence[bytes], n_bytes: int) -> Thread:
    """Write articles to the process, again and again until there are so many bytes, in a thread."""

    def write() -> None:
        pipe = _pipe(process.stdin)
        left = n_bytes
        with suppress(BrokenPipeError, ConnectionError), pipe:
            for article in cycle(articles):
                if left <= 0:
                    return
                pipe.write(article)
                left -= len(article)

    feeder = Thread(target=write)
    feeder.start()
    return feeder


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
