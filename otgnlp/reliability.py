"""How far probabilities can be taken at their word: reliability diagrams and calibration errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.bootstrap import Measure, measure, resampled_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from otgnlp.bootstrap import Numbers

N_BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """The sentences whose probability lies between two bounds (`high` itself in the last bin only).

    `probability` is their mean probability, `share` how many of them carry the topic, from 0 to 1;
    both are 0 for an empty bin.
    """

    low: float
    high: float
    n_sentences: int
    probability: float
    share: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A topic's reliability diagram, and how far it lies from the diagonal.

    `error` is the expected calibration error: the mean distance between a bin's probability and
    its share, each bin weighing as many sentences as it holds (Naeini, Cooper and Hauskrecht
    2015), over 15 bins of equal width.
    """

    error: Measure
    bins: tuple[Bin, ...]


def calibrations(
    truth: NDArray[np.bool_], probabilities: Numbers, n_draws: int, seed: int
) -> tuple[list[Calibration], Measure]:
    """Return each topic's calibration and the mean of their errors, from arrays of shape (n, k).

    The mean is the class-wise expected calibration error of Kull et al. (2019).
    """
    n, n_topics = truth.shape
    numbers = np.minimum((probabilities * N_BINS).astype(np.intp), N_BINS - 1)
    surplus = np.zeros((n, n_topics, N_BINS))
    rows, columns = np.indices(truth.shape)
    surplus[rows, columns, numbers] = probabilities - truth
    sums = resampled_sums(surplus.reshape(n, -1), n_draws, seed).reshape(-1, n_topics, N_BINS)
    errors: Numbers = np.abs(sums).sum(axis=2) / n
    found = [
        Calibration(
            measure(errors[:, column]),
            tuple(_bins(truth[:, column], probabilities[:, column], numbers[:, column])),
        )
        for column in range(n_topics)
    ]
    return found, measure(errors.mean(axis=1))


def _bins(truth: NDArray[np.bool_], probability: Numbers, numbers: NDArray[np.intp]) -> list[Bin]:
    counts = np.bincount(numbers, minlength=N_BINS)
    some = np.maximum(1, counts)
    means = np.bincount(numbers, probability, N_BINS) / some
    shares = np.bincount(numbers, truth, N_BINS) / some
    return [
        Bin(number / N_BINS, (number + 1) / N_BINS, int(count), float(mean), float(share))
        for number, (count, mean, share) in enumerate(zip(counts, means, shares, strict=True))
    ]
