"""What may name a topic or a model: anything that prints on one line, and as it reads."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_NAME = 200  # characters

_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Marks that turn the direction of writing: with them, what is shown is not what is there.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def check_name(name: str, what: str) -> str:
    """Return a name as it is; raises `InputError` if it is blank, too long or does not print."""
    if not name.strip():
        raise InputError(f"{what} is without a name")
    return check_line(name, f"the name of {what}")


def check_line(text: str, what: str) -> str:
    """Return a text as it is; raises `InputError` if it is too long or does not print on a line."""
    if len(text) > LONGEST_NAME:
        raise InputError(f"{what} is longer than {LONGEST_NAME} characters")
    if _TURNING.search(text) or any(unicodedata.category(sign) in _UNPRINTABLE for sign in text):
        raise InputError(f"{what} holds what cannot be printed: {text!r}")
    return text


def check_different(names: Iterable[str]) -> None:
    """Raise `InputError` if two names are the same, or are written with the same letters."""
    counts = Counter(unicodedata.normalize("NFC", name) for name in names)
    for name, count in counts.items():
        if count > 1:
            raise InputError(f"topics must be different names: {name!r} comes twice")
