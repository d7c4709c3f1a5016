"""Time as it passes on the wall, and as the processor spends it.

Marks are of the time on the wall, as whoever waits sees it. Processor time, that of child processes
with it, tells the same on an idle machine and is disturbed far less by other work on a busy one.
"""

from __future__ import annotations

from time import perf_counter, process_time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Times(NamedTuple):
    """Seconds on the wall and of the processor."""

    wall: float
    processor: float

    def __sub__(self, other: Times) -> Times:
        return Times(self.wall - other.wall, self.processor - other.processor)

    def scaled(self, factor: float) -> Times:
        """Return the times that so many times as much work would take."""
        return Times(self.wall * factor, self.processor * factor)


def now() -> Times:
    """Return what both clocks show."""
    return Times(perf_counter(), process_time() + _of_children())


def timed(work: Callable[[], object]) -> Times:
    """Do some work and return the times that it took."""
    start = now()
    work()
    return now() - start


def _of_children() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
