"""Word forms that were analysed when the model was trained, so that tagging need not do it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from otgnlp import lemmas
from otgnlp.words import token_features

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

# One byte a letter, and a letter or a sign for every byte.
_ENCODING = "koi8_r"
_FORM = re.compile("[а-яё]+(?:-[а-яё]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Forms in lower case, each with the row of its feature and whether the dictionary has it.

    `forms` (b,) uint8 holds the forms in KOI8-R, one a line; `entries` (f,) uint32 holds
    row × 2 + 1 for a form that stands in pymorphy3's dictionary, row × 2 for another;
    `dictionary` is the version of that dictionary, without which no entry can be relied on.
    """

    forms: NDArray[np.uint8]
    entries: NDArray[np.uint32]
    dictionary: str

    def read(self) -> dict[str, int]:
        """Return the entry of each form; raises `ValueError` if the arrays do not fit together."""
        return dict(zip(self._split(), self.entries.tolist(), strict=True))

    def fits(self, n_words: int) -> bool:
        """Tell whether all entries name rows of a table of so many words."""
        rows = self.entries >> 1
        return bool(((rows > 0) & (rows <= n_words)).all())

    def moved(self, rows: NDArray[np.intp]) -> Lexicon:
        """Return the lexicon of a model whose word of row r now stands in row `rows[r]`."""
        entries = rows[self.entries >> 1] << 1 | self.entries & 1
        return replace(self, entries=entries.astype(np.uint32))

    def _split(self) -> list[str]:
        text = self.forms.tobytes().decode(_ENCODING)
        return text.split("\n") if text else []


def count_forms(forms: NDArray[np.uint8]) -> int:
    """Return how many forms the array holds."""
    return int(np.count_nonzero(forms == ord("\n"))) + 1 if forms.size else 0


def compile_lexicon(features: Mapping[str, str], rows: Mapping[str, int]) -> Lexicon:
    """Return the lexicon of forms, given their features, whose feature has a row.

    Forms that are no plain Russian word in lower case are left out.
    """
    entries = {
        form: rows[feature] << 1 | lemmas.is_dictionary_word(form)
        for form, feature in features.items()
        if feature in rows and _FORM.fullmatch(form) and len(form) <= lemmas.LONGEST_WORD
    }
    return _build(entries, lemmas.dictionary_version())


def merge_lexicons(lexicons: Iterable[Lexicon]) -> Lexicon | None:
    """Return the lexicon with all forms of several, None if they are of different dictionaries."""
    entries: dict[str, int] = {}
    dictionaries = set()
    for lexicon in lexicons:
        entries |= lexicon.read()
        dictionaries.add(lexicon.dictionary)
    return _build(entries, dictionaries.pop()) if len(dictionaries) == 1 else None


def find_forms(sentence: str) -> set[str]:
    """Return the forms of a sentence that a lexicon can hold."""
    return {form for form in _FORM.findall(sentence.lower()) if len(form) <= lemmas.LONGEST_WORD}


def feature_of(form: str) -> str:
    """Return the feature of a form."""
    ((feature, _, _),) = token_features(form, False)
    return feature


def _build(entries: Mapping[str, int], dictionary: str) -> Lexicon:
    forms = sorted(entries)
    blob = "\n".join(forms).encode(_ENCODING)
    numbers = [entries[form] for form in forms]
    return Lexicon(
        np.frombuffer(blob, dtype=np.uint8), np.array(numbers, dtype=np.uint32), dictionary
    )
