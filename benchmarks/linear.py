"""Whether the cost is linear in the length of a text: `python -m benchmarks.linear`.

Ordinary news and each of the bad shapes (`benchmarks.hostile`) are tagged as one text at five
sizes, each a bit over three times the last, up to 50 MB of UTF-8. Each measurement is a process of
its own that has tagged two sentences before: the seconds of the processor, and by how much its
resident set grew at most, text and document with it. The least of the repeats counts. An exponent
is the slope of a straight line by least squares through the logarithms, with its 95 % interval
(Student's).

With `-o`, figures join those in the file: of what was measured before on the same machine and
libraries the least counts. The exit code is 1 if an exponent is above 1.1. Memory is read from
/proc.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.distinct import distinct_sentences
from benchmarks.hostile import REPEATED
from benchmarks.processes import ROOT, fresh
from benchmarks.results import facts
from benchmarks.texts import own_sentences
from training.report import fill, speak_utf8, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RESULTS = ROOT / "benchmarks" / "linear.json"
DOCUMENT = ROOT / "docs" / "reliability.md"
BOUND = 1.1

NEWS = "news"
SHAPES = (
    *(NEWS, "words without an end", "sentences that never end", "prefixes", "dots", "hyphens"),
    *("brackets", "quotes", "enumeration", "smileys", "quotes apart", "initials"),
    *("hyphened letters", "base64", "numbers of a list"),
)

_N_SIZES = 5
_STEP = 10**0.5
_LINES = 4  # sentences of a paragraph of news


class Cost(NamedTuple):
    """What the tagging of a text of so many bytes and characters took."""

    n_bytes: int
    n_characters: int
    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Exponent:
    """The exponent of a cost, with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def text_of(shape: str, n_bytes: int) -> str:
    """Return a text of a shape, of so many bytes of UTF-8 or a few less."""
    if shape != NEWS:
        piece = REPEATED[shape]
        return piece * (n_bytes // _size(piece))
    found: list[str] = []
    sentences = distinct_sentences(own_sentences().texts, 40_000_000)
    while n_bytes > 0 and (paragraph := " ".join(islice(sentences, _LINES))):
        found.append(paragraph)
        n_bytes -= _size(paragraph) + 1
    return "\n".join(found[:-1])


def sizes(most: int) -> list[int]:
    """Return the five sizes up to `most`, ascending.

    >>> sizes(50_000_000)
    [500000, 1581139, 5000000, 15811388, 50000000]
    """
    return [round(most / _STEP**k) for k in reversed(range(_N_SIZES))]


def exponent(points: Sequence[tuple[float, float]]) -> Exponent:
    """Return the exponent of y in x, points being pairs of numbers above 0, three or more.

    >>> print(exponent([(1, 3), (2, 12), (4, 48)]))
    2.00 [2.00, 2.00]
    """
    from scipy.stats import t as student

    x, y = np.log(np.array(points, dtype=np.float64)).T
    spread = x - x.mean()
    slope = float(spread @ y / (spread @ spread))
    residuals = y - y.mean() - slope * spread
    freedom = len(x) - 2
    error = float(np.sqrt(residuals @ residuals / freedom / (spread @ spread)))
    margin = float(student.ppf(0.975, freedom)) * error
    return Exponent(slope, slope - margin, slope + margin)


def measure(shape: str, most: int) -> Iterator[Cost]:
    """Measure a shape at each size once."""
    with tempfile.TemporaryDirectory(prefix="otgnlp-") as folder:
        for size in sizes(most):
            text = text_of(shape, size)
            file = Path(folder, "text")
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
            found = fresh("whole", file=str(file))
            yield Cost(_size(text), len(text), found["seconds"], found["megabytes"])


def least(costs: Sequence[Cost]) -> list[Cost]:
    """Return one cost a size, the least of those that there are."""
    found: dict[int, Cost] = {}
    for cost in costs:
        other = found.get(cost.n_bytes, cost)
        found[cost.n_bytes] = cost._replace(
            seconds=min(cost.seconds, other.seconds), megabytes=min(cost.megabytes, other.megabytes)
        )
    return [found[size] for size in sorted(found)]


def exponents(costs: Sequence[Cost]) -> tuple[Exponent, Exponent]:
    """Return the exponents of time and of memory."""
    return (
        exponent([(cost.n_bytes, cost.seconds) for cost in costs]),
        exponent([(cost.n_bytes, cost.megabytes) for cost in costs]),
    )


def blocks(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what docs/reliability.md shows of a file of results."""
    rows = []
    for shape, costs in _shapes(data).items():
        time, memory = exponents(costs)
        largest = costs[-1]
        piece = "" if shape == NEWS else f"`{REPEATED[shape]}`"
        of_text = largest.n_bytes / 1e6
        rows.append(
            [
                *(shape, piece, time, memory, f"{largest.seconds:.1f}"),
                *(f"{largest.seconds / of_text:.2f}", f"{largest.megabytes / of_text:.1f}"),
            ]
        )
    head = [
        *("text", "piece", "exponent of time [95 %]", "exponent of memory [95 %]"),
        *("seconds at the largest size", "seconds a MB", "MB of memory a MB"),
    ]
    told = data["facts"]
    sized = ", ".join(f"{size / 1e6:.3g}" for size in data["sizes"])
    run = (
        f"{told['date']}, on {told['machine']}, Python {told['python']}, numpy "
        f"{told['libraries']['numpy']}; model {told['model']}; texts of {sized} MB."
    )
    return {"linear": table(head, rows), "linear-run": run}


def _shapes(data: Mapping[str, Any]) -> dict[str, list[Cost]]:
    return {
        shape: [Cost(*cost) for cost in data["shapes"][shape]]
        for shape in SHAPES
        if shape in data["shapes"]
    }


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _read(path: Path | None, new: dict[str, Any]) -> dict[str, Any]:
    """Return what a file holds, if that was measured as these are."""
    if path is None or not path.exists():
        return new
    old: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    same = {**old["facts"], "date": ""} == {**new["facts"], "date": ""}
    return {**old, "facts": new["facts"]} if same and old["sizes"] == new["sizes"] else new


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linear", description=__doc__)
    parser.add_argument("--megabytes", type=float, default=50, metavar="N", help="the largest size")
    parser.add_argument("--repeats", type=int, default=2, metavar="N")
    parser.add_argument("--only", nargs="+", choices=SHAPES, default=SHAPES, metavar="SHAPE")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    parser.add_argument("--report", action="store_true", help="write docs/reliability.md anew")
    arguments = parser.parse_args(argv)
    if arguments.report:
        fill(DOCUMENT, blocks(json.loads(RESULTS.read_text(encoding="utf-8"))))
        return 0
    most = int(arguments.megabytes * 1e6)
    new = {"facts": facts("one text"), "sizes": sizes(most), "shapes": {}}
    data = _read(arguments.output, new)
    failed = False
    for shape in arguments.only:
        costs = [Cost(*cost) for cost in data["shapes"].get(shape, [])]
        for _ in range(arguments.repeats):
            costs += measure(shape, most)
        data["shapes"][shape] = least(costs)
        time, memory = exponents(data["shapes"][shape])
        failed |= max(time.value, memory.value) > BOUND
        print(f"{shape}: time {time}, memory {memory}", flush=True)  # noqa: T201
        if arguments.output is not None:
            text = json.dumps(data, ensure_ascii=False, indent=1)
            arguments.output.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
