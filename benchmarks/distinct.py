r"""Sentences of which no two are the same, without end: news enough for a soak.

A real sentence is cut at its first comma into an opening and an ending, and openings are joined
with other sentences' endings, every pair once. In what comes out,

- numbers are swapped for others of as many digits;
- names (capitalised words that do not begin the sentence) are swapped for invented surnames, in
  any case;
- now and then an invented beginning is put before a long word, as in compounds.

Which surname or compound it is, is drawn by a power law without an upper bound: a few come all the
time, new ones never cease, and the vocabulary grows as n^0.6 with the number of draws, as that of
real news does (Heaps 1978). They are spelt out from their rank, so the stream remembers nothing.

`python -m benchmarks.distinct own|news N SEED` writes N sentences to standard output, one a line.
"""

from __future__ import annotations

import random
import re
import sys
from math import gcd
from typing import TYPE_CHECKING

from benchmarks.texts import news_sentences, own_sentences
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GROWTH = 0.6
_COMMON = 100  # so many ranks are about equally common
_COMPOUNDS = 0.3  # of sentences
_HIGHEST_RANK = 10**12

_SYLLABLES = [
    onset + vowel
    for onset in "б в г д ж з к л м н п р с т х ч бр гр др кр пл ст тр".split()
    for vowel in "аеиоу"
]
_SURNAME_ENDINGS = (
    "нов нова нову новым нове нин нина нину ниным нский нского нскому нская нской нко".split()
)
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[а-яё,»–—] )[А-ЯЁ][а-яё]{2,}(?![\w-])")
_LONG_WORD = re.compile(r"(?<![\w-])[а-яё]{6,}(?![\w-])")


def distinct_sentences(sentences: Sequence[str], n: int, seed: int = 0) -> Iterator[str]:
    """Yield `n` distinct sentences; raises `InputError` if so many cannot be made of these.

    >>> seen = distinct_sentences(["Порт открыт, поезд ушёл.", "Свет дали, газ тоже."], 4)
    >>> len(set(seen))
    4
    """
    openings, endings = _clauses(sentences)
    n_pairs = len(openings) * len(endings)
    if n > n_pairs:
        raise InputError(f"{n_pairs} distinct sentences can be made of these, not {n}")
    chance = random.Random(seed)  # noqa: S311
    place, step = chance.randrange(n_pairs or 1), _step(n_pairs)
    for _ in range(n):
        opening, ending = divmod(place, len(endings))
        yield _altered(f"{openings[opening]}, {endings[ending]}", chance)
        place = (place + step) % n_pairs


def surname(rank: int) -> str:
    """Return the stem of an invented surname, a different one for each rank from 0.

    >>> surname(0), surname(1), surname(10**6)
    ('Баба', 'Беба', 'Чахача')
    """
    return _spelt(rank).capitalize()


def _clauses(sentences: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return openings and endings that stay different whatever their numbers and names become.

    No opening holds a comma, so a sentence can be taken apart again: different pairs of clauses
    make different sentences.
    """
    halves = [half for half in (sentence.split(", ", 1) for sentence in sentences) if len(half) > 1]
    openings = {_bare(opening): opening for opening, _ in halves if "," not in opening}
    endings = {_bare(f"а, {ending}"): ending for _, ending in halves}
    return list(openings.values()), list(endings.values())


def _bare(clause: str) -> str:
    return _NAME.sub("X", _NUMBER.sub("0", clause))


def _step(n_pairs: int) -> int:
    """Return a step that meets every pair before any twice, and neighbours far apart."""
    step = int(n_pairs * 0.6180339887) | 1
    while gcd(step, n_pairs) > 1:
        step += 2
    return step


def _altered(sentence: str, chance: random.Random) -> str:
    sentence = _NUMBER.sub(lambda number: _number(len(number[0]), chance), sentence)
    sentence = _NAME.sub(lambda _: _name(chance), sentence)
    if chance.random() < _COMPOUNDS:
        sentence = _LONG_WORD.sub(lambda word: _spelt(_rank(chance)) + word[0], sentence, count=1)
    return sentence


def _name(chance: random.Random) -> str:
    return surname(_rank(chance)) + chance.choice(_SURNAME_ENDINGS)


def _number(n_digits: int, chance: random.Random) -> str:
    return str(chance.randrange(10 ** (n_digits - 1) if n_digits > 1 else 0, 10**n_digits))


def _rank(chance: random.Random) -> int:
    """Draw a rank; the number of different ones grows as n to the power of `_GROWTH`."""
    heavy = (1.0 - chance.random()) ** (-_GROWTH / (1.0 - _GROWTH))
    return min(_HIGHEST_RANK, int(_COMMON * (heavy - 1.0)))


def _spelt(rank: int) -> str:
    """Spell a rank in syllables, at least two."""
    syllables: list[str] = []
    while rank or len(syllables) < 2:
        rank, digit = divmod(rank, len(_SYLLABLES))
        syllables.append(_SYLLABLES[digit])
    return "".join(syllables)


if __name__ == "__main__":
    pool = news_sentences() if sys.argv[1] == "news" else own_sentences()
    for made in distinct_sentences(pool.texts, int(sys.argv[2]), int(sys.argv[3])):
        sys.stdout.write(f"{made}\n")
