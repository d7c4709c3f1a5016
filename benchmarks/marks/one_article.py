"""One article with everything warm, against razdel alone on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.clock import Times
from benchmarks.mark import Mark, time_ratio
from benchmarks.processes import ROOT, fresh, on_cores

if TYPE_CHECKING:
    from benchmarks.bench import Bench

ONE_ARTICLE = "one-article"


def measure(bench: Bench) -> list[Mark]:
    """Return the ratio of median times, each round in a process of its own."""
    file = str(ROOT / "examples" / "summit.txt")
    pairs = []
    with on_cores(1):
        for _ in bench.rounds("one article", bench.scale.rounds):
            found = fresh("article", file=file, repeats=bench.scale.repeats)
            pairs.append((Times(*found["otgnlp"]), Times(*found["razdel"])))
    what = "one article (examples/summit.txt), warm, time over razdel alone"
    return [time_ratio(ONE_ARTICLE, what, pairs, 1.0, at_least=False)]
