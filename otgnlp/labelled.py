"""Labelled sentences in JSON Lines: one object a line, `{"text": …, "topics": […]}`.

`doc` (what document the sentence is from), with `source`, and `pair` (what contrast group it is in)
are optional; of other keys, those whose value is a string are kept. A file whose name ends in `.gz`
is read as gzip.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError
from otgnlp.records import read

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence, the topics that it carries, and what it belongs to, which no fold may split.

    `group` is its document or its contrast group, or else the sentence itself. `fields` holds what
    else its line says in strings, such as its source or register.
    """

    text: str
    topics: tuple[str, ...]
    group: str
    fields: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file of labelled sentences, and the SHA-256 of its contents once unpacked."""

    path: Path
    sentences: tuple[LabelledSentence, ...]
    sha256: str


def read_labelled(paths: Iterable[str | os.PathLike[str]]) -> list[LabelledFile]:
    """Read files of labelled sentences; raises `InputError`, naming file and line."""
    return [_read_file(Path(path)) for path in paths]


def read_text(path: Path) -> str:
    """Return a file's text, unpacked; raises `InputError` if it cannot be read or is not UTF-8."""
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not in UTF-8: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def read_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, with their numbers from 1."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _read_file(path: Path) -> LabelledFile:
    text = read_text(path)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return LabelledFile(path, tuple(_parse(text, path)), digest)


def _parse(text: str, path: Path) -> Iterator[LabelledSentence]:
    for number, line in read_lines(text):
        try:
            yield _parse_line(json.loads(line))
        except (ValueError, RecursionError) as error:  # InputError is a ValueError
            raise InputError(f"{path}, line {number}: {error}") from error


def _parse_line(data: Any) -> LabelledSentence:
    text = read(data, "text", str)
    if not text.strip():
        raise InputError("the text is empty")
    topics = read(data, "topics", list)
    for topic in topics:
        if not isinstance(topic, str) or not topic.strip():
            raise InputError(f"a topic must be a name, not {topic!r}")
    if data.get("doc") is not None:
        group = f"{data.get('source', '')}/{data['doc']}"
    else:
        group = str(data.get("pair") or text)
    fields = {key: value for key, value in data.items() if key != "text" and isinstance(value, str)}
    return LabelledSentence(text, tuple(topics), group, fields)
