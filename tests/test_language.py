"""Sentences in other languages get no topics; Russian ones are not silenced for their names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

import otgnlp
from otgnlp.bundled import bundled_tagger
from otgnlp.labelled import read_labelled
from otgnlp.language import is_russian
from otgnlp.words import find_words
from training.paths import corpus_files

DATA = Path(__file__).parent / "data"


def lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def foreign() -> dict[str, list[str]]:
    sentences = defaultdict(list)
    for line in lines("other-languages.tsv"):
        language, sentence = line.split("\t")
        sentences[language].append(sentence)
    return sentences


def taken_for_russian(sentences):
    return [s for s in sentences if is_russian(s, find_words(s), bundled_tagger().model.knows)]


@pytest.mark.parametrize(("language", "sentences"), foreign().items())
def test_other_languages(language, sentences):
    assert len(sentences) >= 20
    assert len(taken_for_russian(sentences)) <= len(sentences) / 10


def test_hardly_any_sentence_of_other_languages_is_tagged():
    sentences = [sentence for group in foreign().values() for sentence in group]
    tagged = [s for s in sentences for found in otgnlp.tag(s).sentences if found.topics]
    assert len(tagged) <= 0.01 * len(sentences)


def test_russian_full_of_foreign_names_is_not_silenced():
    sentences = lines("russian.txt")
    assert len(sentences) >= 50
    assert len(taken_for_russian(sentences)) >= 0.93 * len(sentences)


def test_ordinary_russian_is_not_silenced():
    files = read_labelled(corpus_files())
    sentences = [sentence.text for file in files for sentence in file.sentences]
    assert taken_for_russian(sentences) == sentences


@pytest.mark.parametrize(
    "sentence",
    ["", "123", "КТЖ", "ИИ", "Baku", "Подробности: https://stat.gov.kz/ru/news", "Wi-Fi в поездах"],
)
def test_in_doubt_it_is_russian(sentence):
    assert taken_for_russian([sentence]) == [sentence]


def test_caveats():
    text = "Порт принял поезд.\nThe port received a train.\nЪъъ."
    russian, english, unknown = otgnlp.tag(text).sentences
    assert (russian.caveat, english.caveat) == (None, otgnlp.Caveat.NOT_RUSSIAN)
    assert unknown.caveat == "no known word"
    assert english.topics == unknown.topics == ()
    assert set(english.probabilities.values()) == {0.0}
    assert "not Russian" in repr(english)
    for sentence in (russian, english, unknown):
        assert otgnlp.Sentence.from_dict(sentence.to_dict()) == sentence
    with pytest.raises(otgnlp.InputError, match="caveat"):
        otgnlp.Sentence.from_dict({**english.to_dict(), "caveat": "Turkish"})
