"""Labelled sentences in JSON Lines: one object a line, `{"text": …, "topics": […]}`.

`doc` (what document the sentence is from) is optional, any other key is left alone. A file whose
name ends in `.gz` is read as gzip.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError
from otgnlp.records import read

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence, the topics that it carries, and the document that it is from, if known."""

    text: str
    topics: tuple[str, ...]
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file of labelled sentences, and the SHA-256 of its contents once unpacked."""

    path: Path
    sentences: tuple[LabelledSentence, ...]
    sha256: str


def read_labelled(paths: Iterable[str | os.PathLike[str]]) -> list[LabelledFile]:
    """Read files of labelled sentences; raises `InputError`, naming file and line."""
    return [_read_file(Path(path)) for path in paths]


def _read_file(path: Path) -> LabelledFile:
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not in UTF-8: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    return LabelledFile(path, tuple(_parse(lines, path)), hashlib.sha256(content).hexdigest())


def _parse(lines: list[str], path: Path) -> Iterator[LabelledSentence]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
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
    doc = data.get("doc")
    source = data.get("source", "")
    return LabelledSentence(text, tuple(topics), None if doc is None else f"{source}/{doc}")
