"""How right a tagger is on labelled sentences, with intervals by the bootstrap."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from otgnlp import thresholds
from otgnlp.bootstrap import N_DRAWS, Measure, measure, resampled_sums
from otgnlp.errors import InputError
from otgnlp.reliability import Calibration, calibrations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otgnlp.bootstrap import Numbers
    from otgnlp.labelled import LabelledSentence
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1; `support` is the number of labels that there are to find."""

    precision: Measure
    recall: Measure
    f1: Measure
    support: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A tagger's figures: by topic, averaged over topics (macro), over all labels (micro).

    `exact_match` is the share of sentences whose set of topics is right as a whole;
    `calibration_error` the mean over topics of what `calibration` says of each.
    """

    n_sentences: int
    topics: Mapping[str, Scores]
    macro: Scores
    micro: Scores
    exact_match: Measure
    calibration: Mapping[str, Calibration]
    calibration_error: Measure

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a tagger said of labelled sentences, arrays of shape (n, k), a column a topic.

    `truth` holds the labels, `flags` the topics given, `probabilities` what they were given on.
    """

    topics: tuple[str, ...]
    truth: Flags
    flags: Flags
    probabilities: Numbers

    def among(self, rows: Flags | NDArray[np.intp]) -> Judged:
        """Return the part on some of the sentences."""
        parts = (self.truth[rows], self.flags[rows], self.probabilities[rows])
        return Judged(self.topics, *parts)


def evaluate(
    tagger: Tagger,
    sentences: Sequence[LabelledSentence],
    threshold: Threshold = None,
    *,
    topics: Sequence[str] = (),
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Evaluation:
    """Tag the sentences and compare; raises `InputError` for topics that the model lacks.

    With `topics`, only those are judged: for sentences that are labelled with no others.
    """
    return compare(judge(tagger, sentences, threshold, topics=topics), n_draws, seed)


def judge(
    tagger: Tagger,
    sentences: Sequence[LabelledSentence],
    threshold: Threshold = None,
    *,
    topics: Sequence[str] = (),
) -> Judged:
    """Tag the sentences; as `evaluate`."""
    if not sentences:
        raise InputError("there are no sentences to evaluate on")
    named = set(topics) or {topic for sentence in sentences for topic in sentence.topics}
    unknown = named - set(tagger.topics)
    if unknown:
        raise InputError(
            f"the model lacks the topics {', '.join(sorted(unknown))}; "
            f"it knows {', '.join(tagger.topics)}"
        )
    columns = [
        column for column, topic in enumerate(tagger.topics) if not topics or topic in topics
    ]
    judged = tuple(tagger.topics[column] for column in columns)
    limits = np.array(thresholds.resolve(threshold, tagger.model))[columns]
    probabilities = tagger.predict_proba([sentence.text for sentence in sentences])[:, columns]
    truth = np.array([[topic in s.topics for topic in judged] for s in sentences], dtype=np.bool_)
    return Judged(judged, truth, probabilities >= limits, probabilities)


def compare(judged: Judged, n_draws: int = N_DRAWS, seed: int = 0) -> Evaluation:
    """Return the figures, with intervals over `n_draws` bootstrap samples of sentences."""
    truth = judged.truth
    by_topic, exact = _draw(truth, judged.flags, n_draws, seed)
    scores = _ratios(by_topic)
    support = truth.sum(axis=0)
    calibration, error = calibrations(truth, judged.probabilities, n_draws, seed)
    return Evaluation(
        n_sentences=len(truth),
        topics={
            topic: _scores(scores[:, :, column], int(support[column]))
            for column, topic in enumerate(judged.topics)
        },
        macro=_scores(scores.mean(axis=2), int(support.sum())),
        micro=_scores(_ratios(by_topic.sum(axis=2)), int(support.sum())),
        exact_match=measure(exact / len(truth)),
        calibration=dict(zip(judged.topics, calibration, strict=True)),
        calibration_error=error,
    )


def macro_f1_gain(before: Judged, after: Judged, n_draws: int = N_DRAWS, seed: int = 0) -> Measure:
    """Return how much higher the macro-F1 of `after` is on the same sentences.

    The interval is that of the paired bootstrap: both are measured on the same samples.
    """
    return measure(
        _macro_f1(after, n_draws, seed) - _macro_f1(before, n_draws, seed),
    )


def _macro_f1(judged: Judged, n_draws: int, seed: int) -> Numbers:
    by_topic, _ = _draw(judged.truth, judged.flags, n_draws, seed)
    f1: Numbers = _ratios(by_topic)[:, 2].mean(axis=1)
    return f1


def _draw(truth: Flags, flags: Flags, n_draws: int, seed: int) -> tuple[Numbers, Numbers]:
    """Return counts of hits, given and true labels, and of exact matches, a row a draw.

    Shapes (1 + n_draws, 3, k) and (1 + n_draws,); the first row is the sample itself.
    """
    exact = (truth == flags).all(axis=1, keepdims=True)
    values = np.concatenate([truth & flags, flags, truth, exact], axis=1).astype(np.float64)
    drawn = resampled_sums(values, n_draws, seed)
    return drawn[:, :-1].reshape(-1, 3, truth.shape[1]), drawn[:, -1]


def _ratios(counts: Numbers) -> Numbers:
    """Return precision, recall and F1 along axis 1, from hits, given and true labels."""
    hits, given, true = counts[:, 0], counts[:, 1], counts[:, 2]
    return np.stack(
        [_divide(hits, given), _divide(hits, true), _divide(2 * hits, given + true)], axis=1
    )


def _divide(part: Numbers, whole: Numbers) -> Numbers:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _scores(draws: Numbers, support: int) -> Scores:
    return Scores(measure(draws[:, 0]), measure(draws[:, 1]), measure(draws[:, 2]), support)
