"""Which files a command line means: of a folder, those that hold texts, and what kind each is."""

from __future__ import annotations

import fnmatch
import os
from typing import TYPE_CHECKING

from otgnlp.cli.decoding import shown
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

KINDS = ("text", "csv", "jsonl", "html")
ROWS = ("csv", "jsonl")  # kinds whose files hold many texts, in a column

_ENDINGS = {
    ".txt": "text",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def kind_of(name: str) -> str | None:
    """Return the kind of file that a name's ending tells, None for an ending that tells none.

    >>> kind_of("news/1.HTML"), kind_of("news.tsv"), kind_of("news")
    ('html', 'csv', None)
    """
    return _ENDINGS.get(os.path.splitext(name)[1].lower())


def files_in(
    folder: str, patterns: Sequence[str], kinds: Sequence[str], report: Callable[[InputError], None]
) -> list[str]:
    """Return the files in a folder and the folders below it, sorted, hidden ones left out.

    They match a pattern or, where there are none, have an ending of one of the kinds. A pattern
    with a slash is matched with the path from the folder on, another one with the name; `**/` in it
    is any folders or none. Links to folders are not followed. Folders that cannot be listed are
    reported; raises `InputError` if all can be, and there is no such file.
    """
    found = []
    unlisted: list[InputError] = []
    for path in _walk(folder, unlisted.append):
        inner = os.path.relpath(path, folder).replace(os.sep, "/")
        if _matches(inner, patterns) if patterns else kind_of(path) in kinds:
            found.append(path)
    for error in unlisted:
        report(error)
    if not found and not unlisted:
        endings = [ending for ending, kind in _ENDINGS.items() if kind in kinds]
        wanted = f"matches {' or '.join(patterns)}" if patterns else f"ends in {' '.join(endings)}"
        hint = "" if patterns else "; --glob names others"
        raise InputError(f"{shown(folder)}: no file in this folder {wanted}{hint}")
    return sorted(found)


def _walk(folder: str, report: Callable[[InputError], None]) -> Iterator[str]:
    waiting = [folder]  # os.walk calls itself for each level, until Python 3.12
    while waiting:
        parent = waiting.pop()
        try:
            with os.scandir(parent) as found:
                entries = [entry for entry in found if not entry.name.startswith(".")]
        except OSError as error:
            report(InputError(f"{shown(parent)}: {error.strerror or error}"))
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.is_file():
                yield entry.path


def _matches(path: str, patterns: Sequence[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(
        fnmatch.fnmatch(path if "/" in pattern else name, one)
        for pattern in patterns
        for one in (pattern, pattern.replace("**/", ""))
    )
