"""Find how much embeddings should weigh for a topic with few sentences.

`python -m training.experiments.few_sentences` trains the first stage on half of the own corpus,
with a few sentences on one topic and all that are not about it, and lets it rank the other half.
The table holds average precision, the mean over topics. `TopicClassifier` does what the column × 1
does: its weight grows as sentences get fewer; the other columns multiply it.
"""

from __future__ import annotations

import sys

import numpy as np
from rich.progress import track
from sklearn.metrics import average_precision_score

from otgnlp import Topic, TopicClassifier
from otgnlp.labelled import LabelledSentence, read_labelled
from training.paths import corpus_files

COUNTS = (30, 100, 300, 900)
FACTORS = (0.25, 0.5, 1.0, 2.0)


def main() -> int:
    """Train, rank, print a table in Markdown."""
    sentences = [s for file in read_labelled(corpus_files()) for s in file.sentences]
    order = np.random.default_rng(0).permutation(len(sentences))
    train, test = ([sentences[i] for i in half] for half in np.array_split(order, 2))
    print("| sentences | " + " | ".join(f"× {factor:g}" for factor in FACTORS) + " |")  # noqa: T201
    print("|---|" + "---|" * len(FACTORS))  # noqa: T201
    for count in COUNTS:
        cells = [
            np.mean([_average_precision(train, test, topic, count, factor) for topic in Topic])
            for factor in track(
                FACTORS, f"{count} sentences a topic", disable=not sys.stderr.isatty()
            )
        ]
        print(f"| {count} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |", flush=True)  # noqa: T201
    return 0


def _average_precision(
    train: list[LabelledSentence],
    test: list[LabelledSentence],
    topic: str,
    count: int,
    factor: float,
) -> float:
    about = [sentence for sentence in train if topic in sentence.topics][:count]
    others = [sentence for sentence in train if topic not in sentence.topics]
    weight = factor * TopicClassifier().embedding_weight
    classifier = TopicClassifier(embedding_weight=weight, n_folds=1).fit(
        [sentence.text for sentence in about + others],
        [[topic]] * len(about) + [[]] * len(others),
    )
    scores = classifier.decision_function([sentence.text for sentence in test])[:, 0]
    return float(average_precision_score([topic in sentence.topics for sentence in test], scores))


if __name__ == "__main__":
    sys.exit(main())
