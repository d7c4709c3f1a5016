"""How varied a set of sentences is: shared runs of words, lemmas, lengths, messy cases."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from otgnlp.lemmas import analyse
from otgnlp.words import find_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Run = tuple[str, ...]

# Parts of speech whose lemmas may be frequent: they hold sentences together and name nothing.
FUNCTION_POS = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ"})
# Pronouns, numerals and the like that OpenCorpora counts among other parts of speech.
FUNCTION_LEMMAS = frozenset(
    "быть весь который этот тот свой наш ваш мой такой один два три год первый самый "
    "ещё уже можно нельзя нет там тут здесь где когда как так только после".split()
)

_WORD = re.compile(r"\w+")
_GLUED = re.compile(r"[а-яё][.!?,;][А-ЯЁA-Z]|[а-яё][A-Z]|[a-z][а-яё]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_ENDS_WHOLE = re.compile(r"[.!?…:;]['\"»”)]*$|['\"»”)]$")


@dataclass(frozen=True, slots=True)
class Variety:
    """Figures on a set of sentences.

    `frequent` holds lemmas that name something, with the share of sentences that have them, most
    frequent first; `lengths` the numbers of words, sorted; `messy` counts sentences by kind.
    """

    n_sentences: int
    n_lemmas: int
    frequent: list[tuple[str, float]]
    lengths: list[int]
    messy: dict[str, int]
    n_messy: int


def measure(texts: Sequence[str]) -> Variety:
    """Measure a set of sentences."""
    lemmas: Counter[str] = Counter()
    naming: set[str] = set()
    messy: Counter[str] = Counter()
    n_messy = 0
    for text in texts:
        found = {
            word.feature: analyse(text[word.start : word.stop])[1] for word in find_words(text)
        }
        lemmas.update(list(found))
        naming.update(
            lemma
            for lemma, pos in found.items()
            if pos not in FUNCTION_POS and lemma not in FUNCTION_LEMMAS
        )
        kinds = list(messy_kinds(text))
        messy.update(kinds)
        n_messy += bool(kinds)
    frequent = [
        (lemma, count / len(texts)) for lemma, count in lemmas.most_common(200) if lemma in naming
    ]
    lengths = sorted(len(words_of(text)) for text in texts)
    return Variety(len(texts), len(lemmas), frequent, lengths, dict(messy), n_messy)


def messy_kinds(text: str) -> Iterator[str]:
    """Yield in what ways a sentence is not as in a schoolbook."""
    letters = [character for character in text if character.isalpha()]
    if letters and sum(map(str.isupper, letters)) * 2 > len(letters):
        yield "capitals"
    if _GLUED.search(text):
        yield "glued"
    if not _ENDS_WHOLE.search(text.rstrip()):
        yield "no stop"
    if _LATIN.search(text):
        yield "Latin"
    if any(map(str.isdigit, text)):
        yield "numbers"


def words_of(text: str) -> list[str]:
    """Return a sentence's words in lower case with ё as е, for comparing runs of words."""
    return _WORD.findall(text.lower().replace("ё", "е"))


def runs(text: str, size: int) -> Iterator[Run]:
    """Yield each run of `size` words that is not a mere list of names."""
    spelled = _WORD.findall(text)
    words = words_of(text)
    for start in range(len(words) - size + 1):
        if not all(
            word[0].isupper() or word[0].isdigit() for word in spelled[start : start + size]
        ):
            yield tuple(words[start : start + size])


def shared_runs(texts: Iterable[str], size: int) -> dict[Run, list[int]]:
    """Return the runs that stand in two or more texts, with the numbers of those texts."""
    places: dict[Run, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for run in set(runs(text, size)):
            places[run].append(number)
    return {run: numbers for run, numbers in places.items() if len(numbers) > 1}
