"""How right a tagger is on labelled sentences, with intervals by the bootstrap."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otgnlp.labelled import LabelledSentence
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

_DRAWS_AT_A_TIME = 50  # bounds the memory for large files


@dataclass(frozen=True, slots=True)
class Measure:
    """A share from 0 to 1 with the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


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

    `exact_match` is the share of sentences whose set of topics is right as a whole.
    """

    n_sentences: int
    topics: Mapping[str, Scores]
    macro: Scores
    micro: Scores
    exact_match: Measure

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


def evaluate(
    tagger: Tagger,
    sentences: Sequence[LabelledSentence],
    threshold: Threshold = None,
    *,
    topics: Sequence[str] = (),
    n_draws: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Tag the sentences and compare; raises `InputError` for topics that the model lacks.

    With `topics`, only those are judged: for sentences that are labelled with no others.
    """
    if not sentences:
        raise InputError("there are no sentences to evaluate on")
    named = set(topics) or {topic for sentence in sentences for topic in sentence.topics}
    unknown = named - set(tagger.topics)
    if unknown:
        raise InputError(
            f"the model lacks the topics {', '.join(sorted(unknown))}; "
            f"it knows {', '.join(tagger.topics)}"
        )
    judged = [topic for topic in tagger.topics if not topics or topic in topics]
    predicted = tagger.predict([sentence.text for sentence in sentences], threshold)
    truth = _flags([sentence.topics for sentence in sentences], judged)
    return compare(truth, _flags(predicted, judged), judged, n_draws, seed)


def compare(
    truth: Flags, predicted: Flags, topics: Sequence[str], n_draws: int = 1000, seed: int = 0
) -> Evaluation:
    """Compare two indicator arrays, shape (n, k).

    Intervals are percentiles over `n_draws` bootstrap samples of sentences (Efron 1979).
    """
    by_topic, exact = _draw(truth, predicted, n_draws, seed)
    scores = _ratios(by_topic)
    support = truth.sum(axis=0)
    return Evaluation(
        n_sentences=len(truth),
        topics={
            topic: _scores(scores[:, :, column], int(support[column]))
            for column, topic in enumerate(topics)
        },
        macro=_scores(scores.mean(axis=2), int(support.sum())),
        micro=_scores(_ratios(by_topic.sum(axis=2)), int(support.sum())),
        exact_match=_measure(exact / len(truth)),
    )


def resampled_macro_f1(
    truth: Flags, predicted: Flags, n_draws: int = 1000, seed: int = 0
) -> Numbers:
    """Return the macro-F1 of the sample itself, then of each bootstrap sample: (1 + n_draws,).

    The same seed draws the same sentences, so two systems' differences are paired.
    """
    by_topic, _ = _draw(truth, predicted, n_draws, seed)
    f1: Numbers = _ratios(by_topic)[:, 2].mean(axis=1)
    return f1


def _draw(truth: Flags, predicted: Flags, n_draws: int, seed: int) -> tuple[Numbers, Numbers]:
    """Return counts of hits, predicted and true labels, and of exact matches, a row a draw.

    Shapes (1 + n_draws, 3, k) and (1 + n_draws,); the first row is the sample itself.
    """
    n, n_topics = truth.shape
    labels = np.concatenate([truth & predicted, predicted, truth], axis=1)
    exact = (truth == predicted).all(axis=1, keepdims=True)
    values = np.concatenate([labels, exact], axis=1).astype(np.float64)
    random = np.random.default_rng(seed)
    even = np.full(n, 1.0 / n)
    sums = [values.sum(axis=0, keepdims=True)]
    for start in range(0, n_draws, _DRAWS_AT_A_TIME):
        size = min(_DRAWS_AT_A_TIME, n_draws - start)
        sums.append(random.multinomial(n, even, size=size) @ values)
    drawn = np.concatenate(sums)
    return drawn[:, :-1].reshape(-1, 3, n_topics), drawn[:, -1]


def _flags(labels: Sequence[Sequence[str]], topics: Sequence[str]) -> Flags:
    return np.array([[topic in given for topic in topics] for given in labels], dtype=np.bool_)


def _ratios(counts: Numbers) -> Numbers:
    """Return precision, recall and F1 along axis 1, from hits, predicted and true labels."""
    hits, predicted, true = counts[:, 0], counts[:, 1], counts[:, 2]
    return np.stack(
        [_divide(hits, predicted), _divide(hits, true), _divide(2 * hits, predicted + true)], axis=1
    )


def _divide(part: Numbers, whole: Numbers) -> Numbers:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _scores(draws: Numbers, support: int) -> Scores:
    return Scores(_measure(draws[:, 0]), _measure(draws[:, 1]), _measure(draws[:, 2]), support)


def _measure(draws: Numbers) -> Measure:
    """Return the first draw, which is the sample itself, with the interval of the others."""
    low, high = np.quantile(draws[1:], [0.025, 0.975])
    return Measure(float(draws[0]), float(low), float(high))
