"""Memory while distinct sentences go through: how much at most, and whether it grows."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.bench import NotMeasuredError
from benchmarks.mark import Mark, slope_interval
from benchmarks.processes import ROOT, environment, fresh, resident_megabytes

if TYPE_CHECKING:
    from benchmarks.bench import Bench

MEMORY, GROWTH = "memory", "memory-growth"

_MOST = 250.0
_STEEPEST = 1.0


def measure(bench: Bench) -> list[Mark]:
    """Return the greatest resident set of a tagging process, and its slope.

    The sentences come through a pipe from a process of their own, so that only tagging is measured.
    """
    try:
        resident_megabytes()
    except OSError:
        raise NotMeasuredError("memory is read from /proc, which this platform lacks") from None
    scale = bench.scale
    bench.tell(f"memory: {scale.n_soak:,} distinct sentences")
    command = [sys.executable, "-m", "benchmarks.distinct", bench.kind, str(scale.n_soak), "0"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE
    ) as source:
        samples = fresh("memory", source.stdout, first=scale.soak_from, every=scale.soak_every)
    if source.returncode:
        raise NotMeasuredError("the process that makes sentences has failed")
    sizes = tuple(megabytes for _, megabytes in samples)
    most = max(sizes)
    count = f"while tagging {scale.n_soak:,} distinct sentences"
    slope, low, high = slope_interval([(n / 100_000, megabytes) for n, megabytes in samples])
    return [
        Mark(
            MEMORY,
            f"largest resident set {count}",
            most,
            most,
            most,
            sizes,
            bound=_MOST,
            at_least=False,
            unit="MB",
            details={"samples": samples},
        ),
        Mark(
            GROWTH,
            f"slope of the resident set {count}",
            slope,
            low,
            high,
            (slope,),
            bound=_STEEPEST,
            at_least=False,
            unit="MB per 100,000 sentences",
        ),
    ]
