"""Topics added to a model: what either model says of a sentence, the larger one says too."""

from __future__ import annotations

import numpy as np
import pytest

from otgnlp import InputError, Tagger, TopicClassifier, storage
from otgnlp.bundled import bundled_tagger
from otgnlp.fitting.extension import extend


@pytest.fixture(scope="module")
def addition():
    sentences = ["Фермеры убрали зерно.", "Хлопок убрали рано.", "Министр встретил посла."] * 5
    topics = [["agriculture"], ["agriculture"], []] * 5
    return TopicClassifier(embeddings=False).fit(sentences, topics).model_


@pytest.mark.parametrize("of_bundled", [True, False])
def test_probabilities_stay(of_bundled, addition, small_classifier, summit, tmp_path):
    model = bundled_tagger().model if of_bundled else small_classifier.model_
    extended = extend(model, addition)
    assert extended.topics == (*model.topics, "agriculture")
    sentences = [*summit.splitlines(), "Фермеры убрали зерно, министр встретил поезд.", "", "Ъ"]
    both = [Tagger(part).predict_proba(sentences) for part in (model, addition)]
    storage.save(extended, tmp_path / "model")
    for tagger in (Tagger(extended), Tagger.load(tmp_path / "model")):
        assert np.abs(tagger.predict_proba(sentences) - np.hstack(both)).max() < 1e-12


def test_evidence_stays(addition, small_classifier):
    text = "Фермеры убрали зерно, поезд ушёл в порт."
    taggers = [Tagger(m) for m in (small_classifier.model_, addition)]
    taggers.append(Tagger(extend(small_classifier.model_, addition)))
    small, added, both = (tagger.tag(text).sentences[0] for tagger in taggers)
    assert both.evidence("transport") == small.evidence("transport") != ()
    assert both.evidence("agriculture") == added.evidence("agriculture") != ()


def test_a_topic_of_both(addition):
    with pytest.raises(InputError, match="both models have the topic 'agriculture'"):
        extend(addition, addition)
