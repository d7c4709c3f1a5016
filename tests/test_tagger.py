"""Tagging: what is promised of every text, and what the bundled model says of the example."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import otgnlp
from otgnlp import InputError, InputTypeError, ModelError, Tagger, Topic

# A reader's labels of the example, sentence by sentence; each is named by its beginning.
READER = {
    "В Самарканде завершилось": "",
    "Во встрече участвовали": "",
    "Открывая заседание": "",
    "«Наши народы связывает": "",
    "Стороны обменялись": "transport digital energy",
    "Отдельно говорили": "",
    "Больше всего времени": "transport",
    "Грузоотправителей": "transport",
    "Министры договорились": "transport",
    "Паромную линию": "transport",
    "На пунктах пропуска": "transport digital",
    "Таможенные декларации": "digital",
    "Авиакомпаниям": "transport",
    "Энергетики представили": "energy",
    "Мощность линии": "energy",
    "Кыргызская сторона": "energy",
    "Обсуждались также": "energy transport",
    "До конца года": "energy",
    "Не обошлось": "",
    "Один из делегатов": "",
    "Заметное место": "ai",
    "Казахстан предложил": "ai",
    "В Анкаре откроют": "ai",
    "Пилотный проект": "ai transport",
    "Участники условились": "ai",
    "Министры цифрового развития": "digital transport",
    "Операторы связи": "digital transport",
    "Центры обработки": "digital energy",
    "Для защиты": "digital",
    "Вечером гостям": "",
    "Снимки с него": "",
    "Следующая встреча": "",
}


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(otgnlp.bundled_model())


def check_document(document: otgnlp.Document, text: str) -> None:
    """Check all that the interface promises of a document."""
    assert document.text == text
    previous = 0
    for sentence in document.sentences:
        assert previous <= sentence.start < sentence.stop <= len(text)
        assert not text[previous : sentence.start].strip()
        assert text[sentence.start : sentence.stop] == sentence.text
        previous = sentence.stop
        probabilities = list(sentence.probabilities.values())
        assert all(0.0 <= value <= 1.0 for value in probabilities)
        given_topics = [score.probability for score in sentence.topics]
        assert given_topics == sorted(given_topics, reverse=True)
        for token in sentence.tokens:
            assert text[token.start : token.stop] == token.text
        for item in sentence.evidence("ai"):
            for token in item.tokens:
                assert text[token.start : token.stop] == token.text
    assert not text[previous:].strip()


def test_example_as_a_reader_would_tag_it(document):
    assert len(document.sentences) == len(READER)
    wrong = []
    for sentence, (beginning, labels) in zip(document.sentences, READER.items(), strict=True):
        assert sentence.text.startswith(beginning)
        if {score.topic for score in sentence.topics} != set(labels.split()):
            wrong.append(sentence)
    assert len(wrong) <= 4, wrong


def test_example_keeps_its_promises(document, summit):
    check_document(document, summit)
    assert document.model.startswith("otgnlp-topics ")


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_any_text_keeps_the_promises(text):
    check_document(otgnlp.tag(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 порт \udfff",
        "\x00\x1b[31m",
        "не" * 3000 + " порт",
        "\u202eпорт\u202c",
        "<script>alert(1)</script> порт",
        "🚂" * 200,
        "İ" * 50 + " ПОЕЗД",
        "A" * 5000,
        "п\u0301о\u0301рт",
    ],
)
def test_hostile_text_keeps_the_promises(text):
    check_document(otgnlp.tag(text), text)


def test_empty_text():
    for text in ("", " \n\u00a0"):
        document = otgnlp.tag(text)
        assert document.sentences == ()
        assert document.topics == ()
        assert document.text == text


def test_contributions_and_bias_sum_to_the_score(tagger, document):
    scores = tagger.decision_function([s.text for s in document.sentences])
    for sentence, row in zip(document.sentences, scores, strict=True):
        for column, topic in enumerate(tagger.topics):
            total = sum(item.contribution for item in sentence.evidence(topic))
            assert abs(total + tagger.bias[topic] - row[column]) < 1e-9


def test_evidence_names_all_places_and_pairs(tagger):
    text = "Железная дорога, железная дорога."
    (sentence,) = tagger.tag(text).sentences
    evidence = {item.lemma: item for item in sentence.evidence("transport")}
    assert [text[t.start : t.stop] for t in evidence["дорога"].tokens] == ["дорога", "дорога"]
    pair = [t.text for t in evidence["железный дорога"].tokens]
    assert pair == ["Железная", "дорога", "железная", "дорога"]
    contributions = [item.contribution for item in sentence.evidence("transport")]
    assert contributions == sorted(contributions, reverse=True)
    with pytest.raises(InputError, match="unknown topic 'sport'"):
        sentence.evidence("sport")


def test_words_with_soft_hyphens_speak(tagger):
    (sentence,) = tagger.tag("Энер\u00adгетика\u00a0растёт.").sentences
    best = sentence.evidence("energy")[0]
    assert best.lemma == "энергетика"
    assert best.tokens[0].text == "Энер\u00adгетика"


def test_thresholds(tagger, summit):
    everything = tagger.tag(summit, threshold=0)
    nothing = tagger.tag(summit, threshold=1)
    assert all(len(s.topics) == len(tagger.topics) for s in everything.sentences)
    assert all(p.probability == 1.0 for s in nothing.sentences for p in s.topics)
    only_ai = tagger.tag(summit, threshold={Topic.AI: 0.0})
    default = tagger.tag(summit)
    for sentence, usual in zip(only_ai.sentences, default.sentences, strict=True):
        found = {score.topic for score in sentence.topics}
        assert found == {score.topic for score in usual.topics} | {"ai"}
    assert tagger.thresholds.keys() == set(tagger.topics)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), "0.5", True, {"ai": 2}, {"x": 0.5}])
def test_bad_thresholds(tagger, threshold):
    with pytest.raises(InputError):
        tagger.tag("порт", threshold=threshold)


@pytest.mark.parametrize("text", [None, 5, b"bytes", ["a"]])
def test_wrong_types(tagger, text):
    with pytest.raises(InputTypeError) as caught:
        tagger.tag(text)
    assert isinstance(caught.value, TypeError)
    with pytest.raises(InputError, match="text 1 must be a string"):
        list(tagger.tag_many(["порт", text]))
    with pytest.raises(TypeError, match="sentence 0"):
        tagger.predict_proba([text])


def test_one_string_is_no_list_of_texts(tagger):
    for method in (tagger.predict_proba, tagger.predict, tagger.tag_many):
        with pytest.raises(InputTypeError, match="iterable of strings"):
            method("порт")


def test_split_text_and_document_agree(tagger, document):
    sentences = [s.text for s in document.sentences]
    probabilities = tagger.predict_proba(sentences)
    assert probabilities.shape == (len(sentences), len(tagger.topics))
    for row, sentence in zip(probabilities, document.sentences, strict=True):
        assert row.tolist() == list(sentence.probabilities.values())
    assert tagger.predict(sentences) == [
        tuple(score.topic for score in s.topics) for s in document.sentences
    ]
    assert tagger.predict_proba([]).shape == (0, len(tagger.topics))
    assert tagger.predict([]) == []


def test_document_topics(tagger):
    assert [score.topic for score in tagger.tag("Порт принял суда.").topics] == ["transport"]
    passing = "Порт принял суда. " + "Дети рисовали цветы. " * 60
    assert tagger.tag(passing).topics == ()


def test_threads_agree(tagger, summit):
    expected = tagger.tag(summit)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(tagger.tag, [summit] * 16))


def test_same_answer_whatever_was_tagged_before(tagger, summit):
    fresh = Tagger.load(otgnlp.bundled_model())
    assert fresh.tag(summit) == tagger.tag(summit)
    assert np.array_equal(
        fresh.predict_proba(["Порт.", summit]), tagger.predict_proba(["Порт.", summit])
    )


def test_no_model(tmp_path):
    with pytest.raises(ModelError, match="no such folder"):
        Tagger.load(tmp_path / "none")
