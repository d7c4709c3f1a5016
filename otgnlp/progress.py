"""A progress bar on standard error, where a person watches."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")


def watched(
    items: Iterable[_Item],
    total: int | None,
    unit: str,
    size: Callable[[_Item], int] = lambda _: 1,
) -> Iterator[_Item]:
    """Yield the items while a bar shows how far the work is, how fast, and how long it will take.

    Each item counts for its `size` in units, of which there will be `total`, if that is known.
    Where standard error is no terminal nothing is shown.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.completed:,.0f} {task.fields[unit]}, {task.fields[rate]} a second"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, unit=unit, rate="…")
        for item in items:
            yield item
            bar.advance(task, size(item))
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}" if speed else "…")
