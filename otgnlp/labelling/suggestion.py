"""Which sentences a model would learn most from: those that it doubts, no two of them alike.

Doubt is uncertainty sampling (Lewis and Gale, "A sequential algorithm for training text
classifiers", SIGIR 1994) for several topics: each is a decision of its own, as in Brinker, "On
active learning in multi-label classification" (2006), and the topics share the suggestions among
them, as Esuli and Sebastiani ask for in "Active learning strategies for multi-label text
classification" (ECIR 2009). Whose turn it is, D'Hondt's rule of highest averages decides: a topic
that the model doubts often gets more, one that it doubts seldom is not forgotten. A sentence that
is like one already chosen is worth less, as in maximal marginal relevance (Carbonell and
Goldstein, SIGIR 1998).

Words that are new to the model are told but do not count: names, slips of the pen and foreign
sentences have most of them, and teach little.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from otgnlp import thresholds
from otgnlp.errors import InputError
from otgnlp.words import find_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from otgnlp.model import Floats, TopicModel
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold

_CANDIDATES = 10  # most doubtful sentences that a topic offers for each suggestion asked for
_NEARLY_THE_SAME = 0.6  # Jaccard similarity of the words of two sentences, at most
_MOST_CERTAIN = 1e-6  # probabilities closer to 0 and 1 than this are no more certain
_BLOCK = 4096  # sentences tagged at a time
_MOST_NEW_WORDS = 3  # that a reason names
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be suggested, and where it stands: characters of a file's text."""

    text: str
    file: str = ""
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A sentence worth labelling: what the model makes of it now, and why it is suggested.

    `topics` are those that the model gives, best first; `doubt` is that of the topic that `reason`
    names, from 0 to 1: the ratio of the odds of its probability and of its threshold, 1 where they
    are equal.
    """

    candidate: Candidate
    topics: tuple[str, ...]
    probabilities: Mapping[str, float]
    doubt: float
    reason: str


def suggest(
    tagger: Tagger,
    candidates: Iterable[Candidate],
    n: int,
    *,
    threshold: Threshold = None,
    skip: Iterable[str] = (),
) -> list[Suggestion]:
    """Return at most `n` sentences worth labelling, the most instructive first.

    Left out are sentences without a letter, those that have the letters of an earlier one or of
    one in `skip`, and those that share most of their words with one already chosen. The same
    sentences in the same order give the same suggestions. Raises `InputError`.

    >>> import otgnlp
    >>> tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
    >>> texts = ["Порт принял 5 судов.", "Порт принял 7 судов.", "Шёл дождь."]
    >>> sorted(s.candidate.text for s in suggest(tagger, map(Candidate, texts), 3))
    ['Порт принял 5 судов.', 'Шёл дождь.']
    """
    if n < 1:
        raise InputError(f"the number of suggestions must be 1 or more, not {n}")
    limits = thresholds.resolve(threshold, tagger.model)
    kept, probabilities = _tag(tagger, _unseen(candidates, skip))
    doubt = _doubt(probabilities, limits)
    pool = _most_doubtful(doubt, _CANDIDATES * n)
    words = [{word.feature for word in find_words(kept[row].text)} for row in pool]
    chosen = [(int(pool[row]), topic) for row, topic in _choose(doubt[pool], words, n)]
    guesses = tagger.predict((kept[row].text for row, _ in chosen), threshold)
    return [
        Suggestion(
            kept[row],
            topics,
            dict(zip(tagger.topics, probabilities[row].tolist(), strict=True)),
            float(doubt[row, topic]),
            _reason(tagger.model, kept[row].text, topic, probabilities[row, topic], limits[topic]),
        )
        for (row, topic), topics in zip(chosen, guesses, strict=True)
    ]


def _unseen(candidates: Iterable[Candidate], skip: Iterable[str]) -> Iterator[Candidate]:
    """Yield the candidates that no other and no sentence to skip equals, letter by letter.

    Figures do not count: rates of exchange and weather are the same sentence day after day.
    """
    seen = {"", *map(_letters, skip)}
    for candidate in candidates:
        letters = _letters(candidate.text)
        if letters not in seen:
            seen.add(letters)
            yield candidate


def _letters(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold().replace("ё", "е")))


def _tag(tagger: Tagger, candidates: Iterator[Candidate]) -> tuple[list[Candidate], Floats]:
    """Return the candidates as a list, and their probabilities, shape (n, k)."""
    kept: list[Candidate] = []
    rows = [np.zeros((0, len(tagger.topics)))]
    while block := list(islice(candidates, _BLOCK)):
        kept += block
        rows.append(tagger.predict_proba(candidate.text for candidate in block))
    return kept, np.concatenate(rows)


def _doubt(probabilities: Floats, limits: Sequence[float]) -> Floats:
    """Return the doubt in each topic of each sentence, shape (n, k), above 0 and at most 1."""
    doubt: Floats = np.exp(-np.abs(_log_odds(probabilities) - _log_odds(np.array(limits))))
    return doubt


def _log_odds(probabilities: Floats) -> Floats:
    certain = np.clip(probabilities, _MOST_CERTAIN, 1 - _MOST_CERTAIN)
    log_odds: Floats = np.log(certain) - np.log1p(-certain)
    return log_odds


def _most_doubtful(doubt: Floats, n: int) -> NDArray[np.intp]:
    """Return the rows that are among the `n` most doubtful of a topic, ascending."""
    return np.unique(np.argsort(-doubt, axis=0, kind="stable")[:n])


def _choose(doubt: Floats, words: list[set[str]], n: int) -> Iterator[tuple[int, int]]:
    """Yield up to `n` rows, each with the column of the topic for which it was chosen.

    Each time, the topics' best rows compete: doubt times dissimilarity to what was chosen, divided
    by one more than the number of rows that the topic has got already.
    """
    if not words:
        return
    overlap = _Overlap(words)
    nearest = np.zeros(len(words))
    shares = np.zeros(doubt.shape[1])
    for _ in range(n):
        gain = doubt * np.where(nearest > _NEARLY_THE_SAME, 0.0, 1.0 - nearest)[:, np.newaxis]
        topic = int(np.argmax(gain.max(axis=0) / (1.0 + shares)))
        row = int(np.argmax(gain[:, topic]))
        if gain[row, topic] <= 0.0:
            return
        yield row, topic
        shares[topic] += 1
        nearest = np.maximum(nearest, overlap.with_row(row))


class _Overlap:
    """Jaccard similarity of one sentence's words to those of all, by an inverted index."""

    def __init__(self, words: list[set[str]]) -> None:
        self._words = words
        self._sizes = np.array([len(of_row) for of_row in words])
        rows = defaultdict(list)
        for row, of_row in enumerate(words):
            for word in of_row:
                rows[word].append(row)
        self._rows = {word: np.array(with_word) for word, with_word in rows.items()}

    def with_row(self, row: int) -> Floats:
        """Return the similarity of a row to every row, from 0 to 1, 1 to itself."""
        shared = np.zeros(len(self._words))
        for word in self._words[row]:
            shared[self._rows[word]] += 1
        similarity: Floats = shared / (self._sizes + self._sizes[row] - shared)
        similarity[row] = 1.0
        return similarity


def _reason(model: TopicModel, text: str, topic: int, probability: float, threshold: float) -> str:
    reason = (
        f"{model.topics[topic]} in doubt: probability {probability:.2f}, threshold {threshold:.2f}"
    )
    new = [
        text[word.start : word.stop] for word in find_words(text) if not model.knows(word.feature)
    ]
    if not new:
        return reason
    return f"{reason}; new words: {', '.join(list(dict.fromkeys(new))[:_MOST_NEW_WORDS])}"
