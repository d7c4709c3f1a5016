"""What passes for a text, and how long one may be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from otgnlp.errors import InputError, InputTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable

# Characters of a text, unless the caller says otherwise: some hundred novels.
MAX_LENGTH = 100_000_000


def refusal(
    value: object, max_length: int, what: str, number: int | None = None
) -> InputError | None:
    """Return the error that says why a value, the `number`-th of many, is no text; None if it is.

    >>> refusal("порт", 3, "text", 7)
    InputError('text 7 has 4 characters: more than 3, the max_length of this tagger')
    """
    if isinstance(value, str) and len(value) <= max_length:
        return None
    name = what if number is None else f"{what} {number}"
    if isinstance(value, str):
        return InputError(
            f"{name} has {len(value)} characters: more than {max_length}, "
            "the max_length of this tagger"
        )
    return InputTypeError(f"{name} must be a string, not {type(value).__name__}")


def check_sentences(sentences: Iterable[str], max_length: int = sys.maxsize) -> list[str]:
    """Return sentences as they are; raises `InputError` for what is no string, or too long."""
    if getattr(sentences, "ndim", 1) != 1:  # a data frame, iterated, names its columns
        raise InputTypeError("sentences must be one column of strings, not a table of columns")
    checked = list(sentences)
    for number, sentence in enumerate(checked):
        error = refusal(sentence, max_length, "sentence", number)
        if error is not None:
            raise error
    return checked
