"""Lemma and part of speech of a token, from one shared pymorphy3 analyzer."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymorphy3_dicts_ru import get_path

from otgnlp.once import ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymorphy3 import MorphAnalyzer

# pymorphy3 peels prefixes off by recursion: "не" two thousand times over ends in RecursionError.
# No Russian word is longer than this.
LONGEST_WORD = 64

# Different tokens whose analysis is remembered.
REMEMBERED_TOKENS = 2**14

# What may stand inside a word without being a letter of it: soft hyphens, zero-width marks, stress.
_IGNORABLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0300\u0301]")
_DECOMPOSED = re.compile("[\u0306\u0308]")  # й and ё as a letter and a mark

_analyzer: MorphAnalyzer | None = None
_has_prefix: Callable[[Any, str], bool]  # known with the analyzer, and at the process's very end


def analyzer() -> MorphAnalyzer:
    """Return the process's one analyzer, made at the first call; it is read-only and shared."""
    global _analyzer, _has_prefix
    if _analyzer is None:
        with ONCE:
            if _analyzer is None:
                from pymorphy3 import MorphAnalyzer

                from otgnlp import dawg

                made = MorphAnalyzer(path=get_path(), lang="ru")
                dawg.quicken(made)
                _has_prefix = dawg.has_prefix
                _analyzer = made
    return _analyzer


@lru_cache(maxsize=1)
def dictionary_version() -> str:
    """Return the version of pymorphy3's dictionary, on which all lemmas rest."""
    meta = dict(json.loads((Path(get_path()) / "meta.json").read_text(encoding="utf-8")))
    return f"{meta['source_version']}.{meta['source_revision']}"


def clean(word: str) -> str:
    r"""Return a word without marks that are no letters of it.

    >>> clean("энер\u00adге\u0301тика")
    'энергетика'
    """
    if word.isascii():
        return word
    if _DECOMPOSED.search(word):
        word = unicodedata.normalize("NFC", word)
    return _IGNORABLE.sub("", word)


@lru_cache(maxsize=REMEMBERED_TOKENS)
def analyse(token: str) -> tuple[str, str | None]:
    """Return a token's lemma and part of speech (OpenCorpora's, None for what is no word).

    >>> analyse("энергетики"), analyse("5")
    (('энергетика', 'NOUN'), ('5', None))
    """
    word = clean(token)
    if not any(map(str.isalpha, word)):
        return token, None
    if len(word) > LONGEST_WORD:
        return word.lower(), None
    try:
        return _best_parse(word)
    except (ValueError, LookupError, RecursionError):  # as on letters without a Unicode name
        return word.lower(), None


def _best_parse(word: str) -> tuple[str, str | None]:
    """Return lemma and part of speech of pymorphy3's first parse, by a shorter way to the same.

    pymorphy3 collects all parses and orders them by how often a corpus had the word so. For a word
    that the corpus did not have, the order stays as it is: the first parse of the first of its
    units that has one is the answer.
    """
    morph = analyzer()
    lower = word.lower()
    if _has_prefix(morph.prob_estimator.p_t_given_w, f"{lower}:"):
        parse = morph.parse(word)[0]
        return parse.normal_form, _name(parse.tag.POS)
    seen: set[Any] = set()
    for unit, _ in morph._units:  # noqa: SLF001
        parses = unit.parse(word, lower, seen)
        if parses:
            _, tag, normal_form, *_ = parses[0]
            return normal_form, _name(tag.POS)
    raise LookupError(word)


def _name(pos: object) -> str | None:
    return None if pos is None else str(pos)


def is_dictionary_word(word: str) -> bool:
    """Tell whether pymorphy3's dictionary has the word, in any case of letters."""
    try:
        return len(word) <= LONGEST_WORD and bool(analyzer().word_is_known(word.lower()))
    except UnicodeEncodeError:  # it holds a lone surrogate
        return False
