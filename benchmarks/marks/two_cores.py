"""Two processes against one, on a job long enough that starting them does not count."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import TYPE_CHECKING

from benchmarks.bench import NotMeasuredError
from benchmarks.clock import Times
from benchmarks.mark import Mark, ratio
from benchmarks.processes import fresh, n_cores, on_cores

if TYPE_CHECKING:
    from benchmarks.bench import Bench

TWO_CORES = "two-cores"
CEILING = "two-cores-ceiling"


def measure(bench: Bench) -> list[Mark]:
    """Return how many times faster `n_jobs=2` is; both have tagged the texts once before.

    The same texts are read again and again until one core has worked long enough. Two processes
    that know nothing of each other, each with half of the work, show what the machine can give.
    """
    if n_cores() < 2:
        raise NotMeasuredError("two cores need a machine with two")
    file = bench.file(bench.articles(bench.scale.n_cores))
    pairs, apart = [], []
    with on_cores(2), ThreadPoolExecutor(2) as side_by_side:
        bench.tell("two cores: how long one takes")
        once = Times(*fresh("cores", file=file, n_jobs=1, times=1)).wall
        # A tenth more, since the machine may be in a better mood later.
        times = ceil(1.1 * bench.scale.cores_seconds / once)
        for _ in bench.rounds("two cores", bench.scale.few_rounds):
            two = fresh("cores", file=file, n_jobs=2, times=times)
            one = fresh("cores", file=file, n_jobs=1, times=times)
            halves = [
                side_by_side.submit(fresh, "cores", file=file, n_jobs=1, times=ceil(times / 2))
                for _ in range(2)
            ]
            pairs.append((Times(*one).wall, Times(*two).wall))
            apart.append((Times(*one).wall, max(Times(*half.result()).wall for half in halves)))
    length = f"a job of {bench.scale.cores_seconds:.0f} s or more on one core"
    return [
        ratio(TWO_CORES, f"n_jobs=2, rate over n_jobs=1, {length}", pairs, 1.7),
        ratio(CEILING, "two processes side by side, half of that job each, rate over one", apart),
    ]
