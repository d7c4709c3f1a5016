"""A mark: a figure, how sure it is, and the bound that it is to keep."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.clock import Times

_DRAWS = 2_000


@dataclass(frozen=True)
class Mark:
    """A figure and its bound.

    `value` is the median of `rounds`, `low` and `high` its 95 % bootstrap interval. A bound of
    None: the figure is only told. `unit` is empty for a ratio. `processor` is the median of the
    ratios of processor times, for a ratio of times.
    """

    name: str
    what: str
    value: float
    low: float
    high: float
    rounds: tuple[float, ...]
    bound: float | None = None
    at_least: bool = True
    unit: str = ""
    processor: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """Tell whether the figure keeps its bound, None if it has none."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {**asdict(self), "rounds": list(self.rounds)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Mark:
        """Read back what `to_dict` wrote."""
        return cls(**{**data, "rounds": tuple(data["rounds"])})


def ratio(
    name: str,
    what: str,
    pairs: Sequence[tuple[float, float]],
    bound: float | None = None,
    *,
    at_least: bool = True,
) -> Mark:
    """Return the mark of a ratio, from a numerator and a denominator of each round."""
    rounds = tuple(above / below for above, below in pairs)
    value, low, high = median_interval(rounds)
    return Mark(name, what, value, low, high, rounds, bound, at_least)


def time_ratio(
    name: str,
    what: str,
    pairs: Sequence[tuple[Times, Times]],
    bound: float | None = None,
    *,
    at_least: bool = True,
) -> Mark:
    """Return the mark of a ratio of times on the wall, and that of processor times beside it."""
    wall = [(above.wall, below.wall) for above, below in pairs]
    processor = [above.processor / below.processor for above, below in pairs]
    mark = ratio(name, what, wall, bound, at_least=at_least)
    return replace(mark, processor=median(processor))


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and its 95 % bootstrap interval.

    >>> median_interval([1.0, 1.0, 1.0])
    (1.0, 1.0, 1.0)
    """
    drawn = np.random.default_rng(0).choice(np.array(values), (_DRAWS, len(values)))
    low, high = np.quantile(np.median(drawn, axis=1), [0.025, 0.975])
    return float(np.median(values)), float(low), float(high)


def slope_interval(points: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Return the slope of points (x, y) by least squares, and its 95 % bootstrap interval."""
    x, y = np.array(points, dtype=np.float64).T
    random = np.random.default_rng(0)

    def slope(rows: Any) -> float:
        spread = x[rows] - x[rows].mean()
        return float((spread * y[rows]).sum() / max(1e-12, (spread**2).sum()))

    drawn = [slope(random.integers(len(x), size=len(x))) for _ in range(_DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return slope(np.arange(len(x))), float(low), float(high)
