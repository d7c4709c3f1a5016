"""Texts that are rows: a column of CSV, a key of JSON Lines."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
from typing import TYPE_CHECKING, NamedTuple

from otgnlp.cli.decoding import read_pieces, shown
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SEPARATORS = (",", ";", "\t")
_NO_SEPARATOR = "\udfff"  # a lone surrogate, which no decoded text holds
_LONGEST_CELL = 1 << 24
_LONGEST_LINE = 1 << 25
_LONGEST_LIST = 500  # characters of the columns that an error names
_MOST_REPORTED = 5  # damaged rows of a file that are reported one by one


class Columns(NamedTuple):
    """Which columns hold the texts and, if any does, what names and what dates them."""

    text: str | None
    id: str | None
    date: str | None


class Row(NamedTuple):
    """A text, what names it (its number, where no column does), its date, and the bytes read."""

    text: str
    id: str | int
    date: str | None
    n_bytes: int


def read_rows(
    name: str, kind: str, encoding: str, columns: Columns, report: Callable[[InputError], None]
) -> Iterator[Row]:
    """Yield a file's rows as they are read, CSV's numbered without its header.

    Rows that lack a column, or have more cells than the header, are reported and passed over;
    raises `InputError` where reading cannot go on: the file, its header or its quotes are broken.
    """
    lines = _Lines(name, encoding)
    read = _csv_rows if kind == "csv" else _json_rows
    n_bad = 0
    for number, row in read(lines, shown(name), columns):
        if isinstance(row, InputError):
            n_bad += 1
            if n_bad <= _MOST_REPORTED:
                report(row)
        else:
            text, name_of_row, date = row
            n_bytes, lines.n_bytes = lines.n_bytes, 0
            yield Row(text, number if name_of_row is None else name_of_row, date, n_bytes)
    if n_bad > _MOST_REPORTED:
        report(InputError(f"{shown(name)}: {n_bad - _MOST_REPORTED} more such rows"))


class _Lines:
    """A file's lines with their ends; `n_bytes` counts what is read."""

    def __init__(self, name: str, encoding: str) -> None:
        self.n_bytes = 0
        self._name = name
        self._pieces = read_pieces(name, encoding)

    def __iter__(self) -> Iterator[str]:
        begun: list[str] = []
        n_begun = 0
        for piece, n_bytes in self._pieces:
            self.n_bytes += n_bytes
            begun.append(piece)
            n_begun += len(piece)
            if "\n" in piece or "\r" in piece:
                *whole, last = io.StringIO("".join(begun), newline="")
                if last.endswith("\n"):  # "\r\n" may be half read
                    whole.append(last)
                    last = ""
                begun = [last]
                n_begun = len(last)
                yield from whole
            if n_begun > _LONGEST_LINE:
                raise InputError(
                    f"{shown(self._name)}: a line is longer than {_LONGEST_LINE:,} characters"
                )
        yield from io.StringIO("".join(begun), newline="")


if TYPE_CHECKING:
    _Cells = tuple[str, str | int | None, str | None]  # text, name, date
    _Numbered = Iterator[tuple[int, _Cells | InputError]]


def _csv_rows(lines: _Lines, name: str, columns: Columns) -> _Numbered:
    with _long_cells():
        number = 0
        try:
            content = itertools.dropwhile(str.isspace, lines)
            first = next(content, "")
            separator = _find_separator(first, columns)
            reader = csv.reader(itertools.chain([first], content), delimiter=separator, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            if columns.text is None:
                raise _no_column(None, header, name)
            places = [_find(column, header, name) for column in columns]
            for number, cells in enumerate(filter(None, reader), 1):
                yield number, _read_cells(cells, header, places, f"{name}, row {number}")
        except csv.Error as error:
            raise InputError(f"{name}, after row {number}: {error}") from error


def _read_cells(
    cells: Sequence[str], header: Sequence[str], places: Sequence[int], row: str
) -> _Cells | InputError:
    last = max(places)
    if len(cells) <= last:
        return InputError(f"{row}: ends before {header[last]!r}")
    if any(cells[len(header) :]):  # a text was cut, for want of quotes
        return InputError(f"{row}: {len(cells)} cells, but the header has {len(header)}")
    text, named, dated = (cells[place] if place >= 0 else None for place in places)
    return text or "", named, dated


def _find(column: str | None, header: Sequence[str], name: str) -> int:
    """Return where a column stands, -1 if there need be none."""
    if column is None:
        return -1
    if column in header:
        return header.index(column)
    raise _no_column(column, header, name)


def _no_column(column: str | None, columns: Sequence[str], name: str) -> InputError:
    known = ", ".join(column or "''" for column in columns) or "none"
    if len(known) > _LONGEST_LIST:
        known = f"{known[:_LONGEST_LIST]} …"
    if column is None:
        return InputError(f"{name}: name the column of texts with --text-column; it has: {known}")
    return InputError(f"{name}: no column {column!r}; it has: {known}")


def _find_separator(line: str, columns: Columns) -> str:
    """Return the separator that shows the column of texts, else that which stands most often.

    Where the header is one column, what looks like a separator below it is part of a text.
    """
    for separator in (_NO_SEPARATOR, *_SEPARATORS):
        with contextlib.suppress(csv.Error, StopIteration):
            cells = next(csv.reader([line], delimiter=separator))
            if columns.text in [cell.strip() for cell in cells]:
                return separator
    return max(_SEPARATORS, key=line.count)


@contextlib.contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _json_rows(lines: _Lines, name: str, columns: Columns) -> _Numbered:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        try:
            yield number, _read_json(line, place, columns)
        except InputError as error:
            if columns.text is None:
                raise
            yield number, error


def _read_json(line: str, place: str, columns: Columns) -> _Cells:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: no JSON ({error})") from error
    if not isinstance(record, dict):
        raise InputError(f"{place}: no JSON object")
    if columns.text is None:
        raise _no_column(None, list(record), place)
    for column in (columns.text, columns.id):
        if column is not None and column not in record:
            raise _no_column(column, list(record), place)
    text = record[columns.text]
    if text is not None and not isinstance(text, str):
        raise InputError(f"{place}: {columns.text!r} is no text")
    date = None if columns.date is None else record.get(columns.date)
    return (
        text or "",
        None if columns.id is None else _name(record[columns.id]),
        None if date is None else str(date),
    )


def _name(value: object) -> str | int:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False)
