"""Dates as people write them in file names and tables."""

from __future__ import annotations

import datetime
import re

from otgnlp.errors import InputError

_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})(?:[-_./ ]?(?P<month>\d{2})(?:[-_./ ]?(?P<day>\d{2})(?:[T ].*)?)?)?",
        r"(?P<day>\d{1,2})[-_./ ](?P<month>\d{1,2})[-_./ ](?P<year>\d{4})(?:[T ].*)?",
    )
)


def read_date(text: str) -> datetime.date:
    """Read a date: 2026-11-26, 20261126, 26.11.2026, 2026-11, 2026; a time after it is passed over.

    A month or a year stands for its first day. Raises `InputError` for anything else.

    >>> read_date("26.11.2026"), read_date("2026-11")
    (datetime.date(2026, 11, 26), datetime.date(2026, 11, 1))
    """
    for form in _FORMS:
        found = form.fullmatch(text.strip())
        if found:
            return _make(text, found)
    raise InputError(f"{text!r} is no date: expected one such as 2026-11-26 or 26.11.2026")


def find_date(name: str, pattern: re.Pattern[str]) -> datetime.date | None:
    r"""Return the date that a pattern finds in a name, None where it finds nothing.

    The date is what the groups `year`, `month` and `day` match, if the pattern has these, or its
    first group, or all of it. Raises `InputError` if that is no date.

    >>> find_date("news/2026-11-26-ports.txt", re.compile(r"\d{4}-\d{2}-\d{2}"))
    datetime.date(2026, 11, 26)
    """
    found = pattern.search(name)
    if found is None:
        return None
    if "year" in pattern.groupindex:
        return _make(found[0], found)
    return read_date(found[1] if pattern.groups else found[0])


def _make(text: str, found: re.Match[str]) -> datetime.date:
    parts = found.groupdict()
    try:
        year, month, day = (int(parts.get(name) or 1) for name in ("year", "month", "day"))
        return datetime.date(year, month, day)
    except ValueError as error:
        raise InputError(f"{text!r} is no date: {error}") from None
