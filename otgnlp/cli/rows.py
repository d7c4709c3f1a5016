"""Texts that are rows of CSV files, and dates of texts: from a column, or from a file's name."""

from __future__ import annotations

import argparse
import csv
import io
import re
from typing import TYPE_CHECKING

from otgnlp.cli.reading import Block, Files, read_text, shown
from otgnlp.errors import InputError
from otgnlp.render.dates import find_date, read_date

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator

_SEPARATORS = ",;\t"
_LONGEST_CELL = (1 << 31) - 1


def add_row_options(parser: argparse.ArgumentParser) -> None:
    """Add `--text-column`, `--date-column` and `--date-from-name`."""
    parser.add_argument(
        "--text-column",
        metavar="NAME",
        help="read CSV files with a header line: each row is a text, which this column holds",
    )
    dates = parser.add_mutually_exclusive_group()
    dates.add_argument(
        "--date-column",
        metavar="NAME",
        help="with --text-column: the column with the texts' dates, for a page's topics over time",
    )
    dates.add_argument(
        "--date-from-name",
        metavar="REGEX",
        type=_pattern,
        help="a regular expression that finds a text's date in its file's name, such as "
        r"'\d{4}-\d{2}-\d{2}', for a page's topics over time",
    )


def date_reader(
    arguments: argparse.Namespace, files: Files
) -> Callable[[str], datetime.date | None]:
    """Return what tells a text's date by its name; a date that is none is reported."""
    pattern: re.Pattern[str] | None = arguments.date_from_name
    if pattern is None:
        return files.dates.get if isinstance(files, Rows) else lambda _: None

    def date_of(name: str) -> datetime.date | None:
        try:
            return find_date(name, pattern)
        except InputError as error:
            files.report(InputError(f"{name}: {error}"))
            return None

    return date_of


class Rows(Files):
    """The texts in a column of CSV files, named by file and line; `dates` grows as they are read.

    The separator is a comma, a semicolon or a tab, whichever the header line has most of.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        super().__init__(arguments)
        self._text: str = arguments.text_column
        self._date: str | None = arguments.date_column
        self.dates: dict[str, datetime.date] = {}

    def __iter__(self) -> Iterator[Block]:
        for name in self.names:
            try:
                yield from self._read(name)
            except InputError as error:
                self.report(error)

    def n_bytes(self) -> None:
        """Return None: nobody counts what rows take."""

    def _read(self, file: str) -> Iterator[Block]:
        text = read_text(file, self.encoding)
        header = text.split("\n", 1)[0]
        separator = max(_SEPARATORS, key=header.count)
        limit = csv.field_size_limit(_LONGEST_CELL)
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            for column in (self._text, self._date):
                if column is not None and column not in (rows.fieldnames or ()):
                    known = ", ".join(rows.fieldnames or ()) or "none"
                    raise InputError(f"{shown(file)}: no column {column!r}; there are: {known}")
            for row in rows:
                name = f"{shown(file)}:{rows.line_num}"
                if self._date and row[self._date]:
                    self._read_date(name, row[self._date])
                yield Block(name, 0, row[self._text] or "", 0)
        except csv.Error as error:
            raise InputError(f"{shown(file)}:{rows.line_num}: {error}") from error
        finally:
            csv.field_size_limit(limit)

    def _read_date(self, name: str, text: str) -> None:
        try:
            self.dates[name] = read_date(text)
        except InputError as error:
            self.report(InputError(f"{name}: {error}"))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from error
