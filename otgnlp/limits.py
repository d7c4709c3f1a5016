"""What passes for a text, and how long one may be."""

from __future__ import annotations

from otgnlp.errors import InputError, InputTypeError

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
