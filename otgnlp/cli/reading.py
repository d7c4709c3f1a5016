"""Reading the texts that a command line names: files, or standard input, in any encoding."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple, cast

from otgnlp.cli.common import say
from otgnlp.errors import InputError
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
        say(f"otgnlp: {error}")
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
        total = 0
        for name in self.names:
            if name == _STANDARD_INPUT:
                return None
            try:
                found = os.stat(name)
            except OSError:  # it is reported when its turn comes
                continue
            if not stat.S_ISREG(found.st_mode):
                return None
            total += found.st_size
        return total

    def _read(self, name: str) -> Iterator[Block]:
        start = n_bytes = 0
        rest = ""
        decoder = _Decoder(name, self.encoding)
        with _failing_as_input_error(name), _open(name) as file:
            n_expected = _size(name, file)
            while True:
                content = file.read1(_BLOCK_BYTES)
                if not content:
                    _check_size(name, decoder.n_bytes, n_expected)
                rest += decoder.decode(content, final=not content)
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
        if sys.stdin is None:
            raise InputError("standard input is closed")
        return contextlib.nullcontext(cast("BufferedReader", sys.stdin.buffer))
    return open(name, "rb")


def _size(name: str, file: BufferedReader) -> int:
    """Return how many bytes a file has, 0 where that cannot be known."""
    if name == _STANDARD_INPUT:
        return 0
    found = os.fstat(file.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _check_size(name: str, n_read: int, n_expected: int) -> None:
    if n_read < n_expected:
        raise InputError(
            f"{shown(name)}: shrank while it was read, from {n_expected} bytes to {n_read} or less"
        )


class _Decoder:
    """Decodes a file piece by piece; raises `InputError` that says where it is no such text."""

    def __init__(self, name: str, encoding: str) -> None:
        self.n_bytes = 0
        self._name = name
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(_text_encoding(encoding))()

    def decode(self, content: bytes, final: bool) -> str:
        self.n_bytes += len(content)
        try:
            return self._decoder.decode(content, final)
        except UnicodeError as error:
            reason = str(error)
            if isinstance(error, UnicodeDecodeError):
                # The decoder counts from the bytes that it had kept of the piece before.
                place = self.n_bytes - len(error.object) + error.start
                reason = f"byte {place}: {error.reason}"
            raise InputError(
                f"{shown(self._name)}: not in {self._encoding} ({reason}); name its encoding with "
                "--encoding, for example cp1251"
            ) from error


@contextlib.contextmanager
def _failing_as_input_error(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{shown(name)}: {error.strerror or error}") from error


def read_text(name: str, encoding: str) -> str:
    """Return a file's text with its line ends as they are, so that offsets hold.

    Raises `InputError` if it cannot be read or is in another encoding.
    """
    decoder = _Decoder(name, encoding)
    with _failing_as_input_error(name), _open(name) as file:
        n_expected = _size(name, file)
        content = file.read()
        _check_size(name, len(content), n_expected)
    return decoder.decode(content, final=True)


def check_encoding(encoding: str) -> None:
    """Raise `InputError` if Python knows no text encoding of that name."""
    try:
        codecs.getincrementaldecoder(encoding)
        with contextlib.suppress(UnicodeDecodeError):  # one letter is too short for UTF-16
            b"a".decode(encoding)
    except (LookupError, UnicodeError):
        raise InputError(f"--encoding {encoding}: no text encoding of that name") from None


def _text_encoding(encoding: str) -> str:
    """Return the encoding to decode with: a byte order mark before UTF-8 is no text."""
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def shown(name: str) -> str:
    """Return a file name that can be written as UTF-8, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")
