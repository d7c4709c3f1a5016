"""Lemmas, and the features that the model counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymorphy3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otgnlp import lemmas
from otgnlp.lemmas import LONGEST_WORD, analyse
from otgnlp.words import find_words

LINES = (Path(__file__).parent / "data" / "words.txt").read_text(encoding="utf-8").splitlines()
CASES = [line.replace("␣", "\u00a0").split(" → ") for line in LINES if not line.startswith("#")]


@pytest.mark.parametrize(("sentence", "features"), CASES)
def test_features(sentence, features):
    assert " ".join(word.feature for word in find_words(sentence)) == features


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        ("Порт открыт, суда ждут.", [0, 0, 1, 1]),
        ("— «Газ» — подорожал (на 1,5 %) и 3 рубля", [0, 1, 2, 3, 3]),
        ("Санкт-Петербург: Нева и Северо-Запад", [0, 1, 1, 1]),
        ("... !", []),
    ],
)
def test_clauses(sentence, clauses):
    assert [word.clause for word in find_words(sentence)] == clauses


@given(st.text(max_size=60))
def test_words_point_into_the_sentence_in_order(sentence):
    previous = 0
    for word in find_words(sentence):
        assert previous <= word.start < word.stop <= len(sentence)
        assert any(map(str.isalpha, sentence[word.start : word.stop]))
        previous = word.stop
    clauses = [word.clause for word in find_words(sentence)]
    assert sorted(set(clauses)) == list(range(len(set(clauses))))
    assert clauses == sorted(clauses)


@pytest.mark.parametrize("token", ["энергетики", "железной", "Токаева", "ТЭЦ-2", "ёлки", "МВт"])
def test_best_parse_of_pymorphy3(token):
    best = pymorphy3.MorphAnalyzer(lang="ru").parse(token)[0]
    assert analyse(token) == (best.normal_form, best.tag.POS)


@pytest.mark.parametrize("token", ["5", "—", "...", "12,5", "№", ":-)"])
def test_no_word_keeps_its_text(token):
    assert analyse(token) == (token, None)


def test_endless_words_are_not_analysed():
    word = "не" * LONGEST_WORD
    assert analyse(word) == (word, None)
    assert find_words("Не" * 2000)[0].feature == "не" * 2000


def test_lower_case_longer_than_the_word_moves_no_offset():
    sentence = "İSTANBUL İÇİN ПОЕЗД"
    assert [sentence[word.start : word.stop] for word in find_words(sentence)][-1] == "ПОЕЗД"


def test_threads_share_one_analyzer():
    lemmas._analyzer = None
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: lemmas.analyzer(), range(32)))
    assert all(analyzer is made[0] for analyzer in made)
