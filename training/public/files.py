"""The table of public files: every file that the sources consist of, pinned by its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from training.public.tables import read_table, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLE = Path(__file__).with_name("files.tsv")
COLUMNS = ("source", "repository", "commit", "path", "size", "blob")


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A file of a GitHub repository at a commit.

    `repository` is `OWNER/NAME`, `size` in bytes (None if not known), `blob` the id that git gives
    the contents.
    """

    source: str
    repository: str
    commit: str
    path: str
    size: int | None
    blob: str

    def holds(self, content: bytes) -> bool:
        """Tell whether these are the file's contents."""
        return blob_id(content) == self.blob


def blob_id(content: bytes) -> str:
    r"""Return the id that git gives to the contents of a file: 40 hex digits.

    >>> blob_id(b"hello\n")
    'ce013625030ba8dba906f756967f9e9ca394464a'
    """
    digest = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def read_files(path: Path = TABLE) -> list[PublicFile]:
    """Read a table of public files; raises `InputError` if it is not one."""
    files = []
    for source, repository, commit, name, size, blob in read_table(path, COLUMNS):
        if size and not size.isdecimal():
            raise InputError(f"{path}: {name}: the size must be a number, not {size!r}")
        number = int(size) if size else None
        files.append(PublicFile(source, repository, commit, name, number, blob))
    return files


def write_files(files: Iterable[PublicFile], path: Path = TABLE) -> None:
    """Write a table of public files."""
    rows = (
        (f.source, f.repository, f.commit, f.path, "" if f.size is None else str(f.size), f.blob)
        for f in files
    )
    write_table(path, COLUMNS, rows)
