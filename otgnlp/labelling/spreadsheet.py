"""Sentences and topics as CSV, to be filled in with a spreadsheet program and read back.

The columns `text` and `topics` matter; a person corrects the latter. Its topics are separated by
semicolons, and one that has a semicolon in its name stands in quotes: the cell is itself a line of
CSV. White space around a name does not count.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from otgnlp.labelling.exchange import Annotation, Annotations, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from otgnlp.labelling.suggestion import Suggestion

SEPARATORS = (",", ";", "\t")
_BETWEEN_TOPICS = ";"

# A spreadsheet program takes a cell that begins so for a formula: it shows an error, or worse, runs
# it. An apostrophe before it is the usual remedy; those that a text begins with get one more.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def write(suggestions: Iterable[Suggestion], topics: Sequence[str], separator: str = ",") -> str:
    """Return suggestions as CSV: a row each, a column `p(topic)` for each probability."""
    lines = io.StringIO(newline="")
    # All text in quotes: before Python 3.13 the writer leaves a lone carriage return without them.
    writer = csv.writer(
        lines, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC
    )
    columns = [f"p({topic})" for topic in topics]
    writer.writerow(["text", "topics", *columns, "file", "start", "stop", "reason"])
    for suggestion in suggestions:
        candidate = suggestion.candidate
        probabilities = rounded(suggestion.probabilities)
        writer.writerow(
            [
                _escape(candidate.text),
                _escape(join_topics(suggestion.topics)),
                *(probabilities[topic] for topic in topics),
                _escape(candidate.file),
                candidate.start,
                candidate.stop,
                _escape(suggestion.reason),
            ]
        )
    return lines.getvalue()


def read(content: str, name: str) -> Annotations:
    """Read CSV with the columns `text` and `topics`, and `file` if there is one.

    Commas, semicolons or tabs may separate them. `name` is for messages. Raises `InputError`,
    naming the row as a spreadsheet counts.
    """
    separator = _find_separator(content, name)
    return Annotations(tuple(_read_rows(_rows(content, separator), name)))


def join_topics(topics: Iterable[str]) -> str:
    """Return topics as one cell.

    >>> join_topics(["transport", "зелёная энергия", "a; b"])
    'transport;зелёная энергия;"a; b"'
    """
    cell = io.StringIO(newline="")
    csv.writer(cell, delimiter=_BETWEEN_TOPICS).writerow(topics)
    return cell.getvalue().removesuffix("\r\n")


def split_topics(cell: str) -> list[str]:
    """Return the topics of a cell; raises `InputError` if its quotes do not match.

    >>> split_topics('transport; зелёная энергия ;"a; b";')
    ['transport', 'зелёная энергия', 'a; b']
    """
    reader = csv.reader(
        [cell.strip()], delimiter=_BETWEEN_TOPICS, skipinitialspace=True, strict=True
    )
    try:
        return [topic.strip() for row in reader for topic in row if topic.strip()]
    except csv.Error as error:
        raise InputError(f"{cell!r} is no list of topics: {error}") from error


def _rows(content: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)


def _find_separator(content: str, name: str) -> str:
    for separator in SEPARATORS:
        try:
            header = next(_rows(content, separator), [])
        except csv.Error:
            continue
        if {"text", "topics"} <= set(map(_title, header)):
            return separator
    raise InputError(
        f"{name}: the first row must name the columns text and topics, "
        "separated by commas, semicolons or tabs"
    )


def _title(cell: str) -> str:
    return cell.strip().lower()


def _read_rows(rows: Iterator[list[str]], name: str) -> Iterator[Annotation]:
    header = [_title(cell) for cell in next(rows)]
    number = 1
    while True:
        number += 1
        try:
            row = next(rows, None)
            if row is None:
                return
            if any(map(str.strip, row)):  # spreadsheet programs like to leave empty rows behind
                yield _read_row(header, row)
        except (csv.Error, InputError) as error:
            raise InputError(f"{name}, row {number}: {error}") from error


def _read_row(header: list[str], row: list[str]) -> Annotation:
    surplus = [cell for cell in row[len(header) :] if cell.strip()]
    if surplus:
        raise InputError(f"{surplus[0]!r} stands beyond the last column, {header[-1]!r}")
    cells = {title: _unescape(cell) for title, cell in zip(header, row, strict=False)}
    if "text" not in cells or "topics" not in cells:
        raise InputError("the row ends before its text and topics")
    return Annotation.checked(cells["text"], split_topics(cells["topics"]), cells.get("file"))


def _escape(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unescape(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
