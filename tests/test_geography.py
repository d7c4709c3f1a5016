"""Countries swapped in a sentence, and the samples of the learning curves."""

from __future__ import annotations

import json

import pymorphy3

from otgnlp.labelled import LabelledSentence
from training import curves, geography
from training.geography import COUNTRIES, swaps


def texts(sentence):
    return {swap.country: swap.text for swap in swaps([sentence])}


def test_case_and_capitals_are_kept():
    found = texts("В Казахстане и Турции построят порт.")
    assert len(found) == len(COUNTRIES) - 1
    assert found["узбекистан"] == "В Узбекистане и Турции построят порт."
    assert found["россия"] == "В России и Турции построят порт."
    assert texts("ГАЗ ДЛЯ КИТАЯ")["грузия"] == "ГАЗ ДЛЯ ГРУЗИИ"
    assert "казахстан" not in found


def test_sentences_without_a_country():
    assert not list(swaps(["Порт открыт.", "турция с малой буквы", ""]))


def test_countries_are_nouns_that_pymorphy3_knows():
    analyzer = pymorphy3.MorphAnalyzer(lang="ru")
    for country in COUNTRIES:
        parse = analyzer.parse(country)[0]
        assert parse.normal_form == country
        assert "Geox" in parse.tag


def test_command(tmp_path, capsys):
    data = tmp_path / "data.jsonl"
    lines = ["Газ из Туркмении пошёл в Китай.", "В Иране прошёл дождь.", "Порт открыт."]
    rows = [json.dumps({"text": text, "topics": []}, ensure_ascii=False) for text in lines]
    data.write_text("\n".join(rows), encoding="utf-8")
    assert geography.main([str(data)]) == 0
    out = capsys.readouterr().out
    assert f"| 2 | {2 * (len(COUNTRIES) - 1)} |" in out
    assert "country put in" in out


def test_samples_hold_each_other_and_whole_groups():
    sentences = [LabelledSentence(str(i), (), str(i // 3)) for i in range(300)]
    half, whole = (curves._sample(sentences, share) for share in (0.5, 1.0))
    assert whole == sentences
    assert len(half) == 150
    quarter = curves._sample(sentences, 0.25)
    assert {s.text for s in quarter} < {s.text for s in half}
    assert len({s.group for s in half}) == 50
