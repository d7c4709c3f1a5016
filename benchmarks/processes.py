"""Fresh processes to measure in: one core, one thread, nothing remembered from the last."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def environment() -> dict[str, str]:
    """Return the environment of measured processes: UTF-8, and one thread for linear algebra."""
    return {**os.environ, "PYTHONUTF8": "1", **dict.fromkeys(_THREADS, "1")}


def fresh(task: str, stdin: IO[bytes] | None = None, **parameters: Any) -> Any:
    """Run a task of `benchmarks.tasks` in a new process, and return what it measured."""
    command = [sys.executable, "-m", "benchmarks.tasks", task, json.dumps(parameters)]
    done = subprocess.run(  # noqa: S603
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])  # libraries may print before it


def n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Keep this process, and those it starts, to so many cores, where the platform can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-count:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def resident_megabytes(pid: int | str = "self", *, peak: bool = False) -> float:
    """Return the memory that a process holds, or the most that it has held, in MB (10⁶ bytes).

    Raises `OSError` where there is no /proc, or no such process any more.
    """
    field = "VmHWM:" if peak else "VmRSS:"
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024 / 1e6
    raise ProcessLookupError(f"process {pid} has ended")


def give_back() -> None:
    """Let the system have what this process holds no more, where the C library can do that."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no glibc
        ctypes.CDLL(None).malloc_trim(0)


def forget_peak() -> None:
    """Let the peak of this process's memory be what it holds now; `OSError` without a /proc."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
