"""Learn from what the model itself says of unlabelled sentences.

`python -m training.experiments.self_training PUBLIC.jsonl DEV.jsonl UNLABELLED.jsonl` trains the
design on television and the own corpus, lets it tag 60,000 unlabelled sentences, and trains the
first stage again with those of which it is sure. The table holds average precision, as in
`first_stage`. Takes some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.fitting.classifier import TopicClassifier
from otgnlp.labelled import LabelledSentence, read_lines, read_text
from training.experiments import ranking
from training.experiments.ranking import Data, Variant
from training.report import speak_utf8, table

if TYPE_CHECKING:
    from collections.abc import Sequence

_N = 60_000
_NONE = 0.02  # every topic below this: surely no topic
SURE = (0.8, 0.95)


def main(argv: Sequence[str] | None = None) -> int:
    """Train, tag, train again, print a table in Markdown."""
    speak_utf8()
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("public", "dev", "unlabelled"):
        parser.add_argument(name, type=Path, metavar=f"{name.upper()}.jsonl")
    arguments = parser.parse_args(argv)
    embeddings = ranking.embeddings()
    train, judged = ranking.read(arguments.public, arguments.dev)
    lines = [json.loads(line) for _, line in read_lines(read_text(arguments.unlabelled))]
    chosen = np.random.default_rng(0).permutation(len(lines))[:_N]
    read = {sentence.text for part in judged.values() for sentence in part}
    texts = [lines[i]["text"] for i in chosen if lines[i]["text"] not in read]
    teacher = TopicClassifier(n_jobs=-1).fit(
        [s.text for s in train], [s.topics for s in train], [s.group for s in train]
    )
    said = teacher.predict_proba(texts)
    rows = []
    for name, more in (
        ("the design", []),
        *((f"sure above {sure}", _pseudo(texts, said, sure, teacher)) for sure in SURE),
    ):
        found = Data([*train, *more], judged).measure(Variant(), embeddings)
        rows.append([name, len(train) + len(more), *(f"{value:.3f}" for value in found.values())])
    print(table(["", "sentences learnt", *judged], rows))  # noqa: T201
    return 0


def _pseudo(
    texts: Sequence[str], said: np.ndarray, sure: float, teacher: TopicClassifier
) -> list[LabelledSentence]:
    """Return the sentences of which the teacher is sure in every topic."""
    known = np.all((said >= sure) | (said < _NONE), axis=1)
    return [
        LabelledSentence(texts[i], tuple(teacher.classes_[said[i] >= sure].tolist()), texts[i])
        for i in known.nonzero()[0]
    ]


if __name__ == "__main__":
    sys.exit(main())
