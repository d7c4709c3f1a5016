"""Results in documents: a block between two marks is what a script of the project printed there."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_BLOCK = "<!-- results: {name} -->\n{text}<!-- end -->"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown; cells that are numbers are shown as they are."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def fill(document: Path, blocks: Mapping[str, str]) -> None:
    """Put each text between its marks; raises `InputError` where the document has no such marks."""
    text = document.read_text(encoding="utf-8")
    for name, block in blocks.items():
        old = re.search(_BLOCK.format(name=re.escape(name), text=r"(?:.*?\n)??"), text, re.DOTALL)
        if old is None:
            raise InputError(f"{document}: there is no block for the results {name!r}")
        new = _BLOCK.format(name=name, text=f"{block.strip()}\n")
        text = text[: old.start()] + new + text[old.end() :]
    document.write_text(text, encoding="utf-8", newline="\n")


def speak_utf8() -> None:
    """Write UTF-8 to standard output, whatever the platform's own encoding is."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")
