"""A letter for each topic, so that no topic is told by its colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def choose_letters(titles: Sequence[str]) -> list[str]:
    """Return a different letter for each title, from its own letters if one is free, or a number.

    >>> choose_letters(["transport", "trade", "t", "энергетика"])
    ['T', 'R', '1', 'Э']
    """
    taken: list[str] = []
    for title in titles:
        # A letter whose upper case is one letter, and none that a style sheet could misread.
        own = [letter.upper() for letter in title if letter.isalpha() and len(letter.upper()) == 1]
        numbers = map(str, range(1, len(titles) + 1))
        taken.append(next(letter for letter in [*own, *numbers] if letter not in taken))
    return taken
