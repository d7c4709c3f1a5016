"""The words of a sentence as the model counts them: a sequence of features with their places.

Every token with a letter in it is a word. Its feature is its lemma in lower case with ё as е, but
an abbreviation in capitals stays itself ("ИИ" is no form of the name Ия), words in a headline in
capitals are read as ordinary words, and words glued together ("районеСегодня") are taken apart.
Punctuation between words cuts the sentence into clauses, which are numbered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from otgnlp.lemmas import LONGEST_WORD, REMEMBERED_TOKENS, analyse, clean, is_dictionary_word
from otgnlp.text import split_tokens

# Raised when a change here gives other features: models trained on the old ones no longer fit.
FEATURES_VERSION = 2

LONGEST_ABBREVIATION = 6  # letters
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
    long = list(filter(is_long, tokens))
    in_capitals = are_capitals(len(long), sum(map(str.isupper, long)))
    words: list[Word] = []
    clause, cut = 0, False
    for token, (start, _) in zip(tokens, spans, strict=True):
        features = token_features(token, in_capitals)
        if features:
            clause += cut and bool(words)
            cut = False
        elif is_cut(token):
            cut = True
        for feature, left, right in features:
            words.append(Word(feature, start + left, start + right, clause))
    return words


def is_long(token: str) -> bool:
    """Tell whether a token is long enough a word to show that a sentence is in capitals."""
    return len(token) > 1 and token[0].isalpha()


def are_capitals(n_long: Any, n_upper: Any) -> Any:
    """Tell whether a sentence is in capitals, as headlines may be: most of its long tokens are.

    The counts are numbers, or arrays of them, one a sentence; the answer is of their shape.
    """
    return n_upper * 2 > n_long


def is_cut(token: str) -> bool:
    """Tell whether a token that is no word ends a clause."""
    return not _CUTS.isdisjoint(token)


def token_features(token: str, in_capitals: bool) -> tuple[tuple[str, int, int], ...]:
    """Return a token's features, none for what is no word, with their places in the token."""
    read = _features if len(token) <= LONGEST_WORD else _features.__wrapped__
    return read(token, in_capitals)


@lru_cache(maxsize=REMEMBERED_TOKENS)
def _features(token: str, in_capitals: bool) -> tuple[tuple[str, int, int], ...]:
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
    if word.isupper() and 1 < len(word) <= LONGEST_ABBREVIATION and word.isalpha():
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
