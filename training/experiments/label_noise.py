"""Find labels that may be wrong: those against which the held-out model is surest.

`python -m training.experiments.label_noise PUBLIC.jsonl -o SUSPECTS.jsonl` trains the design on the
public sentences and the own corpus and writes the own sentences whose label the folds that did not
read them give a probability below 0.05, least probable first, for a reader to judge by the guide.
It prints how many there are.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.labelled import read_labelled
from training.comparison.runs import TOPICS, targets
from training.comparison.settings import read_own
from training.experiments.held_out import train
from training.report import speak_utf8, table

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIMITS = (0.01, 0.02, 0.05)


def main(argv: Sequence[str] | None = None) -> int:
    """Train, write the suspects, print a table in Markdown."""
    speak_utf8()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="SUSPECTS.jsonl")
    arguments = parser.parse_args(argv)
    own = read_own()
    (public,) = read_labelled([arguments.public])
    classifier = train([*own, *public.sentences])
    said = classifier.model_.calibrate(classifier.held_out_)[: len(own)]
    labels = targets(own)
    trust = np.where(labels, said, 1 - said)
    rows, columns = np.unravel_index(np.argsort(trust, axis=None), trust.shape)
    suspects = [
        {
            "text": own[row].text,
            "topics": list(own[row].topics),
            "topic": TOPICS[column],
            "probability": round(float(said[row, column]), 4),
        }
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if trust[row, column] < max(_LIMITS)
    ]
    content = "".join(json.dumps(suspect, ensure_ascii=False) + "\n" for suspect in suspects)
    arguments.output.write_text(content, encoding="utf-8")
    counts = [
        [f"below {limit}", *(np.sum(trust[:, column] < limit) for column in range(len(TOPICS)))]
        for limit in _LIMITS
    ]
    print(table(["probability of the label", *TOPICS], counts))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
