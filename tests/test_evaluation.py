"""The measures, against scikit-learn's, and their intervals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from otgnlp import InputError
from otgnlp.evaluation import compare, evaluate
from otgnlp.labelled import LabelledSentence

TOPICS = ("a", "b", "c")


@pytest.fixture(scope="module")
def flags():
    chance = np.random.default_rng(3)
    truth = chance.random((400, 3)) < [0.5, 0.2, 0.02]
    return truth, truth ^ (chance.random((400, 3)) < 0.1)


def test_same_as_scikit_learn(flags):
    truth, predicted = flags
    found = compare(truth, predicted, TOPICS)
    for average, scores in (("macro", found.macro), ("micro", found.micro)):
        precision, recall, f1, _ = precision_recall_fscore_support(
            truth, predicted, average=average, zero_division=0
        )
        assert scores.precision.value == pytest.approx(precision)
        assert scores.recall.value == pytest.approx(recall)
        assert scores.f1.value == pytest.approx(f1)
    _, _, f1, support = precision_recall_fscore_support(truth, predicted, zero_division=0)
    for column, topic in enumerate(TOPICS):
        assert found.topics[topic].f1.value == pytest.approx(f1[column])
        assert found.topics[topic].support == support[column]
    assert found.exact_match.value == pytest.approx(accuracy_score(truth, predicted))


def test_intervals_hold_the_value_and_narrow_with_data(flags):
    truth, predicted = flags
    small = compare(truth[:100], predicted[:100], TOPICS).macro.f1
    large = compare(np.tile(truth, (10, 1)), np.tile(predicted, (10, 1)), TOPICS).macro.f1
    assert small.low <= small.value <= small.high
    assert large.high - large.low < small.high - small.low
    assert compare(truth, predicted, TOPICS, seed=1) == compare(truth, predicted, TOPICS, seed=1)


def test_nothing_found_is_zero_not_an_error():
    nothing = np.zeros((5, 3), dtype=bool)
    found = compare(nothing, nothing, TOPICS)
    assert found.macro.f1.value == 0
    assert found.exact_match.value == 1
    json.dumps(found.to_dict(), allow_nan=False)


def test_evaluate(small_classifier, small_data):
    sentences = [
        LabelledSentence(text, given, text) for text, given in zip(*small_data, strict=True)
    ]
    tagger = small_classifier.tagger()
    assert evaluate(tagger, sentences).macro.f1.value > 0.95
    assert evaluate(tagger, sentences, threshold=0.0).macro.recall.value == 1.0
    with pytest.raises(InputError, match="no sentences"):
        evaluate(tagger, [])
