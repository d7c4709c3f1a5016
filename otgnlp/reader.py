"""From sentences to what the model counts, many at a time, mostly by looking chunks up."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.batch import FIRST_UNKNOWN, Batch, feature_id
from otgnlp.chunks import (
    CAPITALS,
    CODE_TYPE,
    CUT,
    DOUBT,
    ID_SHIFT,
    LONG,
    LOWEST_VOTE,
    VOTE,
    Chunks,
    looks_across,
    pack,
)
from otgnlp.language import is_russian
from otgnlp.schema import Caveat
from otgnlp.words import are_capitals, find_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from otgnlp.chunks import Codes
    from otgnlp.model import TopicModel
    from otgnlp.words import Word

_PIECE = 1 << 16  # characters
_PIECES = re.compile(rf"(?s:.{{1,{_PIECE}}})\S*")


class Reader:
    """Reads sentences for a model; what it remembers changes no answer."""

    def __init__(self, model: TopicModel, remembered: int) -> None:
        self._model = model
        self._chunks = Chunks(model, remembered)

    def read(self, sentences: Sequence[str]) -> tuple[Batch, list[Caveat | None]]:
        """Return the words of n sentences as the model counts them, and n caveats."""
        look_up = self._chunks.__getitem__
        codes = [b"".join(map(look_up, _split(sentence))) for sentence in sentences]
        found = _Flat(codes)
        whole = {
            number: find_words(sentences[number])
            for number in found.find_headlines() | found.find_doubtful(sentences)
        }
        if whole:
            for number, words in whole.items():
                codes[number] = self._encode(words)
            found = _Flat(codes)
        caveats = found.find_caveats()
        for number in whole.keys() | found.find_foreign():
            words = whole.get(number) or find_words(sentences[number])
            if not is_russian(sentences[number], words, self._model.knows):
                caveats[number] = Caveat.NOT_RUSSIAN
        return found.batch(), caveats

    def _encode(self, words: list[Word]) -> Codes:
        codes = []
        clause = 0
        for word in words:
            if word.clause != clause:
                codes.append(CUT)
                clause = word.clause
            codes.append(feature_id(word.feature, self._model) << ID_SHIFT)
        return pack(codes)


def _split(sentence: str) -> Iterable[str]:
    """Split at white space; what is long piece by piece, as its chunks would outgrow the caches."""
    if len(sentence) <= _PIECE:
        return sentence.split()
    return chain.from_iterable(piece[0].split() for piece in _PIECES.finditer(sentence))


class _Flat:
    """The codes of n sentences in one array, and what can be told from them."""

    def __init__(self, codes: list[Codes]) -> None:
        self._n_sentences = len(codes)
        n_codes = np.fromiter(map(len, codes), np.int64, len(codes)) // CODE_TYPE.itemsize
        codes_of_all = np.frombuffer(b"".join(codes), CODE_TYPE)
        owners = np.repeat(np.arange(len(codes)), n_codes)
        is_word = codes_of_all >= 0
        self._words = codes_of_all[is_word]
        self._owners = owners[is_word]
        self._clauses = np.cumsum(codes_of_all == CUT)[is_word] + self._owners
        self._doubtful = owners[codes_of_all == DOUBT]

    def batch(self) -> Batch:
        """Return the words as the first stage takes them."""
        return Batch(self._words >> ID_SHIFT, self._clauses, self._count(self._owners))

    def find_headlines(self) -> set[int]:
        """Return which sentences are in capitals."""
        long = self._words & LONG > 0
        upper = long & (self._words & CAPITALS > 0)
        n_long, n_upper = (self._count(self._owners[chosen]) for chosen in (long, upper))
        return set(np.flatnonzero(are_capitals(n_long, n_upper)).tolist())

    def find_doubtful(self, sentences: Sequence[str]) -> set[int]:
        """Return in which sentences razdel looks across white space."""
        return {n for n in self._doubtful.tolist() if looks_across(sentences[n])}

    def find_foreign(self) -> set[int]:
        """Return which sentences may be in another language: the votes go against Russian."""
        votes = (self._words & VOTE) + LOWEST_VOTE
        balance = np.bincount(self._owners, votes, minlength=self._n_sentences)
        return set(np.flatnonzero(balance < 0).tolist())

    def find_caveats(self) -> list[Caveat | None]:
        """Return a caveat for each sentence without a known word."""
        known = self._owners[self._words >> ID_SHIFT < FIRST_UNKNOWN]
        return [
            None if some else Caveat.NO_KNOWN_WORD for some in (self._count(known) > 0).tolist()
        ]

    def _count(self, owners: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(owners, minlength=self._n_sentences)
