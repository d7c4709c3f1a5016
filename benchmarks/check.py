"""The regression check: quick ratios anew, beside those that are committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.marks import cold_start, one_article, passes
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.bench import Bench
    from benchmarks.mark import Mark
    from benchmarks.results import Section

TOLERANCE = 0.25
_ATTEMPTS = 3


def _passes(bench: Bench) -> list[Mark]:
    return passes.measure(bench, lemmas=False)


# Ratios steady enough to check on a machine with other work, by what measures them.
CHECKED: dict[str, tuple[Callable[[Bench], list[Mark]], tuple[str, ...]]] = {
    "passes": (_passes, (passes.FIRST, passes.SECOND)),
    "cold-start": (cold_start.measure, (cold_start.COLD_START,)),
    "one-article": (one_article.measure, (one_article.ONE_ARTICLE,)),
}


def check(
    bench: Bench,
    committed: Section | None,
    say: Callable[[str], None],
    *,
    groups: Sequence[str] = tuple(CHECKED),
    tolerance: float = TOLERANCE,
) -> bool:
    """Measure anew and tell whether no ratio is worse than its committed one by the tolerance.

    Ratios of processor times are compared, which other work on the machine disturbs least. What is
    worse counts if it is so three times. Raises `InputError` if a ratio is not committed.
    """
    wanted = _committed(committed, groups)
    well = True
    for group in groups:
        measure, worse = CHECKED[group]
        for attempt in range(_ATTEMPTS):
            if attempt:
                say(f"measuring once more: {', '.join(worse)}")
            worse = _worse(measure(bench), wanted, worse, tolerance, say)
            if not worse:
                break
        well = well and not worse
    return well


def _committed(committed: Section | None, groups: Sequence[str]) -> dict[str, Mark]:
    found = {}
    for name in (name for group in groups for name in CHECKED[group][1]):
        mark = committed.mark(name) if committed else None
        if mark is None:
            raise InputError(f"no quick ratio of {name} is committed: run with --quick first")
        found[name] = mark
    return found


def _worse(
    marks: Sequence[Mark],
    committed: Mapping[str, Mark],
    names: Sequence[str],
    tolerance: float,
    say: Callable[[str], None],
) -> tuple[str, ...]:
    """Return the names of ratios that are worse, and tell of all."""
    worse = []
    for mark in marks:
        if mark.name not in names:
            continue
        after, before = mark.processor, committed[mark.name].processor
        if after is None or before is None:
            raise InputError(f"{mark.name} has no processor time")
        # By how much longer otgnlp takes beside its rival.
        loss = before / after - 1 if mark.at_least else after / before - 1
        verdict = f"worse by {loss:.0%}, more than {tolerance:.0%}" if loss > tolerance else "well"
        say(f"{mark.what}: {after:.3g}, committed {before:.3g}: {verdict}")
        if loss > tolerance:
            worse.append(mark.name)
    return tuple(worse)
