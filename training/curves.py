"""Learning curves: how much own sentences, public ones and both bring, as they grow.

`python -m training.curves PUBLIC.jsonl DEV.jsonl` trains on a quarter, a half and all of
each, and measures macro-F1 on DEV. Documents and contrast groups are drawn whole, and the larger
samples hold the smaller ones. With --write the table and the figure of docs/quality.md are made
anew, otherwise the table is printed. Takes some 15 minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from otgnlp.evaluation import evaluate
from otgnlp.fitting.classifier import TopicClassifier
from otgnlp.labelled import read_labelled
from training import report
from training.comparison.figures import plots, save
from training.comparison.settings import read_own
from training.paths import QUALITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.bootstrap import Measure
    from otgnlp.labelled import LabelledSentence

    Point = tuple[int, Measure]

SHARES = (0.25, 0.5, 1.0)
_COLOURS = {"own": "#e69f00", "public": "#009e73", "both": "#0072b2"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    report.speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m training.curves", description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("dev", type=Path, metavar="DEV.jsonl")
    parser.add_argument("--write", action="store_true", help="write to docs/quality.md")
    arguments = parser.parse_args(argv)
    public, dev = (
        list(file.sentences) for file in read_labelled([arguments.public, arguments.dev])
    )
    own = read_own()
    curves: dict[str, list[Point]] = {name: [] for name in _COLOURS}
    console = Console(stderr=True, highlight=False)
    for share in SHARES:
        parts = {"own": _sample(own, share), "public": _sample(public, share)}
        parts["both"] = parts["own"] + parts["public"]
        for name, sentences in parts.items():
            f1 = _macro_f1(sentences, dev)
            console.print(f"{name}, {len(sentences)} sentences: {f1}", markup=False)
            curves[name].append((len(sentences), f1))
    text = _table(curves)
    if not arguments.write:
        print(text)  # noqa: T201
        return 0
    report.fill(QUALITY, {"curves": text})
    save(_figure(curves), QUALITY.parent / "images" / "curves.svg")
    return 0


def _sample(sentences: Sequence[LabelledSentence], share: float) -> list[LabelledSentence]:
    """Return the sentences of a share of the groups, the same groups each time and more."""
    groups = sorted({sentence.group for sentence in sentences})
    order = np.random.default_rng(0).permutation(len(groups))
    chosen = {groups[i] for i in order[: round(share * len(groups))]}
    return [sentence for sentence in sentences if sentence.group in chosen]


def _macro_f1(train: Sequence[LabelledSentence], dev: Sequence[LabelledSentence]) -> Measure:
    classifier = TopicClassifier(n_jobs=-1).fit(
        [sentence.text for sentence in train],
        [sentence.topics for sentence in train],
        groups=[sentence.group for sentence in train],
    )
    return evaluate(classifier.tagger(), dev).macro.f1


def _table(curves: dict[str, list[Point]]) -> str:
    head = ["", *(f"{share:g} of the groups" for share in SHARES)]
    rows = [
        [name, *(f"{n} sentences: {f1}" for n, f1 in points)] for name, points in curves.items()
    ]
    return report.table(head, rows)


def _figure(curves: dict[str, list[Point]]) -> Any:
    figure, (axis,) = plots(1, (5.5, 3.2))
    for name, points in curves.items():
        numbers = [n for n, _ in points]
        axis.plot(numbers, [f1.value for _, f1 in points], "o-", color=_COLOURS[name], label=name)
        low, high = ([getattr(f1, end) for _, f1 in points] for end in ("low", "high"))
        axis.fill_between(numbers, low, high, color=_COLOURS[name], alpha=0.12, linewidth=0)
    axis.set_xscale("log")
    axis.set_xlabel("sentences learnt")
    axis.set_ylabel("macro-F1 on dev, 95 % interval")
    axis.legend(frameon=False)
    return figure


if __name__ == "__main__":
    sys.exit(main())
