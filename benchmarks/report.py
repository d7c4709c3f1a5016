"""docs/speed.md from the file of results: `python -m benchmarks.report` makes it anew."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from benchmarks import results
from benchmarks.bench import FULL, QUICK
from benchmarks.marks import memory, passes, rivals
from benchmarks.processes import ROOT
from training import report
from training.comparison.figures import plots, save

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.mark import Mark
    from benchmarks.results import Section

DOCUMENT = ROOT / "docs" / "speed.md"
FIGURE = ROOT / "docs" / "images" / "speed.svg"

_OURS, _INK = "#0072b2", "#333333"
_RIVAL = (rivals.FIRST, rivals.SECOND)


def blocks(sections: Mapping[str, Section]) -> dict[str, str]:
    """Return each block under its name, of the full scale where it was measured."""
    section = _best(sections)
    facts = section.facts
    libraries = ", ".join(f"{name} {version}" for name, version in facts["libraries"].items())
    run = "full run" if FULL.name in sections else "quick run (not yet the full one)"
    return {
        "run": f"{facts['date']}, {run}, on {facts['machine']}, Python {facts['python']}; "
        f"otgnlp {facts['otgnlp']}, model {facts['model']} ({facts['fingerprint'][:12]}); "
        f"{libraries}.",
        "text": f"{facts['text'][:1].upper()}{facts['text'][1:]}.",
        "marks": _marks(section),
        "rivals": _rivals(section),
        "quick": _marks(sections[QUICK.name]) if QUICK.name in sections else "Not measured.",
    }


def document(sections: Mapping[str, Section]) -> bool:
    """Fill docs/speed.md and draw its figure; tell whether there was matplotlib to draw with."""
    report.fill(DOCUMENT, blocks(sections))
    if find_spec("matplotlib") is None:
        return False
    draw(sections, FIGURE)
    return True


def draw(sections: Mapping[str, Section], path: Path) -> None:
    """Draw rates beside razdel's, and memory; the same results give the same bytes."""
    section = _best(sections)
    figure, (left, right) = plots(2, (9, 3.2))
    bars = _rates(section)
    left.barh(
        range(len(bars)),
        [rate for _, rate in bars],
        color=[_OURS if name.startswith("otgnlp") else _INK for name, _ in bars],
    )
    left.set_yticks(range(len(bars)), [name for name, _ in bars])
    left.set_xscale("log")
    left.axvline(1.0, color="#999999", linewidth=0.8)
    left.set_xlabel("rate, razdel alone = 1")
    soak = section.mark(memory.MEMORY)
    if soak is not None:
        samples: list[list[float]] = soak.details["samples"]
        right.plot([n / 1000 for n, _ in samples], [size for _, size in samples], color=_OURS)
        right.axhline(soak.bound, color="#999999", linewidth=0.8)
    right.set_ylim(bottom=0)
    right.set_xlabel("thousand distinct sentences tagged")
    right.set_ylabel("resident set, MB")
    save(figure, path)


def shown(mark: Mark) -> list[str]:
    """Return a mark's cells, those of `HEAD`."""
    unit = f" {mark.unit}" if mark.unit else ""
    bound = ""
    if mark.bound is not None:
        bound = f"{'≥' if mark.at_least else '≤'} {mark.bound:g}{unit}"
    figure = f"{mark.value:.3g}"
    if mark.low < mark.high:
        figure += f" [{mark.low:.3g}, {mark.high:.3g}]"
    return [
        mark.what,
        f"{figure}{unit}",
        f"{min(mark.rounds):.3g}–{max(mark.rounds):.3g}" if len(mark.rounds) > 1 else "",
        "" if mark.processor is None else f"{mark.processor:.3g}",
        bound,
        {True: "yes", False: "**no**", None: ""}[mark.holds],
    ]


HEAD = ["", "figure [95 % interval]", "least–most", "by processor time", "mark", "holds"]


def _best(sections: Mapping[str, Section]) -> Section:
    return sections.get(FULL.name) or sections[QUICK.name]


def _marks(section: Section) -> str:
    return report.table(HEAD, [shown(m) for m in section.marks if not m.name.startswith(_RIVAL)])


def _rivals(section: Section) -> str:
    rows: list[list[Any]] = [
        [first.what, *(_interval(mark) for mark in (first, second) if mark is not None)]
        for first, second in _pairs(section)
    ]
    head = ["", "otgnlp's first pass over it", "otgnlp's second pass over it"]
    return report.table(head, rows) if rows else "Not measured."


def _pairs(section: Section) -> list[tuple[Mark, Mark | None]]:
    return [
        (mark, section.mark(mark.name.replace(rivals.FIRST, rivals.SECOND)))
        for mark in section.marks
        if mark.name.startswith(rivals.FIRST)
    ]


def _interval(mark: Mark) -> str:
    return f"× {mark.value:.3g} [{mark.low:.3g}, {mark.high:.3g}]"


def _rates(section: Section) -> list[tuple[str, float]]:
    """Return rates as ratios to razdel's, lowest first."""
    found = {}
    for name, key in (("first", passes.FIRST), ("second", passes.SECOND)):
        mark = section.mark(key)
        if mark is not None:
            found[f"otgnlp, {name} pass"] = mark.value
    pairs = _pairs(section)
    if pairs:
        razdel = pairs[0][0].value  # RIVALS names razdel first
        found.update({first.what: razdel / first.value for first, _ in pairs})
    return sorted(found.items(), key=lambda bar: bar[1])


if __name__ == "__main__":
    document(results.read(results.RESULTS))
