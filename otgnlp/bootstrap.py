"""Intervals by the bootstrap: sentences drawn anew, with replacement (Efron 1979)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

N_DRAWS = 1000

_DRAWS_AT_A_TIME = 50  # bounds the memory for large files


@dataclass(frozen=True, slots=True)
class Measure:
    """A share from 0 to 1, or a difference of two, with the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def signed(self) -> str:
        """Return what `str` returns with a sign before each number, for a difference."""
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def resampled_sums(values: Numbers, n_draws: int, seed: int) -> Numbers:
    """Return the column sums of the rows, then of each bootstrap sample: (1 + n_draws, columns).

    The same seed and number of rows draw the same rows, so the results of two systems are paired.
    """
    n = len(values)
    random = np.random.default_rng(seed)
    even = np.full(n, 1.0 / n)
    sums = [values.sum(axis=0, keepdims=True)]
    for start in range(0, n_draws, _DRAWS_AT_A_TIME):
        size = min(_DRAWS_AT_A_TIME, n_draws - start)
        sums.append(random.multinomial(n, even, size=size) @ values)
    return np.concatenate(sums)


def measure(draws: Numbers) -> Measure:
    """Return the first draw, which is the sample itself, with the interval of the others."""
    low, high = np.quantile(draws[1:], [0.025, 0.975])
    return Measure(float(draws[0]), float(low), float(high))
