"""The measures, against scikit-learn's, and their intervals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from otgnlp import InputError
from otgnlp.evaluation import Judged, compare, evaluate, macro_f1_gain
from otgnlp.labelled import LabelledSentence

TOPICS = ("a", "b", "c")


@pytest.fixture(scope="module")
def flags():
    chance = np.random.default_rng(3)
    truth = chance.random((400, 3)) < [0.5, 0.2, 0.02]
    return truth, truth ^ (chance.random((400, 3)) < 0.1)


def judged(truth, predicted):
    return Judged(TOPICS, truth, predicted, predicted.astype(float))


def test_same_as_scikit_learn(flags):
    truth, predicted = flags
    found = compare(judged(truth, predicted))
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
    small = compare(judged(truth[:100], predicted[:100])).macro.f1
    large = compare(judged(np.tile(truth, (10, 1)), np.tile(predicted, (10, 1)))).macro.f1
    assert small.low <= small.value <= small.high
    assert large.high - large.low < small.high - small.low
    assert compare(judged(truth, predicted), seed=1) == compare(judged(truth, predicted), seed=1)


def test_nothing_found_is_zero_not_an_error():
    nothing = np.zeros((5, 3), dtype=bool)
    found = compare(judged(nothing, nothing))
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


def test_gain_is_paired(flags):
    truth, predicted = flags
    better = np.where(np.arange(400)[:, None] % 2, truth, predicted)
    gain = macro_f1_gain(judged(truth, predicted), judged(truth, better))
    assert gain.value > 0
    assert 0 < gain.low <= gain.value <= gain.high
    same = macro_f1_gain(judged(truth, predicted), judged(truth, predicted))
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_calibration_error():
    """By hand: 0.9 said of ten that are all true, 0.2 of ten of which five are."""
    truth = np.array([[True]] * 15 + [[False]] * 5)
    probabilities = np.array([[0.9]] * 10 + [[0.2]] * 10)
    found = compare(Judged(("a",), truth, probabilities > 0.5, probabilities))
    assert found.calibration_error.value == pytest.approx((10 * 0.1 + 10 * 0.3) / 20)
    (topic,) = found.calibration.values()
    assert topic.error == found.calibration_error
    full = [part for part in topic.bins if part.n_sentences]
    assert [(part.n_sentences, part.share) for part in full] == [(10, 0.5), (10, 1.0)]
    assert [part.probability for part in full] == pytest.approx([0.2, 0.9])
    assert sum(part.n_sentences for part in topic.bins) == 20


def test_probabilities_of_chance_are_calibrated():
    chance = np.random.default_rng(0)
    probabilities = chance.random((20_000, 2))
    truth = chance.random((20_000, 2)) < probabilities
    judged = Judged(("a", "b"), truth, probabilities > 0.5, probabilities)
    assert compare(judged, n_draws=10).calibration_error.value < 0.02
