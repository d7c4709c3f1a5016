"""What the project's own sentences add to the public ones: the table of docs/data.md.

`python -m training.gain PUBLIC.jsonl DEV.jsonl` trains one model on the public sentences alone and
one on those and the own corpus without five registers, and compares both on DEV and on the five
registers. The difference in macro-F1 has a 95 % interval by the paired bootstrap.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from otgnlp.evaluation import compare, resampled_macro_f1
from otgnlp.fitting.classifier import TopicClassifier
from otgnlp.fitting.labels import binarize
from otgnlp.labelled import read_labelled
from training.check import read_records
from training.paths import corpus_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.evaluation import Flags
    from otgnlp.labelled import LabelledSentence

HELD_OUT = ("communique", "complaint", "speech", "strategy", "tech")


@dataclass(frozen=True, slots=True)
class TestSet:
    """Sentences that no compared model has read."""

    name: str
    sentences: list[str]
    topics: list[tuple[str, ...]]


def main() -> int:
    """Train, compare, print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m training.gain", description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("dev", type=Path, metavar="DEV.jsonl")
    arguments = parser.parse_args()
    public, dev = (
        list(file.sentences) for file in read_labelled([arguments.public, arguments.dev])
    )
    own, held_out = _own_corpus()
    tests = [_test_set("dev", dev), *held_out]
    progress = Console(stderr=True)
    models = []
    for name, data in (("public", public), ("public and own", public + own)):
        progress.print(f"training on {name}: {len(data)} sentences")
        models.append(_fit(data))
    print("| judged on | sentences | public alone | public and own | difference |")  # noqa: T201
    print("|---|---|---|---|---|")  # noqa: T201
    for test in tests:
        print(_row(test, models))  # noqa: T201
    return 0


def _own_corpus() -> tuple[list[LabelledSentence], list[TestSet]]:
    """Return the corpus without the held-out registers, and a test set of each of those."""
    held_out: dict[str, TestSet] = {name: TestSet(name, [], []) for name in HELD_OUT}
    kept: list[LabelledSentence] = []
    for file in corpus_files():
        records, _ = read_records([file])
        (labelled,) = read_labelled([file])
        for record, sentence in zip(records, labelled.sentences, strict=True):
            test = held_out.get(record.data["register"])
            if test is None:
                kept.append(sentence)
            else:
                test.sentences.append(sentence.text)
                test.topics.append(sentence.topics)
    return kept, list(held_out.values())


def _test_set(name: str, sentences: Sequence[LabelledSentence]) -> TestSet:
    return TestSet(name, [s.text for s in sentences], [s.topics for s in sentences])


def _fit(sentences: Sequence[LabelledSentence]) -> TopicClassifier:
    return TopicClassifier(n_jobs=-1).fit(
        [sentence.text for sentence in sentences],
        [sentence.topics for sentence in sentences],
        groups=[sentence.group for sentence in sentences],
    )


def _row(test: TestSet, models: Sequence[TopicClassifier]) -> str:
    topics = models[0].classes_.tolist()
    _, truth = binarize(test.topics, topics)
    predicted: list[Flags] = [model.predict(test.sentences).astype(bool) for model in models]
    alone, both = (str(compare(truth, flags, topics).macro.f1) for flags in predicted)
    gains = np.subtract(*(resampled_macro_f1(truth, flags) for flags in reversed(predicted)))
    low, high = np.quantile(gains[1:], [0.025, 0.975])
    gain = f"{gains[0]:+.3f} [{low:+.3f}, {high:+.3f}]"
    return f"| {test.name} | {len(test.sentences)} | {alone} | {both} | {gain} |"


if __name__ == "__main__":
    sys.exit(main())
