"""What a sentence of the public corpora is: how a text is split, and what names a sentence."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import razdel

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST, LONGEST = 25, 450  # characters, both included
CYRILLIC_SHARE = 0.6  # of all characters, spaces and punctuation included


def collapse(text: str) -> str:
    r"""Return a text with every run of white space made one space, and none at the ends.

    >>> collapse("  Порт\u00a0открыт.\n")
    'Порт открыт.'
    """
    return " ".join(text.split())


def sentence_id(sentence: str) -> str:
    """Return the name of a sentence: 16 hex digits of the SHA-256 of its collapsed text.

    >>> sentence_id("Порт  открыт. ") == sentence_id("Порт открыт.")
    True
    """
    return hashlib.sha256(collapse(sentence).encode("utf-8")).hexdigest()[:16]


def split(text: str) -> Iterator[str]:
    r"""Yield the sentences of a text that are fit to be annotated, collapsed.

    Lines are paragraphs; sentences are razdel's.

    >>> list(split("Мост открыли утром, к полудню встала пробка. Да.\nOpened by the mayor."))
    ['Мост открыли утром, к полудню встала пробка.']
    """
    for paragraph in text.split("\n"):
        for found in razdel.sentenize(paragraph):
            sentence = collapse(found.text)
            if _is_fit(sentence):
                yield sentence


def _is_fit(sentence: str) -> bool:
    if not SHORTEST <= len(sentence) <= LONGEST:
        return False
    cyrillic = sum("\u0400" <= character <= "\u04ff" for character in sentence)
    return cyrillic / len(sentence) >= CYRILLIC_SHARE
