"""Texts made harmless to look at."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    r"""Return a text that can do nothing to a terminal: control and format characters replaced.

    >>> printable("порт\x1b[31m\nи дорога")
    'порт�[31m и дорога'
    """
    return "".join(
        character if character.isprintable() else _replacement(character) for character in text
    )


def _replacement(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) == "Cf" else "\ufffd"
