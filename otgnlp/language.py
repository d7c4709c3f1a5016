"""Whether a sentence is Russian: each word votes, by its letters and by pymorphy3's dictionary."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from otgnlp.lemmas import LONGEST_WORD, REMEMBERED_TOKENS, clean, is_dictionary_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from otgnlp.words import Word

_RUSSIAN = re.compile("[а-яё]+(-[а-яё]+)*")
_LATIN = re.compile("[a-z]+")
_MIXED = re.compile("[а-яёa-z-]+")

# A word next to one of these is a part of an address, of a file's name, of an expression.
_JOINTS = frozenset("/@._:#&=?\\~%+-")

# What stands in quotation marks, if it is short, is a title or a name.
_QUOTED = re.compile('«[^«»]{1,60}»|["“„][^"“”„]{1,60}["”“]')

# Words that give another language away though their letters are Russian: Ukrainian and Belarusian
# months, the plurals of Turkic nouns with a case.
_TELLTALE = re.compile(
    "січня|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|грудня"
    "|студзеня|красавіка|чэрвеня|верасня|кастрычніка|снежня"
    "|[а-яё]+[лнтд]ар(ында|ын|ына|га|дан|да|дын|ды)"
)

# Votes, above 0 for Russian. Found on sentences of eleven languages (tests/data).
LISTED = 1  # in the dictionary
_OPEN = 0  # what may be a name
_LATIN_WORD = -1
_NEW = -1  # not in the dictionary, but the model has met it
_UNLISTED = -3  # in Russian letters, but neither has it
_OTHER_LETTERS = -4
_GIVEN_AWAY = -6


def is_russian(sentence: str, words: Iterable[Word], is_known: Callable[[str], bool]) -> bool:
    """Tell whether a sentence is Russian, or at least not plainly in another language.

    `words` are those that `find_words` finds in it, `is_known` tells whether a model knows a
    feature. A word of the dictionary speaks for Russian; against it speak words that the dictionary
    lacks, less so if the model knows them, words with other letters, and Latin words. What may be a
    name, an abbreviation or an address says nothing, and a quoted title nothing against: they stand
    in sentences of any language.
    """
    unquoted = _QUOTED.sub(lambda title: " " * len(title[0]), sentence)
    balance = 0
    for word in words:
        ballot = vote(sentence, word.start, word.stop, is_known(word.feature))
        balance += max(ballot, _OPEN) if unquoted[word.start] == " " else ballot
    return balance >= 0


def vote(sentence: str, start: int, stop: int, is_known: bool) -> int:
    """Return the vote of a word, given where it stands and whether the model knows its feature."""
    if stop - start > LONGEST_WORD or _is_joined(sentence, start, stop):
        return _OPEN
    ballot = _vote(sentence[start:stop])
    return _NEW if ballot == _UNLISTED and is_known else ballot


def _is_joined(sentence: str, start: int, stop: int) -> bool:
    """Tell whether a word hangs on to what stands before it, or after it, by a joint."""
    if start and sentence[start - 1] in _JOINTS:
        return True
    after = sentence[stop : stop + 2]
    return after[:1] in _JOINTS and after[1:].isalnum()


@lru_cache(maxsize=REMEMBERED_TOKENS)
def _vote(token: str) -> int:
    word = clean(token)
    may_be_name = not word[:1].islower()
    word = word.lower()
    if _RUSSIAN.fullmatch(word) and is_dictionary_word(word):
        return LISTED
    if may_be_name or len(word) == 1:
        return _OPEN
    if _TELLTALE.fullmatch(word):
        return _GIVEN_AWAY
    if _RUSSIAN.fullmatch(word):
        return _UNLISTED
    if _LATIN.fullmatch(word):
        return _LATIN_WORD
    return _OPEN if _MIXED.fullmatch(word) else _OTHER_LETTERS
