"""`otgnlp evaluate`: how right a model is on labelled sentences."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.markup import escape
from rich.table import Table

from otgnlp.cli.common import (
    add_model_options,
    err,
    load_tagger,
    out,
    positive,
    read_threshold,
    say,
    verbatim,
)
from otgnlp.cli.completers import complete_with, known_topics
from otgnlp.cli.output import plain
from otgnlp.errors import InputError
from otgnlp.evaluation import Evaluation, Judged, Scores, compare, judge
from otgnlp.labelled import read_labelled
from otgnlp.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.bootstrap import Measure
    from otgnlp.cli.types import Commands
    from otgnlp.labelled import LabelledSentence

_EXAMPLES = """\
Examples:

  otgnlp evaluate held-out.jsonl
  otgnlp evaluate held-out.jsonl --model my-model --by source --errors 20
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "evaluate",
        help="measure a model on labelled sentences",
        description="Measure precision, recall, F1 and the expected calibration error (ECE) on "
        "labelled sentences, with 95 % bootstrap intervals.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "data",
        nargs="+",
        metavar="DATA.jsonl",
        help='lines such as {"text": "…", "topics": ["ai"]}',
    )
    topic = parser.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="TOPIC",
        help="judge only this topic, where the data are labelled with no other; as often as needed",
    )
    complete_with(topic, known_topics)
    parser.add_argument(
        "--by",
        metavar="FIELD",
        help="measure the sentences of each value of this key of the data too, such as source",
    )
    parser.add_argument(
        "--errors",
        type=positive,
        default=0,
        metavar="N",
        help="show the N errors that the model was surest of",
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, tag, compare, show."""
    tagger = load_tagger(arguments)
    files = read_labelled(arguments.data)
    for file in files:
        say(f"{file.path}: {len(file.sentences)} sentences")
    sentences = [sentence for file in files for sentence in file.sentences]
    title = printable(tagger.model.title)
    with err().status(escape(f"tagging {len(sentences)} sentences with {title}")):
        threshold = read_threshold(arguments, tagger.topics)
        judged = judge(tagger, sentences, threshold, topics=arguments.topic)
        evaluation = compare(judged)
        groups = _by(arguments.by, sentences, judged) if arguments.by else {}
    errors = _surest_errors(judged, sentences, arguments.errors)
    if arguments.json:
        found = evaluation.to_dict()
        if groups:
            found["by"] = {name: part.to_dict() for name, part in groups.items()}
        if arguments.errors:
            found["errors"] = errors
        plain(sys.stdout).write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        _show(evaluation, tagger.model.title)
        _show_groups(arguments.by, groups)
        _show_errors(errors)
    return 0


def _by(field: str, sentences: Sequence[LabelledSentence], judged: Judged) -> dict[str, Evaluation]:
    """Return the figures for each value of a key; raises `InputError` where no line has it."""
    values = np.array([sentence.fields.get(field, "") for sentence in sentences])
    if not (values != "").any():
        raise InputError(f"--by {field}: no sentence has a string under that key")
    return {
        str(value) or "(none)": compare(judged.among(values == value))
        for value in np.unique(values)
    }


def _surest_errors(
    judged: Judged, sentences: Sequence[LabelledSentence], most: int
) -> list[dict[str, Any]]:
    """Return what was wrong with the highest probability, given or withheld."""
    wrong = judged.flags != judged.truth
    said = np.where(judged.flags, judged.probabilities, 1.0 - judged.probabilities)
    surety = np.where(wrong, said, -1.0)
    order = np.argsort(-surety, axis=None, kind="stable")[: min(most, int(wrong.sum()))]
    places = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return [
        {
            "text": sentences[row].text,
            "topic": judged.topics[column],
            "given": bool(judged.flags[row, column]),
            "probability": float(judged.probabilities[row, column]),
        }
        for row, column in places
    ]


def _show(evaluation: Evaluation, model: str) -> None:
    table = Table("topic", "precision", "recall", "F1", "support")
    for topic, scores in evaluation.topics.items():
        table.add_row(verbatim(topic), *_cells(scores))
    table.add_section()
    table.add_row("macro", *_cells(evaluation.macro))
    table.add_row("micro", *_cells(evaluation.micro))
    console = out()
    console.print(table)
    console.print(
        f"{printable(model)}, {evaluation.n_sentences} sentences, 95 % bootstrap intervals; "
        f"all topics of a sentence right: {evaluation.exact_match}; "
        f"expected calibration error: {evaluation.calibration_error}",
        markup=False,
    )


def _show_groups(field: str | None, groups: dict[str, Evaluation]) -> None:
    if not groups:
        return
    topics = list(next(iter(groups.values())).topics)
    head = [escape(printable(name)) for name in (str(field), "sentences", *topics)]
    table = Table(*head, "micro F1", "ECE")
    for value, found in groups.items():
        table.add_row(
            verbatim(value),
            str(found.n_sentences),
            *(_f1(found.topics[topic]) for topic in topics),
            _cell(found.micro.f1),
            _ece(found.calibration_error),
        )
    out().print(table)


def _show_errors(errors: list[dict[str, Any]]) -> None:
    if not errors:
        return
    table = Table("error", "probability", "sentence")
    for error in errors:
        kind = "wrongly" if error["given"] else "missed"
        table.add_row(
            verbatim(f"{kind} {error['topic']}"),
            f"{error['probability']:.2f}",
            verbatim(error["text"]),
        )
    out().print(table)


def _cells(scores: Scores) -> list[str]:
    measures = (scores.precision, scores.recall, scores.f1)
    return [*map(_cell, measures), str(scores.support)]


def _f1(scores: Scores) -> str:
    return f"{scores.f1.value:.3f}" if scores.support else "–"


def _ece(measure: Measure) -> str:
    return f"{measure.value:.3f}"


def _cell(measure: Measure) -> str:
    return str(measure).replace("[", "\\[")
