"""A whole process that tags one sentence, against one that only imports scikit-learn."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.clock import Times, timed
from benchmarks.mark import Mark, time_ratio
from benchmarks.processes import ROOT, environment, on_cores

if TYPE_CHECKING:
    from benchmarks.bench import Bench

COLD_START = "cold-start"

_OURS = "import otgnlp; otgnlp.tag('Порт открыт.')"
_THEIRS = "import sklearn.linear_model"
_BARE = "pass"


def measure(bench: Bench) -> list[Mark]:
    """Return the ratio of times; the second figure is without what Python itself takes."""
    pairs, bare = [], []
    with on_cores(1):
        for code in (_OURS, _THEIRS, _BARE):
            _times(code)  # compiled, and in the page cache
        for _ in bench.rounds("cold start", bench.scale.starts):
            ours, theirs, python = _times(_OURS), _times(_THEIRS), _times(_BARE)
            pairs.append((ours, theirs))
            bare.append((ours - python, theirs - python))
    what = "cold start of a process that tags a sentence, time over importing sklearn.linear_model"
    return [
        time_ratio(COLD_START, what, pairs, 1.0, at_least=False),
        time_ratio(f"{COLD_START}-net", f"{what}, Python's own start taken off both", bare),
    ]


def _times(code: str) -> Times:
    command = [sys.executable, "-c", code]
    return timed(lambda: subprocess.run(command, cwd=ROOT, env=environment(), check=True))  # noqa: S603
