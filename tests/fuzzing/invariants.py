"""What holds of every text, whatever it is: the checks that property tests and the fuzzer share."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.equality import differences
from benchmarks.plain import Plain
from otgnlp import Caveat, Document, Tagger, bundled_model
from otgnlp.documents import document_scores, has_headline
from otgnlp.lemmas import analyse

if TYPE_CHECKING:
    from otgnlp.schema import Token

_FEW = (1, 7)  # chunks that forgetful taggers remember
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Invariants:
    """Checks texts on the bundled model's tagger, beside which stand forgetful ones."""

    def __init__(self) -> None:
        self.tagger = Tagger.load(bundled_model())
        self._forgetful = [Tagger(self.tagger.model, remembered=most) for most in _FEW]
        self._plain = Plain(self.tagger.model)

    def check(self, text: str) -> Document:
        """Check all that holds of one text; return what it was tagged with."""
        document = self.tagger.tag(text)
        check_document(document, text)
        stored = check_record(document)
        check_topics(document, self.tagger)
        check_evidence(stored, self.tagger)  # there it need not be worked out again
        check_lines(document, self.tagger)
        check_sentences(document, self.tagger)
        check_plain(document, self._plain)
        for tagger in self._forgetful:
            assert tagger.tag(text) == document
        return document


def check_document(document: Document, text: str) -> None:
    """Check offsets, order, that nothing overlaps, and that only white space is left out."""
    assert document.text == text
    edges = [(0, 0), *((s.start, s.stop) for s in document.sentences), (len(text), len(text))]
    for (_, previous), (start, _) in pairwise(edges):
        assert previous <= start
        assert not text[previous:start].strip()
    for sentence in document.sentences:
        assert sentence.start < sentence.stop
        assert text[sentence.start : sentence.stop] == sentence.text == sentence.text.strip()
        assert len(sentence.text.splitlines()) == 1
        _check_tokens(sentence.tokens, text, sentence.start, sentence.stop)


def _check_tokens(tokens: tuple[Token, ...], text: str, start: int, stop: int) -> None:
    previous = start
    for token in tokens:
        assert previous <= token.start < token.stop <= stop
        assert not text[previous : token.start].strip()
        assert text[token.start : token.stop] == token.text
        previous = token.stop
    assert not text[previous:stop].strip()


def check_record(document: Document) -> Document:
    """Check that the document can be stored, and shows itself; return it as it came back.

    JSON reads two lone surrogates that would make a pair as the one character of that pair.
    """
    data = document.to_dict()
    if not _PAIR.search(document.text):
        data = json.loads(json.dumps(data))
    again = Document.from_dict(data)
    assert again == document
    assert again.to_dict() == data
    assert repr(document)
    assert all(map(repr, document.sentences))
    return again


def check_topics(document: Document, tagger: Tagger) -> None:
    """Check probabilities, and that the topics are those at the threshold or above, best first."""
    rows = [list(sentence.probabilities.values()) for sentence in document.sentences]
    for sentence, row in zip(document.sentences, rows, strict=True):
        assert tuple(sentence.probabilities) == tagger.topics
        assert all(0.0 <= value <= 1.0 for value in row)
        _check_given(sentence.topics, dict(sentence.probabilities), tagger)
        if sentence.caveat == Caveat.NOT_RUSSIAN:
            assert not any(row)
    spans = [(sentence.start, sentence.stop) for sentence in document.sentences]
    table = np.array(rows).reshape(-1, len(tagger.topics))
    scores = document_scores(table, has_headline(document.text, spans))
    _check_given(document.topics, dict(zip(tagger.topics, scores, strict=True)), tagger)


def _check_given(given, probabilities, tagger):
    expected = {t: p for t, p in probabilities.items() if p >= tagger.thresholds[t]}
    assert {score.topic: score.probability for score in given} == expected
    found = [score.probability for score in given]
    assert found == sorted(found, reverse=True)


def check_evidence(document: Document, tagger: Tagger) -> None:
    """Check that evidence stands in the text, and sums to the first stage's score."""
    scores = tagger.decision_function([sentence.text for sentence in document.sentences])
    for sentence, row in zip(document.sentences, scores, strict=True):
        for topic, score in zip(tagger.topics, row, strict=True):
            evidence = sentence.evidence(topic)
            total = sum(item.contribution for item in evidence)
            assert abs(total + tagger.bias[topic] - score) < 1e-9
            for token in (token for item in evidence for token in item.tokens):
                assert sentence.start <= token.start < token.stop <= sentence.stop
                assert document.text[token.start : token.stop] == token.text
                assert analyse(token.text) == (token.lemma, token.pos)


def check_lines(document: Document, tagger: Tagger) -> None:
    """Check that a text's sentences are those of its lines, each tagged as a text of its own."""
    found = []
    offset = 0
    for line in document.text.splitlines(keepends=True):
        found += [_placed(sentence, offset) for sentence in tagger.tag(line).sentences]
        offset += len(line)
    assert found == [_placed(sentence, 0) for sentence in document.sentences]


def _placed(sentence, offset):
    return (
        *(sentence.text, sentence.start + offset, sentence.stop + offset),
        *(sentence.topics, sentence.probabilities, sentence.caveat),
    )


def check_sentences(document: Document, tagger: Tagger) -> None:
    """Check that each sentence is given what it is given alone, to the last bit.

    Alone and as a text, it may be split once more: razdel sees ten characters on either side of a
    place where a sentence may end, those of its neighbours too.
    """
    for sentence in document.sentences:
        (row,) = tagger.predict_proba([sentence.text]).tolist()
        assert row == list(sentence.probabilities.values())
        alone = tagger.tag(sentence.text).sentences
        if len(alone) == 1:
            assert _placed(alone[0], sentence.start) == _placed(sentence, 0)


def check_plain(document: Document, plain: Plain) -> None:
    """Check the answer against the slow and obvious way to it, razdel and pymorphy3 themselves."""
    assert list(differences(plain, document)) == []
