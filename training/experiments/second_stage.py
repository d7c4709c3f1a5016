"""Vary the second stage: what it reads of the first, and what learns from that.

`python -m training.experiments.second_stage PUBLIC.jsonl DEV.jsonl` trains the design twice: on
television and the own corpus, judged on all other public sources, and on everything, judged on dev.
The table holds macro-F1 at thresholds chosen on held-out folds, the best macro-F1 that any
thresholds would give, and the calibration error. Takes some 15 minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from otgnlp.batch import from_words
from otgnlp.evaluation import Judged, compare
from otgnlp.fitting.calibration import choose_thresholds
from otgnlp.fitting.labels import read_words
from otgnlp.labelled import LabelledSentence, read_labelled
from otgnlp.scoring import first_stage
from training.comparison.runs import TOPICS, targets
from training.comparison.settings import SOURCES, read_own
from training.experiments.held_out import train as train_design
from training.report import speak_utf8, table

K = len(TOPICS)
BLOCKS = {"score": 0, "strongest": 1, "three strongest": 2, "best clause": 3, "its share": 4}
_GRID = np.arange(0.02, 0.98, 0.02)
_FEWEST_LABELS = 20

Learner = Callable[[], Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Train, judge, print a table in Markdown."""
    speak_utf8()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("dev", type=Path, metavar="DEV.jsonl")
    arguments = parser.parse_args(argv)
    public, dev = (
        list(file.sentences) for file in read_labelled([arguments.public, arguments.dev])
    )
    television = [s for s in public if s.fields["source"] in SOURCES["television"]]
    others = [s for s in public if s.fields["source"] not in SOURCES["television"]]
    own = read_own()
    settings = {
        "other sources": Setting(television + own, others),
        "dev": Setting(public + own, dev),
    }
    rows = []
    for name, (blocks, learner) in _variants().items():
        cells = [cell for s in settings.values() for cell in s.measure(blocks, learner)]
        rows.append([name, *cells])
        Console(stderr=True).print(*rows[-1])
    head = [f"{name}, {what}" for name in settings for what in ("F1", "best F1", "ECE")]
    print(table(["", *head], rows))  # noqa: T201
    return 0


class Setting:
    """First-stage features of a training set, held out, and of what is judged."""

    def __init__(self, train: list[LabelledSentence], test: list[LabelledSentence]) -> None:
        classifier = train_design(train)
        model = classifier.model_
        self.train, self.train_targets = classifier.held_out_, targets(train)
        words = read_words(sentence.text for sentence in test)
        self.test, self.test_targets = first_stage(model, from_words(words, model)), targets(test)

    def measure(self, blocks: Sequence[str], learner: Learner) -> list[str]:
        """Return F1, best F1 and calibration error of a learner on some of the features."""
        columns = [BLOCKS[block] * K + topic for block in blocks for topic in range(K)]
        train, test = (part[:, [*columns, -1]] for part in (self.train, self.test))
        held_out, said = (np.zeros(part.shape) for part in (self.train_targets, self.test_targets))
        for topic in range(K):
            target = self.train_targets[:, topic]
            held_out[:, topic] = cross_val_predict(
                learner(), train, target, cv=3, method="predict_proba"
            )[:, 1]
            said[:, topic] = learner().fit(train, target).predict_proba(test)[:, 1]
        limits = np.array(choose_thresholds(held_out, self.train_targets))
        judged = Judged(TOPICS, self.test_targets, said >= limits, said)
        counted = [t for t in range(K) if self.test_targets[:, t].sum() >= _FEWEST_LABELS]
        f1 = np.mean([f1_score(judged.truth[:, t], judged.flags[:, t]) for t in counted])
        best = np.mean(
            [max(f1_score(judged.truth[:, t], said[:, t] >= x) for x in _GRID) for t in counted]
        )
        error = compare(judged, n_draws=2).calibration_error.value
        return [f"{f1:.3f}", f"{best:.3f}", f"{error:.3f}"]


def _variants() -> dict[str, tuple[list[str], Learner]]:
    every = list(BLOCKS)
    return {
        "the design": (every, _regression),
        "scores alone (Platt)": (["score"], _regression),
        "scores alone, isotonic": (["score"], _isotonic),
        "no clauses": (every[:3], _regression),
        "no share": (every[:4], _regression),
        "gradient boosting": (every, _boosting),
        "perceptron, 16 units": (every, _perceptron),
    }


def _regression() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))


def _boosting() -> Any:
    return HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.06,
        max_leaf_nodes=10,
        min_samples_leaf=60,
        l2_regularization=5.0,
        random_state=0,
    )


def _perceptron() -> Any:
    network = MLPClassifier((16,), alpha=1.0, max_iter=60, early_stopping=True, random_state=0)
    return make_pipeline(StandardScaler(), network)


def _isotonic() -> Any:
    return _Isotonic()


class _Isotonic(LogisticRegression):  # type: ignore[misc]
    """A logistic regression of the scores, bent by an isotonic one."""

    def fit(self, matrix: Any, target: Any) -> _Isotonic:
        """Fit both."""
        super().fit(matrix, target)
        self.bend_ = IsotonicRegression(out_of_bounds="clip").fit(
            super().predict_proba(matrix)[:, 1], target
        )
        return self

    def predict_proba(self, matrix: Any) -> Any:
        """Return the bent probabilities."""
        bent = self.bend_.predict(super().predict_proba(matrix)[:, 1])
        return np.stack([1 - bent, bent], axis=1)


if __name__ == "__main__":
    sys.exit(main())
