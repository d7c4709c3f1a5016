"""Reading the texts that a command line names: files, or standard input, in any encoding."""

from __future__ import annotations

import codecs
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.cli.common import err, printable
from otgnlp.errors import InputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_STANDARD_INPUT = "-"


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


class Texts:
    """The texts of files, each with its name; what cannot be read is reported and passed over.

    `failed` tells whether anything was passed over. Raises `InputError` for an encoding that
    Python does not know.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        check_encoding(arguments.encoding)
        self._names: list[str] = arguments.files
        self._encoding: str = arguments.encoding
        self.failed = False

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for name in self._names:
            try:
                text = read_text(name, self._encoding)
            except InputError as error:
                err().print(f"otgnlp: {printable(str(error))}", markup=False)
                self.failed = True
            else:
                yield shown(name), text


def read_text(name: str, encoding: str) -> str:
    """Return a file's text with its line ends as they are, so that offsets hold.

    Raises `InputError` if it cannot be read or is in another encoding.
    """
    try:
        content = sys.stdin.buffer.read() if name == _STANDARD_INPUT else Path(name).read_bytes()
        return content.decode("utf-8-sig" if _is_utf8(encoding) else encoding)
    except UnicodeError as error:
        raise InputError(
            f"{shown(name)}: not in {encoding} ({error}); name its encoding with --encoding, "
            "for example cp1251"
        ) from error
    except OSError as error:
        raise InputError(f"{shown(name)}: {error.strerror or error}") from error


def check_encoding(encoding: str) -> None:
    """Raise `InputError` if Python knows no text encoding of that name."""
    try:
        b"a".decode(encoding)
    except UnicodeError:  # one letter is too short for UTF-16
        return
    except LookupError:
        raise InputError(f"--encoding {encoding}: no text encoding of that name") from None


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name == "utf-8"


def shown(name: str) -> str:
    """Return a file name that can be written as UTF-8, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")
