"""Reading the texts that a command line names: files, or standard input, in any encoding."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import TYPE_CHECKING, NamedTuple, cast

from otgnlp.cli.common import err
from otgnlp.errors import InputError
from otgnlp.printable import printable
from otgnlp.text import split_sentences

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from io import BufferedReader

_STANDARD_INPUT = "-"

LONGEST_LINE = 1 << 20
_BLOCK_BYTES = 1 << 17


def add_text_options(parser: argparse.ArgumentParser) -> None:
    """Add the texts, `files`, and `--encoding`."""
    parser.add_argument(
        "files",
        nargs="*",
        default=[_STANDARD_INPUT],
        metavar="FILE",
        help="text files; - or nothing: standard input",
    )
    parser.add_argument(
        "--encoding", default="utf-8", help="encoding of the texts (default: %(default)s)"
    )


class Files:
    """The files that a command names; what cannot be read is reported and passed over.

    `failed` tells whether anything was passed over. Raises `InputError` for an encoding that
    Python does not know.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        check_encoding(arguments.encoding)
        self.names: list[str] = arguments.files
        self.encoding: str = arguments.encoding
        self.failed = False

    def report(self, error: InputError) -> None:
        """Say what could not be read."""
        err().print(f"otgnlp: {printable(str(error))}", markup=False)
        self.failed = True


class Texts(Files):
    """The texts of files, each with its name, whole."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for name in self.names:
            try:
                text = read_text(name, self.encoding)
            except InputError as error:
                self.report(error)
            else:
                yield shown(name), text


class Block(NamedTuple):
    """A part of a file that ends where a line ends.

    `start` is where its text stands in the file's, in characters; `n_bytes` is how much of the file
    was read for it.
    """

    name: str
    start: int
    text: str
    n_bytes: int


class Blocks(Files):
    """The texts of files in blocks of whole lines, so that no file need fit into memory.

    What a pipe holds comes at once. A line over `LONGEST_LINE` characters is cut where a sentence
    ends, if one does. With `whole`, each file is one block.
    """

    def __init__(self, arguments: argparse.Namespace, *, whole: bool) -> None:
        super().__init__(arguments)
        self._whole = whole

    def __iter__(self) -> Iterator[Block]:
        for name in self.names:
            try:
                yield from self._read(name)
            except InputError as error:
                self.report(error)

    def n_bytes(self) -> int | None:
        """Return how many bytes there are to read, None where that cannot be known."""
        sizes = [os.path.getsize(name) for name in self.names if os.path.isfile(name)]
        return sum(sizes) if len(sizes) == len(self.names) else None

    def _read(self, name: str) -> Iterator[Block]:
        start = n_bytes = 0
        rest = ""
        with _failing_as_input_error(name, self.encoding):
            decode = codecs.getincrementaldecoder(_text_encoding(self.encoding))().decode
            with _open(name) as file:
                while True:
                    content = file.read1(_BLOCK_BYTES)
                    rest += decode(content, final=not content)
                    n_bytes += len(content)
                    if content:
                        cut = 0 if self._whole else _last_cut(rest)
                    else:
                        cut = len(rest)
                    if cut or (self._whole and not content):
                        yield Block(shown(name), start, rest[:cut], n_bytes)
                        start, rest, n_bytes = start + cut, rest[cut:], 0
                    if not content:
                        return


def _last_cut(text: str) -> int:
    """Return where a text can be cut and no sentence with it, 0 if it is better to read on."""
    line = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1  # "\r\n" may be half read
    if line or len(text) <= LONGEST_LINE:
        return line
    spans = list(split_sentences(text))
    return spans[-1][0] if len(spans) > 1 else len(text)


def _open(name: str) -> contextlib.AbstractContextManager[BufferedReader]:
    if name == _STANDARD_INPUT:
        return contextlib.nullcontext(cast("BufferedReader", sys.stdin.buffer))
    return open(name, "rb")


@contextlib.contextmanager
def _failing_as_input_error(name: str, encoding: str) -> Iterator[None]:
    try:
        yield
    except UnicodeError as error:
        raise InputError(
            f"{shown(name)}: not in {encoding} ({error}); name its encoding with --encoding, "
            "for example cp1251"
        ) from error
    except OSError as error:
        raise InputError(f"{shown(name)}: {error.strerror or error}") from error


def read_text(name: str, encoding: str) -> str:
    """Return a file's text with its line ends as they are, so that offsets hold.

    Raises `InputError` if it cannot be read or is in another encoding.
    """
    with _failing_as_input_error(name, encoding), _open(name) as file:
        return file.read().decode(_text_encoding(encoding))


def check_encoding(encoding: str) -> None:
    """Raise `InputError` if Python knows no text encoding of that name."""
    try:
        codecs.getincrementaldecoder(encoding)
        b"a".decode(encoding)
    except UnicodeError:  # one letter is too short for UTF-16
        return
    except LookupError:
        raise InputError(f"--encoding {encoding}: no text encoding of that name") from None


def _text_encoding(encoding: str) -> str:
    """Return the encoding to decode with: a byte order mark before UTF-8 is no text."""
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def shown(name: str) -> str:
    """Return a file name that can be written as UTF-8, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")
