"""When texts were written: as a column says, or their file's name."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from otgnlp.render.dates import find_date, read_date

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from otgnlp.cli.reading import Block


def add_date_options(parser: argparse.ArgumentParser) -> None:
    """Add `--date-column` and `--date-from-name`."""
    parser.add_argument(
        "--date-column",
        metavar="NAME",
        help="the column or key with a row's date, for a page's topics over time",
    )
    parser.add_argument(
        "--date-from-name",
        metavar="REGEX",
        type=_pattern,
        help="a regular expression that finds a text's date in its file's name, such as "
        r"'\d{4}-\d{2}-\d{2}', for a page's topics over time",
    )


def date_reader(
    pattern: re.Pattern[str] | None, report: Callable[[InputError], None]
) -> Callable[[Block], datetime.date | None]:
    """Return what tells the date of a block's text: its own, else that in its file's name.

    A date that is none is reported.
    """

    def date_of(block: Block) -> datetime.date | None:
        try:
            if block.date:
                return read_date(block.date)
            return None if pattern is None else find_date(block.name, pattern)
        except InputError as error:
            report(InputError(f"{block.title}: {error}"))
            return None

    return date_of


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from error
