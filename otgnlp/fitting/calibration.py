"""The second stage: from first-stage features to probabilities, and the thresholds on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

if TYPE_CHECKING:
    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats

# With fewer sentences than this on either side, a topic keeps the first stage's own probability
# and a threshold of one half: there is too little to learn corrections from.
FEWEST = 10

_GRID = np.arange(0.02, 0.981, 0.01)
_SMOOTHING = 7  # neighbouring thresholds averaged: a threshold should not hang on single sentences


def enough(targets: Targets) -> list[bool]:
    """Tell for each topic whether there are enough sentences with and without it."""
    positive = targets.sum(axis=0)
    negative = len(targets) - positive
    found: list[bool] = (np.minimum(positive, negative) >= FEWEST).tolist()
    return found


def fit_calibration(features: Floats, targets: Targets) -> tuple[Floats, Floats]:
    """Fit a logistic regression a topic on out-of-fold features (n, 5k + 1).

    Return weights (k, 5k + 1) and bias (k,) on the features as they are.
    """
    n_topics = targets.shape[1]
    weights = np.eye(n_topics, features.shape[1])
    bias = np.zeros(n_topics)
    scaler = StandardScaler().fit(features)
    scaled = scaler.transform(features)
    for topic, fit in enumerate(enough(targets)):
        if fit:
            estimator = LogisticRegression(C=1.0, max_iter=2000)
            estimator.fit(scaled, targets[:, topic])
            weights[topic] = estimator.coef_[0] / scaler.scale_
            bias[topic] = estimator.intercept_[0] - weights[topic] @ scaler.mean_
    return weights, bias


def choose_thresholds(probabilities: Floats, targets: Targets) -> tuple[float, ...]:
    """Return for each topic the threshold with the best (smoothed) F1."""
    return tuple(
        _best_threshold(probabilities[:, topic], targets[:, topic]) if fit else 0.5
        for topic, fit in enumerate(enough(targets))
    )


def _best_threshold(probability: Floats, target: Targets) -> float:
    chosen = probability[:, None] >= _GRID
    hits = (chosen & target[:, None]).sum(axis=0)
    f1 = 2.0 * hits / (chosen.sum(axis=0) + target.sum())
    smooth = np.convolve(f1, np.ones(_SMOOTHING) / _SMOOTHING, mode="valid")
    return round(float(_GRID[int(smooth.argmax()) + _SMOOTHING // 2]), 2)
