"""The experiments' scripts still run, on small data: every row of the table of first stages."""

from __future__ import annotations

import numpy as np
import pytest

from otgnlp.fitting.embeddings import LemmaEmbeddings
from otgnlp.labelled import LabelledSentence
from training.comparison.runs import TOPICS
from training.experiments import first_stage, held_out
from training.experiments.ranking import Data, Variant

WORDS = {
    "transport": "поезд порт вагон автобус".split(),
    "energy": "газ нефть уголь котельная".split(),
    "digital": "сайт сервер интернет приложение".split(),
    "ai": "нейросеть ии чат-бот распознавание".split(),
    "": "дождь школа музей книга".split(),
}


@pytest.fixture(scope="module")
def sentences():
    chance = np.random.default_rng(0)
    found = []
    for number in range(1000):
        topic, words = list(WORDS.items())[number % 5]
        text = f"Вчера, сообщили в Китае, «{chance.choice(words)}» не {chance.choice(words)} дня."
        source = ("1tv", "own")[number % 2]
        topics = (topic,) if topic else ()
        found.append(LabelledSentence(text, topics, str(number), {"source": source}))
    return found


@pytest.fixture(scope="module")
def embeddings():
    words = [word for group in WORDS.values() for word in group]
    vectors = np.random.default_rng(0).normal(size=(len(words), 8)).astype(np.float32)
    return LemmaEmbeddings("small", words, vectors, {word: word for word in words})


def test_every_first_stage_ranks_so_easy_a_task(sentences, embeddings, monkeypatch):
    monkeypatch.setattr(first_stage, "CLUSTERS", (3, 5))
    data = Data(sentences[:800], {"test": sentences[800:]})
    variants = first_stage.variants(embeddings)
    assert next(iter(variants.values())) == Variant()
    assert len(variants) > 20
    for name, variant in variants.items():
        assert data.measure(variant, embeddings)["test"] > 0.9, name


def test_held_out_features_have_a_row_a_sentence(sentences):
    classifier = held_out.train(sentences[:200])
    assert classifier.classes_.tolist() == list(TOPICS)
    assert classifier.held_out_.shape == (200, 5 * len(TOPICS) + 1)
    said = classifier.model_.calibrate(classifier.held_out_)
    truth = np.array([[topic in s.topics for topic in TOPICS] for s in sentences[:200]])
    assert ((said > 0.5) == truth).mean() > 0.9
