"""Stretches of time that dates fall into: days for a week of news, years for an archive."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST = 40


@dataclass(frozen=True, slots=True)
class Periods:
    """Stretches of equal kind, without a gap, from the first date to the last.

    `kind` is day, week, month, quarter, year, decade, century or millennium; `labels` has n names,
    `numbers` the period of each date, None where there is no date.
    """

    kind: str
    labels: tuple[str, ...]
    numbers: tuple[int | None, ...]


def _day(number: int) -> str:
    return datetime.date.fromordinal(number).isoformat()


def _week(number: int) -> str:
    return _day(number * 7 + 1)


def _month(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _quarter(quarter: int) -> str:
    return f"{quarter // 4:04} Q{quarter % 4 + 1}"


# Finest first: a kind, what number a date has among its periods, and what that number is called.
_KINDS: tuple[tuple[str, Callable[[datetime.date], int], Callable[[int], str]], ...] = (
    ("day", lambda day: day.toordinal(), _day),
    ("week", lambda day: (day.toordinal() - 1) // 7, _week),
    ("month", lambda day: day.year * 12 + day.month - 1, _month),
    ("quarter", lambda day: day.year * 4 + (day.month - 1) // 3, _quarter),
    ("year", lambda day: day.year, lambda year: f"{year:04}"),
    ("decade", lambda day: day.year // 10, lambda decade: f"{decade * 10:04}s"),
    ("century", lambda day: day.year // 100, lambda century: f"{century * 100:04}s"),
    ("millennium", lambda day: day.year // 1000, lambda era: f"{era * 1000:04}s"),
)


def find_periods(dates: Sequence[datetime.date | None]) -> Periods | None:
    """Return the finest periods of which there are at most 40, None if no date is given.

    A week is called by its Monday, a quarter "2026 Q1".

    >>> from datetime import date
    >>> find_periods([date(2026, 1, 30), None, date(2026, 2, 1)])
    Periods(kind='day', labels=('2026-01-30', '2026-01-31', '2026-02-01'), numbers=(0, None, 2))
    """
    known = [day for day in dates if day is not None]
    if not known:
        return None
    first_date, last_date = min(known), max(known)
    kind, number_of, label = next(
        (kind for kind in _KINDS if kind[1](last_date) - kind[1](first_date) < _MOST), _KINDS[-1]
    )
    first, last = number_of(first_date), number_of(last_date)
    return Periods(
        kind,
        tuple(label(number) for number in range(first, last + 1)),
        tuple(None if day is None else number_of(day) - first for day in dates),
    )
