"""A soak: tag generated news for minutes on end: `python -m benchmarks.soak --minutes 10`.

Sentences that hardly ever repeat come through a pipe from a process of their own. Every few seconds
the resident set and the rate are read; their slopes, from the time on when what is remembered has
filled up, tell whether anything grows or slows. With -o, results are kept in a file; if it is
benchmarks/soak.json, the table of docs/reliability.md is made anew.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from itertools import count, pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import results
from benchmarks.distinct import distinct_sentences
from benchmarks.mark import Mark, slope_interval
from benchmarks.processes import ROOT, environment, fresh
from benchmarks.report import HEAD, shown
from benchmarks.texts import news_sentences
from training.report import fill, speak_utf8, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.tasks import Sample

RESULTS = ROOT / "benchmarks" / "soak.json"
DOCUMENT = ROOT / "docs" / "reliability.md"

_N_SAMPLES = 120
_WARM = 0.4  # of the time, until which what is remembered may fill up
_PER_SEED = 200_000
_STEEPEST_GROWTH = 1.0  # MB a minute
_STEEPEST_SLOWING = -1.0  # per cent a minute


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 1 if a slope is too steep."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="keep the results here")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.make:
        for sentence in _endless():
            sys.stdout.write(f"{sentence}\n")
    section = soak(60.0 * arguments.minutes)
    block = report(section)
    print(block)  # noqa: T201
    if arguments.output:
        results.write(arguments.output, {"soak": section})
        if arguments.output.resolve() == RESULTS:
            fill(DOCUMENT, {"soak": block})
    return int(not all(mark.holds is not False for mark in section.marks))


def soak(seconds: float) -> results.Section:
    """Tag for so long, and return what became of memory and rate."""
    command = [sys.executable, "-m", "benchmarks.soak", "--make"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as source:
        samples = fresh("soak", source.stdout, seconds=seconds, every=seconds / _N_SAMPLES)
        source.terminate()
    return results.Section(results.facts(news_sentences().origin), tuple(_marks(samples)))


def report(section: results.Section) -> str:
    """Return the marks as a table, and where they were measured."""
    facts = section.facts
    where = (
        f"{facts['date']}, on {facts['machine']}, Python {facts['python']}; clauses of "
        f"{facts['text']}, joined anew with invented names and numbers."
    )
    return f"{where}\n\n{table(HEAD, map(shown, section.marks))}"


def _marks(samples: Sequence[Sample]) -> Iterator[Mark]:
    """Yield what samples tell: (seconds, sentences, MB, seconds of the processor) since the start.

    Rates are by processor time, which other work on the machine disturbs least.
    """
    last, n_sentences = samples[-1][:2]
    sizes = tuple(size for _, _, size, _ in samples)
    what = f"while tagging {n_sentences:,} sentences in {last / 60:.1f} minutes"
    yield Mark(
        "memory",
        f"largest resident set {what}",
        max(sizes),
        max(sizes),
        max(sizes),
        sizes,
        unit="MB",
    )
    late = [sample for sample in samples if sample[0] >= _WARM * last]
    minute = late[0][0] / 60
    growth = slope_interval([(at / 60, size) for at, _, size, _ in late])
    yield Mark(
        "memory-slope",
        f"slope of the resident set from minute {minute:.1f} on",
        *growth,
        growth[:1],
        bound=_STEEPEST_GROWTH,
        at_least=False,
        unit="MB a minute",
        details={"samples": [list(sample) for sample in samples]},
    )
    rates = [
        (after[0] / 60, (after[1] - before[1]) / (after[3] - before[3]))
        for before, after in pairwise(late)
    ]
    usual = median(rate for _, rate in rates)
    yield Mark(
        "rate",
        f"rate from minute {minute:.1f} on",
        usual,
        usual,
        usual,
        tuple(rate for _, rate in rates),
        unit="sentences a second of one core",
    )
    slowing = slope_interval([(at, 100 * rate / usual) for at, rate in rates])
    yield Mark(
        "rate-slope",
        f"slope of the rate from minute {minute:.1f} on",
        *slowing,
        slowing[:1],
        bound=_STEEPEST_SLOWING,
        unit="% a minute",
    )


def _endless() -> Iterator[str]:
    texts = news_sentences().texts
    for seed in count():
        yield from distinct_sentences(texts, _PER_SEED, seed)


if __name__ == "__main__":
    sys.exit(main())
