"""Where a command writes: standard output as it goes along, or a file, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
import sys
import unicodedata
from typing import TYPE_CHECKING, TextIO

from otgnlp.errors import InputError
from otgnlp.files import sync_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

# Without it, spreadsheet programs take UTF-8 for the encoding of the system.
BYTE_ORDER_MARK = "\ufeff"


def add_output_option(parser: argparse.ArgumentParser, metavar: str = "FILE") -> None:
    """Add `-o`, for `output`."""
    parser.add_argument(
        "-o",
        "--output",
        metavar=metavar,
        help="write to this file, whole when all is done or not at all "
        "(default: write to standard output as it goes along)",
    )


@contextlib.contextmanager
def output(path: str | None) -> Iterator[TextIO]:
    """Yield standard output, or a text file that is put at `path` when all is written.

    Until then, and after any error, `path` is what it was, and nothing lies beside it. What is no
    regular file, such as a named pipe, is written to as it is. Raises `InputError` if the file
    cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        replaced = not os.path.exists(path) or os.path.isfile(path)
        with _replaced(os.path.realpath(path)) if replaced else _open(path) as file:
            yield file
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def plain(stream: TextIO) -> TextIO | io.TextIOBase:
    """Return a stream for data that are written as they are, but for a terminal.

    There, control and format characters are written as JSON escapes, so that JSON stays the same
    JSON and no text can command the terminal.
    """
    return _Shown(stream) if stream.isatty() else stream


def escaped(text: str) -> str:
    r"""Return a text with JSON escapes for all that is not to be seen, but for white space.

    >>> print(escaped("порт\x9b31m\n\U000e0041"))
    порт\u009b31m
    \udb40\udc41
    """
    return "".join(
        character if _is_harmless(character) else _escape(character) for character in text
    )


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


class _Shown(io.TextIOBase):
    """A terminal that is sent no control characters."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        self._terminal.write(escaped(text))
        return len(text)

    def flush(self) -> None:
        self._terminal.flush()


@contextlib.contextmanager
def _replaced(target: str) -> Iterator[TextIO]:
    """Yield a file that takes the place of a regular file, or of nothing, when all is written."""
    before = os.stat(target) if os.path.exists(target) else None
    if before is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(8)}")
    try:
        with _open_nameless(folder) or _open(temporary, "x") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if not os.path.exists(temporary):
                _link(file, temporary)
        if before is not None:
            os.chmod(temporary, stat.S_IMODE(before.st_mode))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(folder)


def _open_nameless(folder: str) -> TextIO | None:
    """Open a new file that has no name yet, so that none is left even if the process is killed.

    Return None where the platform or the file system has no such thing.
    """
    kind = getattr(os, "O_TMPFILE", None)
    if kind is None or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        descriptor = os.open(folder, kind | os.O_WRONLY, 0o666)
    except OSError:  # whatever it is, the ordinary way meets it too, or does without
        return None
    return _open(descriptor)


def _link(file: TextIO, path: str) -> None:
    """Give a nameless file a name."""
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    try:  # without a folder's descriptor, Python would link the symbolic link itself
        os.link(f"/proc/self/fd/{file.fileno()}", os.path.basename(path), dst_dir_fd=folder)
    finally:
        os.close(folder)


def _open(path: str | int, mode: str = "w") -> TextIO:
    file: TextIO = open(path, mode, encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[assignment]  # noqa: SIM115
    return file
