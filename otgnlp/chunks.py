"""What stands between white space, read once and remembered.

Words come again, and with them the punctuation that clings to them, so most of a text need be
neither split nor lemmatised: each chunk of it is looked up. A chunk is remembered as
codes in a string of bytes, one code a word or a cut between clauses. razdel looks across white
space in a few places ("авиа- и", "70, 80"), and headlines in capitals are read otherwise than other
sentences: there the sentence is read as a whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from razdel.segmenters.punct import DASHES
from razdel.segmenters.tokenize import PUNCTS

from otgnlp.batch import feature_id
from otgnlp.language import LISTED, vote
from otgnlp.lemmas import LONGEST_WORD, dictionary_version
from otgnlp.text import split_tokens
from otgnlp.words import LONGEST_ABBREVIATION, is_cut, is_long, token_features

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otgnlp.model import TopicModel

# Chunks that are remembered unless the caller says otherwise; one takes about 200 bytes.
REMEMBERED_CHUNKS = 1 << 17

# A word's code: its feature's id, then from high bit to low whether its token is in capitals,
# whether it is one that tells (more than one letter), and its vote for Russian less LOWEST_VOTE.
ID_SHIFT = 5
CAPITALS = 1 << 4
LONG = 1 << 3
VOTE = LONG - 1
LOWEST_VOTE = -6
CUT = -1  # the clause ends
DOUBT = -2  # razdel may see what stands beyond the white space
CODE_TYPE = np.dtype("<i8")

_LONGEST_REMEMBERED = 2 * LONGEST_WORD

# Punctuation that razdel takes off a word, whichever it is, and that ends a clause.
_OPENING = '«"„“(['
_CLOSING = ',.;:!?…»"“”)]'
_CAPITALISED = re.compile("[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)*")  # read as in lower case
_LETTER = re.compile(r"[^\W\d_]")
# A word of one alphabet and punctuation around it.
_PLAIN = re.compile(rf"[{re.escape(_OPENING)}]*([А-ЯЁа-яё]+|[A-Za-z]+)[{re.escape(_CLOSING)}]*")

_WORD = rf"[^\s{re.escape(PUNCTS)}]"
_JOINT = rf"[_{re.escape(DASHES)}]"
_FIRST_TWO = re.compile(rf"{_JOINT}{_WORD}|[.,/\\]\d")
_LAST_TWO = re.compile(rf"{_WORD}{_JOINT}|\d[.,/\\]")
# What razdel's rules on dashes, underscores, decimals and fractions see across white space.
_ACROSS = re.compile(
    rf"\d[.,/\\]\s+\d|\d\s+[.,/\\]\d|{_WORD}{_JOINT}\s+{_WORD}|{_WORD}\s+{_JOINT}{_WORD}"
)

Codes = bytes


def pack(codes: Iterable[int]) -> Codes:
    """Return codes in the form in which they are remembered."""
    return b"".join([code.to_bytes(8, "little", signed=True) for code in codes])


_CUT = pack([CUT])


def looks_across(sentence: str) -> bool:
    """Tell whether razdel joins two characters of a sentence for what stands beyond a space."""
    return _ACROSS.search(sentence) is not None


class Chunks(dict[str, Codes]):
    """The codes of chunks, worked out when first asked for; at most `most` are remembered.

    When half of them are new, the others are forgotten, but for those that are asked for again.
    """

    def __init__(self, model: TopicModel, most: int = REMEMBERED_CHUNKS) -> None:
        super().__init__()
        self._model = model
        self._half = max(1, most // 2)
        self._older: dict[str, Codes] = {}
        self._lexicon = _usable_lexicon(model)

    def __missing__(self, chunk: str) -> Codes:
        codes = self._older.get(chunk)
        if codes is None:
            codes = self._look_up(chunk)
            if codes is None:
                codes = self._read(chunk)
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= self._half:
                self._older = dict(self)
                self.clear()
            self[chunk] = codes
        return codes

    def __reduce__(self) -> tuple[type[Chunks], tuple[TopicModel, int]]:
        return Chunks, (self._model, 2 * self._half)

    def _look_up(self, chunk: str) -> Codes | None:
        """Return the codes of a form of the lexicon, be it with a capital and punctuation."""
        tail = chunk.lstrip(_OPENING)
        word = tail.rstrip(_CLOSING)
        entry = self._lexicon.get(word)
        shape = LONG if len(word) > 1 else 0
        if entry is None:
            if word.isupper():
                if len(word) <= LONGEST_ABBREVIATION:
                    return None
                shape |= CAPITALS
            elif not _CAPITALISED.fullmatch(word):
                return None
            entry = self._lexicon.get(word.lower())
            if entry is None or (shape & CAPITALS and not entry & 1):
                return None
        code = entry >> 1 << ID_SHIFT | shape
        if entry & 1:
            code |= LISTED - LOWEST_VOTE
        else:
            code |= vote(word, 0, len(word), is_known=True) - LOWEST_VOTE
        codes = code.to_bytes(8, "little")
        if len(word) == len(chunk):
            return codes
        return (tail != chunk) * _CUT + codes + (word != tail) * _CUT

    def _read(self, chunk: str) -> Codes:
        codes: list[int] = []
        for start, stop in _spans(chunk):
            codes += self._read_token(chunk, start, stop)
        if _FIRST_TWO.match(chunk) or _LAST_TWO.fullmatch(chunk[-2:]):
            codes.append(DOUBT)
        return pack(codes)

    def _read_token(self, chunk: str, start: int, stop: int) -> Iterator[int]:
        token = chunk[start:stop]
        features = token_features(token, False)
        if not features and is_cut(token):
            yield CUT
        for feature, left, right in features:
            ballot = vote(chunk, start + left, start + right, self._model.knows(feature))
            yield _code(feature_id(feature, self._model), ballot, token if left == 0 else "")


def _spans(chunk: str) -> Iterable[tuple[int, int]]:
    """Return where the tokens of a chunk stand; tokens between words may be taken together."""
    if not _LETTER.search(chunk):
        return [(0, len(chunk))]
    plain = _PLAIN.fullmatch(chunk)
    if plain is None:
        return split_tokens(chunk)
    start, stop = plain.span(1)
    return [(0, start), (start, stop), (stop, len(chunk))]


def _code(feature: int, ballot: int, token: str) -> int:
    shape = LONG * is_long(token) | CAPITALS * token.isupper()
    return feature << ID_SHIFT | shape | ballot - LOWEST_VOTE


def _usable_lexicon(model: TopicModel) -> dict[str, int]:
    """Return the model's lexicon, empty if it was made with another dictionary than is here."""
    lexicon = model.lexicon
    if lexicon is None or lexicon.dictionary != dictionary_version():
        return {}
    return lexicon.read()
