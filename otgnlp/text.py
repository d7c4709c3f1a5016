"""Where sentences and tokens stand in a text: razdel's rules, at a cost linear in the length."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from razdel.segmenters.punct import SMILES
from razdel.segmenters.sentenize import BULLET_SIZE, DELIMITERS, SentSegmenter, SentSplit
from razdel.segmenters.sokr import HEAD_SOKRS, INITIALS, PAIR_SOKRS, SOKRS
from razdel.segmenters.tokenize import TokenSegmenter, TokenSplit, TokenSplitter

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]

# The line ends of `str.splitlines`.
_PARAGRAPH = re.compile("[^\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")

# razdel hands its rules all that was joined so far and copies it at every join, which is quadratic
# on sentences that never end and on runs of dots or hyphens. Its rules look at that text only
# while it is short (a bullet such as "8.1.", a smiley), so a beginning a little longer than that
# serves them as well. Nor need it hold all atoms of a text (runs of letters or digits, and
# marks): the rules on tokens look at two on either side.
_LONGEST_SMILEY = 5

# razdel's rules see so many characters on either side of a place where a sentence may end.
_WINDOW = 10

# Where a sentence may end: a delimiter or a smiley before white space, unless what follows is a
# word in lower case, which always joins. The second group marks the plainest of ends: a word in
# lower case, a mark that ends sentences, and a capital letter; only an abbreviation joins there.
_END = re.compile(
    rf"""([{re.escape(DELIMITERS)}=:](?:(?<=[=:;]){SMILES.removeprefix("[=:;]")}|(?<![=:])))
    (?=\s)(?!\s{{1,8}}[а-яё]+(?![^\W\d]))
    (?:(?<=[а-яё][а-яё][.!?…])(?=\s{{1,9}}([А-ЯЁ])))?
    \s+""",
    re.VERBOSE,
)
_ABBREVIATIONS = frozenset(SOKRS | HEAD_SOKRS | INITIALS).union(*PAIR_SOKRS)
_LAST_WORD = re.compile(r"[^\W\d]+\Z")
_INK = re.compile(r"\S")


_joins = SentSegmenter().join
_joins_atoms = TokenSegmenter().join
_find_atoms = TokenSplitter().atoms


def split_sentences(text: str) -> Iterator[Span]:
    r"""Yield the start and stop of each sentence; line breaks end sentences too.

    >>> text = "Порт открыт. Рейс отменён\nСвет дали"
    >>> [text[start:stop] for start, stop in split_sentences(text)]
    ['Порт открыт.', 'Рейс отменён', 'Свет дали']
    """
    for paragraph in _PARAGRAPH.finditer(text):
        first, last = paragraph.span()
        ink = _INK.search(text, first, last)
        if ink is None:
            continue
        start = ink.start()
        opened = first  # where razdel's own copy of the sentence begins, white space and all
        for end in _END.finditer(text, first, last):
            if _ends_sentence(text, end, opened, first, last):
                opened = end.end(1)
                yield start, opened
                start = end.end()
        if start < last:
            yield start, start + len(text[start:last].rstrip())


def _ends_sentence(text: str, end: re.Match[str], opened: int, first: int, last: int) -> bool:
    """Tell whether a sentence that began at `opened` ends there, as razdel's rules have it."""
    left, right = end.span(1)
    if end[2] is not None:
        before = text[max(first, left - _WINDOW) : left]
        if len(before) == _WINDOW and before.isalpha():
            return True  # too long for an abbreviation
        word = _LAST_WORD.search(before)
        if word is not None and word[0].lower() not in _ABBREVIATIONS:
            return True
    split = SentSplit(
        text[max(first, left - _WINDOW) : left], end[1], text[right : min(last, right + _WINDOW)]
    )
    split.buffer = text[opened : min(left, opened + BULLET_SIZE + 1)]
    return not _joins(split)


def split_tokens(text: str) -> Iterator[Span]:
    """Yield the start and stop of each token of a sentence.

    >>> text = "ТЭЦ-2 дала 5 МВт."
    >>> [text[start:stop] for start, stop in split_tokens(text)]
    ['ТЭЦ-2', 'дала', '5', 'МВт', '.']
    """
    start = 0
    atoms: tuple[Any, Any, Any] = (None, None, None)
    for right_2 in chain(_find_atoms(text), [None]):
        left_2, left_1, right_1 = atoms
        if left_1 is None:
            start = 0 if right_1 is None else right_1.start
        elif _ends_token(text, start, left_2, left_1, right_1, right_2):
            yield start, left_1.stop
            start = right_1.start
        atoms = (left_1, right_1, right_2)
    if atoms[1] is not None:
        yield start, atoms[1].stop


def _ends_token(
    text: str, start: int, left_2: Any, left_1: Any, right_1: Any, right_2: Any
) -> bool:
    """Tell whether a token that began at `start` ends between the middle two of four atoms."""
    stop = left_1.stop
    if stop < right_1.start:
        return True
    split = TokenSplit([left_2, left_1], "", [right_1, right_2])
    split.buffer = text[start : min(stop, start + _LONGEST_SMILEY + 1)]
    return not _joins_atoms(split)
