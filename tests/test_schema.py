"""Results: frozen, readable, and the same after a journey through JSON or pickle."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle

import pytest

from otgnlp import (
    Document,
    Evidence,
    InputError,
    MissingDetailsError,
    Sentence,
    Token,
    Topic,
    TopicScore,
)


def test_topics_are_strings():
    assert Topic.AI == "ai"
    assert f"{Topic.AI}" == str(Topic.AI) == "ai"
    assert {"ai": 1}[Topic.AI] == 1
    assert json.dumps([Topic.ENERGY]) == '["energy"]'
    assert all(topic.title_ru and topic.title_en for topic in Topic)


def test_topics_of_the_bundled_model_are_the_enum(document):
    assert set(document.sentences[0].probabilities) == {topic.value for topic in Topic}


def test_document_through_json(document):
    data = json.loads(json.dumps(document.to_dict(), ensure_ascii=False))
    back = Document.from_dict(data)
    assert back == document
    for before, after in zip(document.sentences, back.sentences, strict=True):
        assert after.tokens == before.tokens
        assert all(after.evidence(topic) == before.evidence(topic) for topic in Topic)


def test_document_through_pickle_and_copy(document):
    for back in (pickle.loads(pickle.dumps(document)), copy.deepcopy(document)):
        assert back == document
        assert back.sentences[5].tokens == document.sentences[5].tokens
        assert back.sentences[5].evidence("energy") == document.sentences[5].evidence("energy")


def test_stored_without_details(document):
    data = document.to_dict(details=False)
    expected = {"text", "start", "stop", "topics", "probabilities", "caveat"}
    assert set(data["sentences"][0]) == expected
    sentence = Document.from_dict(data).sentences[0]
    with pytest.raises(MissingDetailsError, match="details=True"):
        sentence.tokens
    with pytest.raises(MissingDetailsError):
        sentence.evidence("ai")


def test_each_record_through_dict(document):
    sentence = document.sentences[4]
    token = sentence.tokens[0]
    evidence = sentence.evidence("energy")[0]
    for record in (sentence, token, evidence, sentence.topics[0]):
        assert type(record).from_dict(record.to_dict()) == record


def test_frozen(document):
    sentence = document.sentences[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        sentence.text = ""
    with pytest.raises(TypeError):
        sentence.probabilities["ai"] = 1.0
    with pytest.raises(TypeError):
        sentence.probabilities.update(ai=1.0)
    assert len({sentence, document.sentences[1]}) == 2
    assert hash(document) == hash(pickle.loads(pickle.dumps(document)))


def test_readable():
    score = TopicScore("ai", 0.875)
    sentence = Sentence("ИИ помог.", 3, 12, (score,), {"ai": 0.875})
    assert repr(score) == "ai 0.88"
    assert repr(sentence) == "Sentence(3:12 'ИИ помог.': ai 0.88)"
    assert repr(Token("ИИ", "ия", "NOUN", 3, 5)) == "Token('ИИ', ия, NOUN, 3:5)"
    assert repr(Evidence((), "ии", 1.5)) == "Evidence('ии' +1.500)"
    document = Document("   ИИ помог.", (sentence,), (), "m 1")
    assert repr(document) == "Document(1 sentence '   ИИ помог.': no topic; m 1)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": 1}, "'text' must be str"),
        ({"sentences": None}, "'sentences' must be list"),
        ({"sentences": [{}]}, "missing"),
        ({"sentences": ["x"]}, "expected a mapping"),
        ({"text": "другой текст"}, "does not hold"),
        ({"model": True}, "'model' must be str"),
    ],
)
def test_foreign_data_are_refused(document, change, message):
    with pytest.raises(InputError, match=message):
        Document.from_dict({**document.to_dict(details=False), **change})


def test_numbers_that_are_none_are_refused():
    with pytest.raises(InputError, match="probability"):
        TopicScore.from_dict({"topic": "ai", "probability": True})
    assert TopicScore.from_dict({"topic": "ai", "probability": 1}) == TopicScore("ai", 1.0)
