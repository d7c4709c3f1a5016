"""Reading the texts that a command line names: files, folders or standard input, of all kinds."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from otgnlp.cli.common import say
from otgnlp.cli.decoding import (
    STANDARD_INPUT,
    check_encoding,
    read_bytes,
    read_pieces,
    shown,
)
from otgnlp.cli.folders import KINDS, ROWS, files_in, kind_of
from otgnlp.cli.rows import Columns, read_rows
from otgnlp.errors import InputError
from otgnlp.text import split_sentences

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

LONGEST_LINE = 1 << 20


def add_text_options(parser: argparse.ArgumentParser) -> None:
    """Add the texts, `files`, and what says how to read them."""
    parser.add_argument(
        "files",
        nargs="*",
        default=[STANDARD_INPUT],
        metavar="FILE",
        help="texts, or folders of them; - or nothing: standard input",
    )
    options = parser.add_argument_group("how to read")
    options.add_argument(
        "--encoding",
        help="encoding of the texts (default: utf-8; for HTML, what the page declares)",
    )
    options.add_argument(
        "--glob",
        metavar="PATTERN",
        action="append",
        default=[],
        help="in a folder, read the files that match, such as '*.md' or '2024/*.txt', as often as "
        "needed (default: .txt and HTML; with --text-column, CSV and JSON Lines as well)",
    )
    options.add_argument(
        "--input-format",
        choices=KINDS,
        help="what the files are (default: as their names end; html takes the article out of a "
        "page, with the extra `html`)",
    )
    options.add_argument(
        "--text-column",
        metavar="NAME",
        help="each row of CSV, or line of JSON Lines, is a text: the column or key that holds it",
    )
    options.add_argument(
        "--id-column",
        metavar="NAME",
        help="the column or key that names a row (default: the row's number)",
    )
    parser.set_defaults(date_column=None)  # for a command that asks for dates


class Block(NamedTuple):
    """A text, or a part of one that ends where a line ends.

    `name` is the file's. `start` is where the block stands in the text, in characters; `n_bytes` is
    how much of the file was read for it. `id` names the row of a file that holds many texts, `date`
    is what its column of dates says.
    """

    name: str
    start: int
    text: str
    n_bytes: int
    id: str | int | None = None
    date: str | None = None

    @property
    def title(self) -> str:
        """The name of the text: of the file, and of the row if it is one."""
        return self.name if self.id is None else f"{self.name}#{self.id}"


class Blocks:
    """The texts of files in blocks of whole lines, so that no file need fit into memory.

    What a pipe holds comes at once. A line over `LONGEST_LINE` characters is cut where a sentence
    ends, if one does. With `whole`, each text is one block. What cannot be read is reported and
    passed over, and `failed` tells whether anything was; `n_files` counts what was read to its end,
    `has_read` tells whether anything was read at all.
    Raises `InputError` for an encoding that Python does not know, and `MissingExtraError` for pages
    where the extra `html` is not installed.
    """

    def __init__(self, arguments: argparse.Namespace, *, whole: bool) -> None:
        self.failed = False
        self.n_files = 0
        self.has_read = False
        self._whole = whole
        self._kind: str | None = arguments.input_format
        self._columns = Columns(arguments.text_column, arguments.id_column, arguments.date_column)
        self._encoding: str | None = arguments.encoding
        if self._encoding is not None:
            check_encoding(self._encoding)
        for option in ("id", "date"):
            if getattr(self._columns, option) is not None and self._columns.text is None:
                raise InputError(f"--{option}-column goes with --text-column")
        self._names = list(self._expand(arguments.files, arguments.glob))
        if any(self._kind_of(name) == "html" for name in self._names):
            import otgnlp.integrations.html  # noqa: F401 - what is missing is said once, at once

    def __iter__(self) -> Iterator[Block]:
        for name in self._names:
            try:
                for block in self._read(name):
                    self.has_read = True
                    yield block
            except InputError as error:
                self.report(error)
            else:
                self.n_files += 1
                self.has_read = True

    def named_texts(self) -> Iterator[tuple[str, str]]:
        """Yield the texts, each after its name."""
        return ((block.title, block.text) for block in self)

    def n_bytes(self) -> int | None:
        """Return how many bytes there are to read, None where that cannot be known."""
        total = 0
        for name in self._names:
            if name == STANDARD_INPUT:
                return None
            try:
                found = os.stat(name)
            except OSError:  # it is reported when its turn comes
                continue
            if not stat.S_ISREG(found.st_mode):
                return None
            total += found.st_size
        return total

    def report(self, error: InputError) -> None:
        """Say what could not be read."""
        say(f"otgnlp: {error}")
        self.failed = True

    def _expand(self, names: list[str], patterns: list[str]) -> Iterator[str]:
        kinds = ("text", "html", *(() if self._columns.text is None else ROWS))
        for name in names:
            if name == STANDARD_INPUT or not os.path.isdir(name):
                yield name
                continue
            try:
                yield from files_in(name, patterns, kinds, self.report)
            except InputError as error:
                self.report(error)

    def _kind_of(self, name: str) -> str:
        usual = "text" if self._columns.text is None else "csv"
        return self._kind or kind_of(name) or usual

    def _read(self, name: str) -> Iterator[Block]:
        kind = self._kind_of(name)
        encoding = self._encoding or "utf-8"
        if kind == "html":
            yield self._read_page(name)
        elif kind in ROWS:
            for row in read_rows(name, kind, encoding, self._columns, self.report):
                yield Block(shown(name), 0, row.text, row.n_bytes, row.id, row.date)
        else:
            yield from _blocks(name, encoding, self._whole)

    def _read_page(self, name: str) -> Block:
        from otgnlp.integrations.html import article

        page = read_bytes(name)
        try:
            return Block(shown(name), 0, article(page, self._encoding), len(page))
        except InputError as error:
            raise InputError(f"{shown(name)}: {error}") from error


def _blocks(name: str, encoding: str, whole: bool) -> Iterator[Block]:
    start = n_bytes = 0
    rest = ""
    for piece, n_more in read_pieces(name, encoding):
        rest += piece
        n_bytes += n_more
        cut = 0 if whole else _last_cut(rest)
        if cut:
            yield Block(shown(name), start, rest[:cut], n_bytes)
            start, rest, n_bytes = start + cut, rest[cut:], 0
    if rest or whole:
        yield Block(shown(name), start, rest, n_bytes)


def _last_cut(text: str) -> int:
    """Return where a text can be cut and no sentence with it, 0 if it is better to read on."""
    line = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1  # "\r\n" may be half read
    if line or len(text) <= LONGEST_LINE:
        return line
    spans = list(split_sentences(text))
    return spans[-1][0] if len(spans) > 1 else len(text)
