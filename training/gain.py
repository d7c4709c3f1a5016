"""What the project's own sentences add to the public ones: the table of docs/data.md.

`python -m training.gain PUBLIC.jsonl DEV.jsonl` trains one model on the public sentences, one on
those and the own corpus, and one on those and the own corpus without five registers. The first two
are compared on DEV, the first and the third on the five registers, which neither has read. The
difference in macro-F1 has a 95 % interval by the paired bootstrap.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from otgnlp.evaluation import compare, judge, macro_f1_gain
from otgnlp.fitting.classifier import TopicClassifier
from otgnlp.labelled import read_labelled
from training.comparison.settings import read_own

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.labelled import LabelledSentence

HELD_OUT = ("communique", "complaint", "speech", "strategy", "tech")


def main() -> int:
    """Train, compare, print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m training.gain", description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("dev", type=Path, metavar="DEV.jsonl")
    arguments = parser.parse_args()
    public, dev = (
        list(file.sentences) for file in read_labelled([arguments.public, arguments.dev])
    )
    own = _own_corpus()
    alone = _fit("public", public)
    both = _fit("public and own", public + [sentence for part in own.values() for sentence in part])
    judged = {sentence.group for name in HELD_OUT for sentence in own[name]}
    kept = [
        sentence
        for name, part in own.items()
        for sentence in part
        if name not in HELD_OUT and sentence.group not in judged
    ]
    without = _fit("public and own without five registers", public + kept)
    print("| judged on | sentences | public alone | public and own | difference |")  # noqa: T201
    print("|---|---|---|---|---|")  # noqa: T201
    print(_row("dev", dev, alone, both))  # noqa: T201
    for name in HELD_OUT:
        print(_row(name, own[name], alone, without))  # noqa: T201
    return 0


def _own_corpus() -> dict[str, list[LabelledSentence]]:
    """Return the own corpus by register."""
    by_register: dict[str, list[LabelledSentence]] = defaultdict(list)
    for sentence in read_own():
        by_register[sentence.fields["register"]].append(sentence)
    return by_register


def _fit(name: str, sentences: Sequence[LabelledSentence]) -> TopicClassifier:
    Console(stderr=True).print(f"training on {name}: {len(sentences)} sentences")
    return TopicClassifier(n_jobs=-1).fit(
        [sentence.text for sentence in sentences],
        [sentence.topics for sentence in sentences],
        groups=[sentence.group for sentence in sentences],
    )


def _row(
    name: str,
    sentences: Sequence[LabelledSentence],
    before: TopicClassifier,
    after: TopicClassifier,
) -> str:
    old, new = (judge(model.tagger(), sentences) for model in (before, after))
    macro = [str(compare(judged).macro.f1) for judged in (old, new)]
    gain = macro_f1_gain(old, new).signed()
    return f"| {name} | {len(sentences)} | {' | '.join(macro)} | {gain} |"


if __name__ == "__main__":
    sys.exit(main())
