"""`otgnlp evaluate`: how right a model is on labelled sentences."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from rich.table import Table

from otgnlp.cli.common import add_model_options, err, load_tagger, out, read_threshold
from otgnlp.evaluation import Evaluation, Scores, evaluate
from otgnlp.labelled import read_labelled

if TYPE_CHECKING:
    from otgnlp.cli.types import Commands


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "evaluate",
        help="measure a model on labelled sentences",
        description="Measure precision, recall and F1 on labelled sentences, with 95 % bootstrap "
        "intervals.",
    )
    parser.add_argument(
        "data",
        nargs="+",
        metavar="DATA.jsonl",
        help='lines such as {"text": "…", "topics": ["ai"]}',
    )
    parser.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="TOPIC",
        help="judge only this topic, where the data are labelled with no other; as often as needed",
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, tag, compare, show."""
    progress = err()
    tagger = load_tagger(arguments)
    files = read_labelled(arguments.data)
    for file in files:
        progress.print(f"{file.path}: {len(file.sentences)} sentences")
    sentences = [sentence for file in files for sentence in file.sentences]
    with progress.status(f"tagging {len(sentences)} sentences with {tagger.model.title}"):
        threshold = read_threshold(arguments, tagger.topics)
        evaluation = evaluate(tagger, sentences, threshold, topics=arguments.topic)
    if arguments.json:
        sys.stdout.write(json.dumps(evaluation.to_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(evaluation, tagger.model.title)
    return 0


def _show(evaluation: Evaluation, model: str) -> None:
    table = Table("topic", "precision", "recall", "F1", "support")
    for topic, scores in evaluation.topics.items():
        table.add_row(topic, *_cells(scores))
    table.add_section()
    table.add_row("macro", *_cells(evaluation.macro))
    table.add_row("micro", *_cells(evaluation.micro))
    console = out()
    console.print(table)
    console.print(
        f"{model}, {evaluation.n_sentences} sentences, 95 % bootstrap intervals; "
        f"all topics of a sentence right: {evaluation.exact_match}",
        markup=False,
    )


def _cells(scores: Scores) -> list[str]:
    measures = (scores.precision, scores.recall, scores.f1)
    return [*(str(measure).replace("[", "\\[") for measure in measures), str(scores.support)]
