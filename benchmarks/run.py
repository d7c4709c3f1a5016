"""Measure how fast otgnlp is: `python -m benchmarks.run`.

Every figure is a ratio against a rival in the same run, in fresh processes, round by round. The
full run takes hours where otgnlp is slow, and less than one where it keeps its marks; --quick takes
minutes and reads the project's own sentences only. With -o, results are kept in a file; if it is
benchmarks/results.json, the tables and the figure of docs/speed.md are made anew. A full run
measures the quick ratios too, which --check compares with.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks import report, results
from benchmarks.bench import FULL, QUICK, Bench, NotMeasuredError
from benchmarks.check import CHECKED, check
from benchmarks.marks import cold_start, memory, one_article, passes, rivals, streaming, two_cores
from otgnlp.errors import OtgnlpError
from training.report import speak_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.bench import Scale
    from benchmarks.mark import Mark
    from benchmarks.results import Section

MARKS: dict[str, Callable[[Bench], list[Mark]]] = {
    "passes": passes.measure,
    "cold-start": cold_start.measure,
    "one-article": one_article.measure,
    "two-cores": two_cores.measure,
    "memory": memory.measure,
    "streaming": streaming.measure,
    "rivals": rivals.measure,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 1 if the check fails or what it needs is missing."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument(
        "--only", nargs="+", choices=list(MARKS), metavar="MARK", help=f"of {', '.join(MARKS)}"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="keep the results here")
    parser.add_argument(
        "--check",
        type=Path,
        metavar="FILE",
        help=f"fail if a quick ratio of {', '.join(CHECKED)} is worse than in this file by 25 %%",
    )
    arguments = parser.parse_args(argv)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="otgnlp-benchmarks-") as folder:
        try:
            if arguments.check:
                return _check(arguments, Path(folder), console)
            return _measure(arguments, Path(folder), console)
        except (OtgnlpError, OSError, subprocess.SubprocessError) as error:
            console.print(f"benchmarks: {error}", markup=False)
            return 1


def _check(arguments: argparse.Namespace, folder: Path, console: Console) -> int:
    committed = results.read(arguments.check).get(QUICK.name)
    groups = [group for group in CHECKED if group in (arguments.only or CHECKED)]
    with console.status("") as status:
        bench = Bench(QUICK, folder, status.update)
        well = check(bench, committed, _print, groups=groups)
    _print(
        "no ratio is worse than committed" if well else "FAILED: a ratio is worse than committed"
    )
    return 0 if well else 1


def _measure(arguments: argparse.Namespace, folder: Path, console: Console) -> int:
    sections = {}
    if arguments.output and arguments.output.exists():
        sections = results.read(arguments.output)
    chosen = arguments.only or list(MARKS)
    plan = [(QUICK, chosen)]
    if not arguments.quick:
        plan = [(FULL, chosen), (QUICK, [name for name in chosen if name in CHECKED])]
    for scale, names in plan:
        if names:
            section = _section(scale, names, folder, console)
            sections[scale.name] = section.joined(sections.get(scale.name))
            _show(scale, section)
    if arguments.output:
        results.write(arguments.output, sections)
        if arguments.output.resolve() == results.RESULTS and not report.document(sections):
            console.print("the figure is not drawn: matplotlib is not installed")
    return 0


def _section(scale: Scale, names: Sequence[str], folder: Path, console: Console) -> Section:
    found: list[Mark] = []
    with console.status("") as status:

        def tell(text: str) -> None:
            status.update(text)
            if not console.is_terminal:
                console.print(text, markup=False)

        bench = Bench(scale, folder, tell)
        for name in names:
            try:
                found.extend(MARKS[name](bench))
            except NotMeasuredError as error:
                console.print(f"{name}: not measured: {error}", markup=False)
        text = f"shuffled into articles: {bench.sentences.origin}"
    return results.Section(results.facts(text), tuple(found))


def _show(scale: Scale, section: Section) -> None:
    table = Table(title=f"{scale.name} run")
    for column in report.HEAD:
        table.add_column(column)
    for mark in section.marks:
        what, *rest = report.shown(mark)
        if mark.name.startswith((rivals.FIRST, rivals.SECOND)):
            which = "first" if mark.name.startswith(rivals.FIRST) else "second"
            what = f"{which} pass, rate over {what}"
        table.add_row(what, *(cell.replace("**", "") for cell in rest))
    Console(highlight=False, markup=False).print(table)


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
