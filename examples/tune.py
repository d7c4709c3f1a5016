"""Find the settings of a classifier that serve best on your labelled sentences.

    python examples/tune.py my.jsonl
    python examples/tune.py my.csv --try C=0.03,0.1,0.3 --try pair_weight=0,1.5 -o my-model

Sentences are lines of JSON (`text`, `topics` and, if known, `doc`) or rows of CSV (`text`, `topics`
separated by semicolons and, if known, `file`). Every combination is fitted and judged on held-out
folds; a document is never split between folds, nor between the folds of the calibration within.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sklearn
from rich.console import Console
from rich.table import Table
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.preprocessing import MultiLabelBinarizer

from otgnlp import InputError, OtgnlpError, TopicClassifier
from otgnlp.labelled import read_labelled, read_text
from otgnlp.labelling import spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from otgnlp.labelled import LabelledSentence
    from otgnlp.labelling.exchange import Annotation

    Scores = dict[str, float]

USUAL = {"C": [0.03, 0.1, 0.3], "pair_weight": [0.0, 1.5]}
MACRO = "macro F1"


def main() -> int:
    """Read the arguments and search."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="labelled sentences, .jsonl, .jsonl.gz or .csv")
    parser.add_argument(
        "--try",
        dest="grid",
        action="append",
        type=read_choice,
        metavar="NAME=VALUE,…",
        help="values of a parameter of TopicClassifier; as often as needed",
    )
    parser.add_argument("--folds", type=int, default=3, metavar="N", help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="fits at a time")
    parser.add_argument("--no-embeddings", action="store_true", help="do without word embeddings")
    parser.add_argument("-o", "--output", metavar="DIR", help="save the best model")
    arguments = parser.parse_args()
    try:
        run(arguments, dict(arguments.grid or USUAL))
    except OtgnlpError as error:
        sys.stderr.write(f"tune.py: {error}\n")
        return 1
    return 0


def read_choice(text: str) -> tuple[str, list[Any]]:
    """Read a parameter and its values, which are written as in JSON."""
    name, _, values = text.partition("=")
    known = TopicClassifier().get_params()
    if name not in known:
        raise argparse.ArgumentTypeError(f"{name}: TopicClassifier has {', '.join(known)}")
    try:
        return name, json.loads(f"[{values}]")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: expected, say, C=0.1,0.3") from None


def run(arguments: argparse.Namespace, grid: dict[str, list[Any]]) -> None:
    """Search, show what was found, save the best."""
    console = Console(highlight=False)
    sentences, topics, groups = read_data(arguments.data)
    names = sorted(set().union(*topics))
    n_groups = len(set(groups))
    if not 2 <= arguments.folds <= n_groups:
        raise InputError(f"--folds {arguments.folds}: choose from 2 to {n_groups}, the documents")
    counts = ", ".join(f"{name} {sum(name in given for given in topics)}" for name in names)
    console.print(f"{arguments.data.name}: {len(sentences)} sentences; {counts or 'no topic'}")

    classifier = TopicClassifier(embeddings=not arguments.no_embeddings)
    with sklearn.config_context(enable_metadata_routing=True):
        search = GridSearchCV(
            classifier.set_fit_request(groups=True),
            grid,
            cv=GroupKFold(arguments.folds),
            scoring=judge(names),
            refit=MACRO,
            n_jobs=arguments.jobs,
            error_score="raise",
        )
        search.fit(sentences, topics, groups=groups)

    console.print(show(search.cv_results_, list(grid), names))
    best = ", ".join(f"{name}={value}" for name, value in search.best_params_.items())
    n_tried = len(search.cv_results_["params"])
    console.print(f"best of {n_tried}: {best}, {MACRO} {search.best_score_:.3f}")
    console.print("Being the best of several flatters it: judge it on sentences kept aside.")
    if arguments.output is not None:
        search.best_estimator_.save(arguments.output)
        console.print(f"fitted on all sentences and saved to {arguments.output}")


def read_data(path: Path) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
    """Return sentences, their topics, and what document each belongs to."""
    rows: Sequence[LabelledSentence | Annotation]
    if path.suffix.lower() == ".csv":
        rows = spreadsheet.read(read_text(path), path.name).sentences
        groups = [row.file or row.text for row in rows]
    else:
        rows = read_labelled([path])[0].sentences
        groups = [row.group for row in rows]
    return [row.text for row in rows], [row.topics for row in rows], groups


def judge(names: list[str]) -> Callable[[TopicClassifier, list[str], list[Any]], Scores]:
    """Return a function that gives the F1 of each topic, and their mean."""
    indicators = MultiLabelBinarizer(classes=names)

    def score(classifier: TopicClassifier, sentences: list[str], topics: list[Any]) -> Scores:
        true = indicators.fit_transform(topics)
        found = indicators.transform(classifier.tagger().predict(sentences))
        columns = zip(names, true.T, found.T, strict=True)
        by_topic = {name: f1_score(*column, zero_division=0) for name, *column in columns}
        return {MACRO: sum(by_topic.values()) / len(by_topic), **by_topic}

    return score


def show(results: dict[str, Any], parameters: list[str], names: list[str]) -> Table:
    """Return a table of what was tried, best first."""
    table = Table(*parameters, f"{MACRO} ± s.d.", *names)
    for row in results[f"rank_test_{MACRO}"].argsort(kind="stable"):
        mean, spread = (results[f"{kind}_test_{MACRO}"][row] for kind in ("mean", "std"))
        values = [str(results["params"][row][name]) for name in parameters]
        scores = [f"{results[f'mean_test_{name}'][row]:.3f}" for name in names]
        table.add_row(*values, f"{mean:.3f} ± {spread:.3f}", *scores)
    return table


if __name__ == "__main__":
    sys.exit(main())
