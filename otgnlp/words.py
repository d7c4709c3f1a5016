"""The words of a sentence as the model counts them: a sequence of features with their places.

Every token with a letter in it is a word. Its feature is its lemma in lower case with ё as е, but
an abbreviation in capitals stays itself ("ИИ" is no form of the name Ия), words in a headline in
capitals are read as ordinary words, and words glued together ("районеСегодня") are taken apart.
Punctuation between words cuts the sentence into clauses, which are numbered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from otgnlp.lemmas import LONGEST_WORD, REMEMBERED_TOKENS, analyse, clean, is_dictionary_word
from otgnlp.text import split_tokens

# Raised when a change here gives other features: models trained on the old ones no longer fit.
FEATURES_VERSION = 2

_LONGEST_ABBREVIATION = 6
_SHORTEST_GLUED = 3
_MISREAD = {"ия": "ии"}  # in lower case and in headlines too, "ии" is hardly ever the name Ия
_CUTS = frozenset(',;:.!?…()[]«»"„“”—–-')
_GLUE = re.compile("(?<=[а-яё])(?=[А-ЯЁ])")


class Word(NamedTuple):
    """A word's feature, where it stands in characters of its sentence, and in which clause.

    Clauses are numbered from 0, and none is without a word.
    """

    feature: str
    start: int
    stop: int
    clause: int


def find_words(sentence: str) -> list[Word]:
    """Return the words of a sentence in order.

    >>> [word.feature for word in find_words("В портах — 5 паромов и ИИ!")]
    ['в', 'порт', 'паром', 'и', 'ии']
    """
    spans = list(split_tokens(sentence))
    tokens = [sentence[start:stop] for start, stop in spans]
    in_capitals = _is_in_capitals(tokens)
    words: list[Word] = []
    clause, cut = 0, False
    for token, (start, _) in zip(tokens, spans, strict=True):
        read = _features if len(token) <= LONGEST_WORD else _features.__wrapped__
        features = read(token, in_capitals)
        if features:
            clause += cut and bool(words)
            cut = False
        elif not _CUTS.isdisjoint(token):
            cut = True
        for feature, left, right in features:
            words.append(Word(feature, start + left, start + right, clause))
    return words


def _is_in_capitals(tokens: list[str]) -> bool:
    long = [token for token in tokens if len(token) > 1 and token[0].isalpha()]
    return sum(map(str.isupper, long)) * 2 > len(long)


@lru_cache(maxsize=REMEMBERED_TOKENS)
def _features(token: str, in_capitals: bool) -> tuple[tuple[str, int, int], ...]:
    """Return a token's features with their places in the token."""
    word = clean(token)
    if not any(map(str.isalpha, word)):
        return ()
    if in_capitals:
        return ((_feature(word.lower()), 0, len(token)),)
    parts = _unglue(token)
    if parts:
        return tuple((_feature(token[start:stop]), start, stop) for start, stop in parts)
    return ((_feature(word), 0, len(token)),)


def _feature(word: str) -> str:
    if word.isupper() and 1 < len(word) <= _LONGEST_ABBREVIATION and word.isalpha():
        lemma = word.lower()
    else:
        lemma = analyse(word)[0].lower()
    return _MISREAD.get(lemma, lemma).replace("ё", "е")


def _unglue(token: str) -> list[tuple[int, int]]:
    """Return where the words in a token of glued words stand, nothing for any other token."""
    cuts = [match.start() for match in _GLUE.finditer(token)]
    if not cuts:
        return []
    parts = list(zip([0, *cuts], [*cuts, len(token)], strict=True))
    if is_dictionary_word(token):
        return []  # "МегаФон" is one word
    for start, stop in parts:
        if stop - start < _SHORTEST_GLUED or not is_dictionary_word(token[start:stop]):
            return []
    return parts
