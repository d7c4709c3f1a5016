"""A progress bar on standard error, where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Sized
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Item = TypeVar("_Item")


def watched(
    items: Iterable[_Item], source: Iterable[object], unit: str = "texts"
) -> Iterator[_Item]:
    """Yield the items while a bar shows how many there were, how fast, and how long it will take.

    `source` is asked how many there will be, if it has a length. Where standard error is no
    terminal nothing is shown.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}, {task.fields[rate]} a second"),
        TimeRemainingColumn(),
    )
    total = len(source) if isinstance(source, Sized) else None
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, unit=unit, rate="…")
        for item in items:
            bar.advance(task)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}" if speed else "…")
            yield item
