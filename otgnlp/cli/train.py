"""`otgnlp train`: from labelled sentences to a model folder."""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from otgnlp import storage
from otgnlp.cli.common import err
from otgnlp.labelled import LabelledFile, read_labelled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from otgnlp.cli.types import Commands


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "train",
        help="train a model on labelled sentences",
        description="Train a model on labelled sentences, for the topics that they name.",
    )
    parser.add_argument(
        "data",
        nargs="+",
        metavar="DATA.jsonl",
        help='lines such as {"text": "…", "topics": ["ai"]}',
    )
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="the model's folder")
    parser.add_argument("--name", default="my-topics", help="the model's name (%(default)s)")
    parser.add_argument("--version", default="1", help="the model's version (%(default)s)")
    parser.add_argument("--jobs", type=int, default=-1, metavar="N", help="default: all cores")
    parser.add_argument(
        "--no-embeddings",
        action="store_true",
        help="do without word embeddings, even where the extra `train` is installed",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, fit, save."""
    from otgnlp.fitting.classifier import TopicClassifier

    console = err()
    started = time.monotonic()
    files = read_labelled(arguments.data)
    sentences = [sentence for file in files for sentence in file.sentences]
    for file in files:
        console.print(_describe(file), markup=False)
    classifier = TopicClassifier(embeddings=not arguments.no_embeddings, n_jobs=arguments.jobs)
    with _progress(console):
        classifier.fit(
            [sentence.text for sentence in sentences],
            [sentence.topics for sentence in sentences],
            groups=[sentence.group for sentence in sentences],
        )
    facts = {**classifier.model_.facts, "data": [_facts(file) for file in files]}
    model = replace(classifier.model_, name=arguments.name, version=arguments.version, facts=facts)
    storage.save(model, arguments.output)
    for topic, threshold in zip(model.topics, model.thresholds, strict=True):
        count = facts["training"]["topics"][topic]
        console.print(f"{topic}: {count} sentences, threshold {threshold:.2f}", markup=False)
    console.print(
        f"{model.title}: saved to {arguments.output} after {time.monotonic() - started:.0f} s",
        markup=False,
    )
    return 0


def _describe(file: LabelledFile) -> str:
    topics = Counter(topic for sentence in file.sentences for topic in sentence.topics)
    counts = ", ".join(f"{topic} {count}" for topic, count in sorted(topics.items()))
    return f"{file.path}: {len(file.sentences)} sentences; {counts or 'no topic'}"


def _facts(file: LabelledFile) -> dict[str, Any]:
    return {"file": file.path.name, "sentences": len(file.sentences), "sha256": file.sha256}


class _progress(logging.Handler):  # noqa: N801
    """Shows what the fitting logs: as a status line on a terminal, line by line elsewhere."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self._console = console
        self._status: Status | None = None
        self._logger = logging.getLogger("otgnlp.fitting")

    def __enter__(self) -> None:
        self._level = self._logger.level
        self._logger.addHandler(self)
        self._logger.setLevel(logging.INFO)
        if self._console.is_terminal:
            self._status = self._console.status("reading words")
            self._status.start()

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
        self._logger.removeHandler(self)
        self._logger.setLevel(self._level)

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if self._status is not None:
            self._status.update(message)
        else:
            self._console.print(message, markup=False)
