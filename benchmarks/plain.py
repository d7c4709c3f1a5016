"""What otgnlp answers, worked out the slow and obvious way.

razdel splits, pymorphy3 parses, the model's raw tables decide; nothing of otgnlp's own engine is
used. `benchmarks.equality` compares the two. A change of what otgnlp means to answer has to be made
here as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

import razdel
from pymorphy3 import MorphAnalyzer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_WORD = 64

_IGNORABLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0300\u0301]")
_CUTS = frozenset(',;:.!?…()[]«»"„“”—–-')
_MISREAD = {"ия": "ии"}
_FEWEST = 3


@dataclass(frozen=True)
class PlainToken:
    """A token with its lemma and part of speech; offsets are into the sentence."""

    text: str
    lemma: str
    pos: str | None
    start: int
    stop: int


@dataclass(frozen=True)
class PlainWord:
    """A word's feature, where it stands in its sentence, and the number of its clause."""

    feature: str
    start: int
    stop: int
    clause: int


@dataclass(frozen=True)
class PlainSentence:
    """What there is to say of a sentence; `start` is into its text."""

    text: str
    start: int
    tokens: tuple[PlainToken, ...]
    probabilities: Mapping[str, float]
    topics: frozenset[str]
    caveat: str | None


class Plain:
    """The plain path by a loaded model (`Tagger.model`), of which only the raw tables are read."""

    def __init__(self, model: Any) -> None:
        self._topics: tuple[str, ...] = model.topics
        self._thresholds: tuple[float, ...] = model.thresholds
        self._words = {word: row for row, word in enumerate(model.words, start=1)}
        self._pairs = {
            (key >> 32, key & 0xFFFFFFFF): row
            for row, key in enumerate(model.pairs.tolist(), start=1 + len(model.words))
        }
        self._weights: list[list[float]] = model.weights.tolist()
        self._bias: list[float] = model.bias.tolist()
        self._calibration: list[list[float]] = model.calibration_weights.tolist()
        self._calibration_bias: list[float] = model.calibration_bias.tolist()
        self._morphology = Morphology()

    def sentences(self, text: str) -> Iterator[PlainSentence]:
        """Split a text, and judge each sentence."""
        offset = 0
        for line in text.splitlines(keepends=True):
            whole = line.splitlines()[0]
            for sentence in razdel.sentenize(whole):
                if sentence.text:
                    yield self.judge(sentence.text, offset + sentence.start)
            offset += len(line)

    def judge(self, sentence: str, start: int = 0) -> PlainSentence:
        """Judge one sentence."""
        tokens = [(token.text, token.start, token.stop) for token in razdel.tokenize(sentence)]
        words = self._morphology.words(tokens)
        rows = [self._words.get(word.feature, 0) for word in words]
        pairs = [self._pairs.get(pair, 0) for pair in pairwise(rows)]
        caveat = None
        if not self._morphology.is_russian(sentence, words, self._words):
            caveat = "not Russian"
        elif not any(rows) and not any(pairs):
            caveat = "no known word"
        found = [0.0] * len(self._topics)
        if caveat != "not Russian":
            features = self._features(words, rows, pairs)
            found = [
                _logistic(sum(map(float.__mul__, weights, features)) + bias)
                for weights, bias in zip(self._calibration, self._calibration_bias, strict=True)
            ]
        given = zip(self._topics, found, self._thresholds, strict=True)
        return PlainSentence(
            sentence,
            start,
            tuple(
                PlainToken(text, *self._morphology.parse(text), left, right)
                for text, left, right in tokens
            ),
            dict(zip(self._topics, found, strict=True)),
            frozenset(topic for topic, probability, limit in given if probability >= limit),
            caveat,
        )

    def _features(self, words: list[PlainWord], rows: list[int], pairs: list[int]) -> list[float]:
        """Return what the second stage reads, block by block, the logarithm of the length last."""
        n_words = max(1, len({word.feature for word in words}))
        blocks: list[list[float]] = [[], [], [], [], []]
        for topic, bias in enumerate(self._bias):
            added = [
                self._weights[row][topic] / sqrt(n_words) for row in dict.fromkeys(rows + pairs)
            ]
            strongest = sorted((max(0.0, value) for value in added), reverse=True)[:3]
            best, share = self._best_clause(topic, words, rows, pairs)
            values = (sum(added) + bias, max([0.0, *strongest]), sum(strongest), best, share)
            for block, value in zip(blocks, values, strict=True):
                block.append(value)
        return [*(value for block in blocks for value in block), log(n_words)]

    def _best_clause(
        self, topic: int, words: list[PlainWord], rows: list[int], pairs: list[int]
    ) -> tuple[float, float]:
        """Return the score of the best clause, and its share of the words."""
        best, share = -float("inf"), 0.0
        for clause in sorted({word.clause for word in words}):
            places = [i for i, word in enumerate(words) if word.clause == clause]
            score = sum(self._weights[rows[i]][topic] for i in places)
            score += sum(self._weights[pairs[i]][topic] for i in places[:-1])
            score = score / sqrt(max(_FEWEST, len(places))) + self._bias[topic]
            if score > best:
                best, share = score, len(places) / len(words)
        return (best, share) if words else (self._bias[topic], 0.0)


class Morphology:
    """pymorphy3 on the tokens of a sentence; parses are kept in a dictionary, to spare time."""

    def __init__(self) -> None:
        self._analyzer = MorphAnalyzer(lang="ru")
        self._parses: dict[str, tuple[str, str | None]] = {}
        self._listed: dict[str, bool] = {}

    def parse(self, token: str) -> tuple[str, str | None]:
        """Return the lemma and part of speech of the first parse."""
        if token not in self._parses:
            self._parses[token] = self._parse(token)
        return self._parses[token]

    def _parse(self, token: str) -> tuple[str, str | None]:
        word = clean(token)
        if not has_letter(word):
            return token, None
        if len(word) > LONGEST_WORD:
            return word.lower(), None
        try:
            first = self._analyzer.parse(word)[0]
        except (ValueError, LookupError, RecursionError):
            return word.lower(), None
        return first.normal_form, None if first.tag.POS is None else str(first.tag.POS)

    def is_listed(self, word: str) -> bool:
        """Tell whether the dictionary has a word, in any case of letters."""
        if word not in self._listed:
            self._listed[word] = len(word) <= LONGEST_WORD and self._is_known(word.lower())
        return self._listed[word]

    def _is_known(self, word: str) -> bool:
        try:
            return bool(self._analyzer.word_is_known(word))
        except UnicodeEncodeError:
            return False

    def words(self, tokens: list[tuple[str, int, int]]) -> list[PlainWord]:
        """Return the words among the tokens of a sentence, with features and clauses."""
        long = [text for text, _, _ in tokens if len(text) > 1 and text[0].isalpha()]
        in_capitals = 2 * sum(text.isupper() for text in long) > len(long)
        words: list[PlainWord] = []
        clause, cut = 0, False
        for text, start, _ in tokens:
            if not has_letter(clean(text)):
                cut = cut or any(letter in _CUTS for letter in text)
                continue
            if cut and words:
                clause += 1
            cut = False
            for left, right in self._parts(text, in_capitals):
                part = text[left:right] if (left, right) != (0, len(text)) else clean(text)
                feature = self._feature(part.lower() if in_capitals else part)
                words.append(PlainWord(feature, start + left, start + right, clause))
        return words

    def _parts(self, token: str, in_capitals: bool) -> list[tuple[int, int]]:
        """Return where the words glued together in a token stand, or the whole token."""
        whole = [(0, len(token))]
        cuts = [m.start() for m in re.finditer("(?<=[а-яё])(?=[А-ЯЁ])", token)]
        if in_capitals or not cuts or self.is_listed(token):
            return whole
        parts = list(zip([0, *cuts], [*cuts, len(token)], strict=True))
        good = all(right - left >= 3 and self.is_listed(token[left:right]) for left, right in parts)
        return parts if good else whole

    def _feature(self, word: str) -> str:
        if word.isupper() and 1 < len(word) <= 6 and word.isalpha():
            lemma = word.lower()
        else:
            lemma = self.parse(word)[0].lower()
        return _MISREAD.get(lemma, lemma).replace("ё", "е")

    def is_russian(self, sentence: str, words: list[PlainWord], known: Mapping[str, int]) -> bool:
        """Tell whether a sentence is Russian: each word votes."""
        unquoted = _QUOTED.sub(lambda title: " " * len(title[0]), sentence)
        balance = 0
        for word in words:
            before, after = sentence[: word.start][-1:], sentence[word.stop : word.stop + 2]
            joined = before in _JOINTS or (after[:1] in _JOINTS and after[1:].isalnum())
            if word.stop - word.start > LONGEST_WORD or joined:
                continue
            vote = self._vote(sentence[word.start : word.stop], word.feature in known)
            balance += max(vote, 0) if unquoted[word.start] == " " else vote
        return balance >= 0

    def _vote(self, token: str, is_known: bool) -> int:
        word = clean(token)
        lower = word.lower()
        is_russian = re.fullmatch("[а-яё]+(-[а-яё]+)*", lower)
        if is_russian and self.is_listed(lower):
            return 1
        if not word[:1].islower() or len(lower) == 1:
            return 0
        if _TELLTALE.fullmatch(lower):
            return -6
        if is_russian:
            return -1 if is_known else -3
        if re.fullmatch("[a-z]+", lower):
            return -1
        return 0 if re.fullmatch("[а-яёa-z-]+", lower) else -4


_JOINTS = tuple("/@._:#&=?\\~%+-")
_QUOTED = re.compile('«[^«»]{1,60}»|["“„][^"“”„]{1,60}["”“]')
_TELLTALE = re.compile(
    "січня|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|грудня"
    "|студзеня|красавіка|чэрвеня|верасня|кастрычніка|снежня"
    "|[а-яё]+[лнтд]ар(ында|ын|ына|га|дан|да|дын|ды)"
)


def clean(word: str) -> str:
    """Return a word without marks that are no letters of it."""
    if re.search("[\u0306\u0308]", word):
        word = unicodedata.normalize("NFC", word)
    return _IGNORABLE.sub("", word)


def has_letter(word: str) -> bool:
    """Tell whether a token is a word."""
    return any(letter.isalpha() for letter in word)


def _logistic(logit: float) -> float:
    return 1 / (1 + exp(-logit)) if logit > -700 else 0.0
