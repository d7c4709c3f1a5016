"""Compare the design with its rivals: `python -m training.compare PUBLIC.jsonl DEV.jsonl`.

Every entrant is trained on the same sentences and judged on the same others, in three settings: the
development set, by a model trained on all else; public sources that were left out of the training;
registers of the own corpus that were left out. What each said is kept in a folder, so that a run
that was cut off goes on where it stopped; after a change of code, name a fresh folder. With --write
the tables and figures of docs/quality.md are made anew, otherwise the tables are printed.

The rivals' libraries come with the extra ``compare``; what is missing is named and left out. Takes
some two hours on two cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from training import report
from training.comparison import figures, tables
from training.comparison.rivals import DESIGN, entrants
from training.comparison.runs import run
from training.comparison.settings import folds
from training.paths import QUALITY
from training.report import speak_utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.comparison.tables import Results


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m training.compare", description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("dev", type=Path, metavar="DEV.jsonl")
    parser.add_argument(
        "--own",
        nargs="+",
        type=Path,
        default=[],
        metavar="OWN.jsonl",
        help="own sentences with registers and subjects (default: training/corpus)",
    )
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("build/comparison"),
        metavar="DIR",
        help="folder for what each entrant said (default: %(default)s)",
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="these rivals alone, by their names in the table"
    )
    parser.add_argument("--write", action="store_true", help="write to docs/quality.md")
    arguments = parser.parse_args(argv)
    if arguments.only and arguments.write:
        parser.error("--write needs all rivals")
    results = _results(arguments, parser)
    found = tables.evaluations(results)
    blocks = tables.render(results, found)
    if not arguments.write:
        print("\n\n".join(blocks.values()))  # noqa: T201
        return 0
    blocks["date"] = f"{date.today():%Y-%m-%d}"
    report.fill(QUALITY, blocks)
    figures.draw(found, QUALITY.parent / "images")
    return 0


def _results(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> Results:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    makers, missing = entrants()
    for name in missing:
        console.print(f"left out, its library is not installed: {name}")
    unknown = {*(arguments.only or ())} - {*makers} | {*(arguments.only or ())} & {DESIGN}
    if unknown:
        parser.error(f"--only: {', '.join(map(repr, sorted(unknown)))}: no such rival, or missing")
    chosen = [name for name in makers if not arguments.only or name in (DESIGN, *arguments.only)]
    results: Results = defaultdict(list)
    for fold in folds(arguments.public, arguments.dev, arguments.own):
        for name in chosen:
            start = time.monotonic()
            found = run(makers[name](), fold, arguments.runs)
            console.print(
                f"{fold.setting} {fold.name}: {name}, {len(fold.train)} sentences learnt, "
                f"{len(fold.test)} judged, {time.monotonic() - start:.0f} s"
            )
            results[name].append((fold, found))
    return results


if __name__ == "__main__":
    sys.exit(main())
