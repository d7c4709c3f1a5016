"""What a whole text is about: by its parts, and by its headline."""

from __future__ import annotations

import numpy as np
import pytest

import otgnlp
from otgnlp.documents import document_scores, has_headline
from otgnlp.text import split_sentences

PLAIN = "Гостям показали концерт. Вечером прошёл дождь. Школьники спели песню. "
RAIL = "Поезд до Ташкента задержался на три часа. Вагоны отцепили на станции. "


def topics(text):
    return [score.topic for score in otgnlp.tag(text).topics]


def test_mean_of_the_strongest():
    """Of nine sentences the three best count; with a headline, the first counts twice of them."""
    column = [0.1, 0.9, 0.2, 0.0, 0.8, 0.3, 0.0, 0.1, 0.0]
    probabilities = np.array([column, column[::-1]]).T
    assert document_scores(probabilities, False) == pytest.approx([2 / 3, 2 / 3])
    column[0] = 1.0
    one = np.array([column]).T
    assert document_scores(one, False) == pytest.approx([2.7 / 3])
    assert document_scores(one, True) == pytest.approx([2.9 / 3])


def test_a_headline_only_adds():
    chance = np.random.default_rng(0)
    for n in (2, 3, 10, 40):
        probabilities = chance.random((n, 4))
        with_, without = (document_scores(probabilities, headline) for headline in (True, False))
        assert all(high >= low for high, low in zip(with_, without, strict=True))
        assert all(0 <= score <= 1 for score in with_)


def test_a_text_without_sentences():
    assert document_scores(np.zeros((0, 3)), False) == [0, 0, 0]
    assert topics("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Поезда пошли\nДождь идёт. Ветер стих.", True),
        ("Поезда пошли?\r\n\r\nДождь идёт.", True),
        ("Поезда пошли.\nДождь идёт.", False),
        ("Поезда пошли Дождь идёт", False),
        ("Поезда пошли\n", False),
        ("Поезда! Дождь идёт.", False),
        ("слово " * 50 + "\nДождь идёт.", False),
        ("", False),
    ],
)
def test_headlines(text, expected):
    assert has_headline(text, list(split_sentences(text))) is expected


def test_passing_section_and_headline():
    assert topics(RAIL + PLAIN) == ["transport"]
    assert topics("Поезд до Ташкента задержался на три часа. " + PLAIN * 12) == []
    assert topics(RAIL * 3 + PLAIN * 6) == ["transport"]
    assert topics("Поезда до Ташкента задержались\n" + PLAIN * 4) == ["transport"]


def test_example(document):
    assert {score.topic for score in document.topics} == {"transport", "digital", "energy", "ai"}
