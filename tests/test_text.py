"""Sentences and tokens: readable cases, and the same answer as plain razdel on everything else."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import razdel
from hypothesis import given
from hypothesis import strategies as st

from otgnlp.text import split_sentences, split_tokens

DATA = Path(__file__).parent / "data"
MARKS = str.maketrans({"⏎": "\n", "␣": "\u00a0"})
CUT = "¦"


def cases(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [
        line.translate(MARKS).replace("\\r", "\r") for line in lines if not line.startswith("#")
    ]


def parts(text: str, spans: object) -> list[str]:
    return [text[start:stop] for start, stop in spans]


@pytest.mark.parametrize("case", cases("sentences.txt"))
def test_sentences(case):
    text = case.replace(CUT, "")
    assert parts(text, split_sentences(text)) == [part.strip() for part in case.split(CUT)]


@pytest.mark.parametrize("case", cases("tokens.txt"))
def test_tokens(case):
    text = case.replace(CUT, "")
    assert parts(text, split_tokens(text)) == [part.strip() for part in case.split(CUT)]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u00a0\t\r\n"])
def test_nothing_in_nothing_out(text):
    assert list(split_sentences(text)) == []
    assert list(split_tokens(text)) == []


# What razdel's rules look at: bullets, initials, abbreviations, smileys, brackets, quotes, dashes.
PIECES = st.sampled_from(
    """а. А. 1. 8.1. IV. т.е. тыс. руб. г. им. — - … . .. ? ! ?! ; : ) ( :-) =(( ;)) « » " ' „ “ ” а
    Б слово Слово 12 3,5 1/2 yahoo! *** -- _ / \u00ad\u0301 Δ β é 中""".split()
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "  ", "\u00a0"])), max_size=40).map(
    lambda items: "".join(piece + space for piece, space in items)
)


@given(TEXTS)
def test_same_sentences_as_razdel(text):
    expected = [(s.start, s.stop) for s in razdel.sentenize(text) if s.text]
    assert list(split_sentences(text)) == expected


@given(st.one_of(TEXTS, st.text(max_size=60)))
def test_same_tokens_as_razdel(text):
    assert list(split_tokens(text)) == [(t.start, t.stop) for t in razdel.tokenize(text)]


@given(st.text(max_size=80))
def test_only_white_space_is_left_between_sentences(text):
    previous = 0
    for start, stop in [*split_sentences(text), (len(text), len(text))]:
        assert previous <= start <= stop
        assert not text[previous:start].strip()
        previous = stop


@pytest.mark.parametrize("piece", ["а. ", "А. Б. ", ".", "а-", "(", '"', ":-) ", "слово "])
def test_cost_is_linear(piece):
    def seconds(n: int) -> float:
        text = piece * n
        times = []
        for _ in range(3):
            started = time.perf_counter()
            for start, stop in split_sentences(text):
                list(split_tokens(text[start:stop]))
            times.append(time.perf_counter() - started)
        return min(times)

    # Eight times the text may take eight times as long, but nowhere near sixty-four times.
    assert seconds(32_000) < 24 * seconds(4_000)


def test_same_as_razdel_on_shuffled_news():
    words = (DATA.parent.parent / "examples" / "summit.txt").read_text(encoding="utf-8").split()
    shuffled = random.Random(0)
    for _ in range(200):
        text = " ".join(shuffled.choices(words, k=60))
        assert list(split_sentences(text)) == [
            (s.start, s.stop) for s in razdel.sentenize(text) if s.text
        ]
