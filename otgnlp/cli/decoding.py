"""Files and standard input as text, in any encoding, and errors that say where they are not."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
import sys
from typing import TYPE_CHECKING, cast

from otgnlp.cli.common import say
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

STANDARD_INPUT = "-"

_BLOCK_BYTES = 1 << 17
_END_OF_INPUT = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"


def read_text(name: str, encoding: str) -> str:
    """Return a file's text with its line ends as they are, so that offsets hold.

    Raises `InputError` if it cannot be read or is in another encoding.
    """
    return _Decoder(name, encoding).decode(read_bytes(name), final=True)


def read_bytes(name: str) -> bytes:
    """Return a file's bytes; raises `InputError` if it cannot be read."""
    with _failing_as_input_error(name), _open(name) as file:
        n_expected = _size(name, file)
        content = file.read()
        _check_size(name, len(content), n_expected)
    return content


def read_pieces(name: str, encoding: str) -> Iterator[tuple[str, int]]:
    """Yield a file's text piece by piece, and how many bytes were read for each.

    What a pipe holds comes at once. Raises `InputError` as `read_text` does.
    """
    decoder = _Decoder(name, encoding)
    with _failing_as_input_error(name), _open(name) as file:
        n_expected = _size(name, file)
        while content := file.read1(_BLOCK_BYTES):
            yield decoder.decode(content, final=False), len(content)
        _check_size(name, decoder.n_bytes, n_expected)
    yield decoder.decode(b"", final=True), 0


def check_encoding(encoding: str) -> None:
    """Raise `InputError` if Python knows no text encoding of that name."""
    try:
        codecs.getincrementaldecoder(encoding)
        with contextlib.suppress(UnicodeDecodeError):  # one letter is too short for UTF-16
            b"a".decode(encoding)
    except (LookupError, UnicodeError):
        raise InputError(f"--encoding {encoding}: no text encoding of that name") from None


def shown(name: str) -> str:
    """Return a file name that can be written as UTF-8, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")


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


def _text_encoding(encoding: str) -> str:
    """Return the encoding to decode with: a byte order mark before UTF-8 is no text."""
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _open(name: str) -> contextlib.AbstractContextManager[BufferedReader]:
    if name == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError("standard input is closed")
        if sys.stdin.isatty():
            say(f"otgnlp: type or paste a text; {_END_OF_INPUT} ends it")
        return contextlib.nullcontext(cast("BufferedReader", sys.stdin.buffer))
    return open(name, "rb")


def _size(name: str, file: BufferedReader) -> int:
    """Return how many bytes a file has, 0 where that cannot be known."""
    if name == STANDARD_INPUT:
        return 0
    found = os.fstat(file.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _check_size(name: str, n_read: int, n_expected: int) -> None:
    if n_read < n_expected:
        raise InputError(
            f"{shown(name)}: shrank while it was read, from {n_expected} bytes to {n_read} or less"
        )


@contextlib.contextmanager
def _failing_as_input_error(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{shown(name)}: {error.strerror or error}") from error
