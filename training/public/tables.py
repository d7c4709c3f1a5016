r"""Text files that come out the same wherever they are written: UTF-8, `\n`, bare gzip headers.

A file whose name ends in `.gz` is packed. Tables are tab separated, with a line of column names.
"""

from __future__ import annotations

import gzip
import io
import os
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from otgnlp.labelled import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all; the same text gives the same bytes."""
    content = text.encode("utf-8")
    if path.suffix == ".gz":
        content = _pack(content)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def _pack(content: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def read_table(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows of a table that must have just these columns.

    Raises `InputError`, naming file and line.
    """
    # Line by line on "\n" alone: a git checkout on Windows may have put "\r\n".
    lines = (line.removesuffix("\r") for line in read_text(path).split("\n"))
    if (header := next(lines).split("\t")) != list(columns):
        raise InputError(f"{path}: expected the columns {', '.join(columns)}, not {header}")
    for number, line in enumerate(lines, start=2):
        if line:
            row = line.split("\t")
            if len(row) != len(columns):
                raise InputError(
                    f"{path}, line {number}: {len(row)} fields, expected {len(columns)}"
                )
            yield row


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table; raises `InputError` if a field has a tab or a line break."""
    lines = ["\t".join(columns)]
    for row in rows:
        if any(mark in field for field in row for mark in "\t\r\n"):
            raise InputError(f"{path}: a field has a tab or a line break: {row!r}")
        lines.append("\t".join(row))
    write_text(path, "\n".join(lines) + "\n")
