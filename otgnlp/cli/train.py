"""`otgnlp train`: from labelled sentences to a model folder."""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from otgnlp import storage
from otgnlp.cli.common import err, load_tagger, say
from otgnlp.errors import InputError
from otgnlp.labelled import LabelledFile, LabelledSentence, read_labelled
from otgnlp.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.status import Status

    from otgnlp.cli.types import Commands
    from otgnlp.model import TopicModel

_EXAMPLES = """\
Examples:

  otgnlp train my.jsonl -o my-model
  otgnlp train my.jsonl --extend -o my-model      keep the bundled topics, learn new ones
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "train",
        help="train a model on labelled sentences",
        description="Train a model on labelled sentences, for the topics that they name.",
        epilog=_EXAMPLES,
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
    parser.add_argument(
        "--extend",
        action="store_true",
        help="keep the topics of a model as they are, and learn only those that it lacks",
    )
    parser.add_argument(
        "--model", metavar="DIR", help="the model that --extend keeps (default: the bundled one)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, fit, save."""
    from otgnlp.fitting.classifier import TopicClassifier
    from otgnlp.fitting.extension import extend

    if arguments.model is not None and not arguments.extend:
        raise InputError("--model goes with --extend")
    storage.check_target(arguments.output)
    started = time.monotonic()
    kept = load_tagger(arguments).model if arguments.extend else None
    files = read_labelled(arguments.data)
    for file in files:
        say(_describe(file))
    sentences = [sentence for file in files for sentence in file.sentences]
    topics = _topics_to_learn(sentences, kept)
    if kept is not None:
        say(f"labels of {', '.join(kept.topics)} are passed over: --extend keeps these")
    classifier = TopicClassifier(embeddings=not arguments.no_embeddings, n_jobs=arguments.jobs)
    with _progress(err()):
        classifier.fit(
            [sentence.text for sentence in sentences],
            topics,
            groups=[sentence.group for sentence in sentences],
        )
    model = classifier.model_
    counts = model.facts["training"]["topics"]
    facts = {**model.facts, "data": [_facts(file) for file in files]}
    if kept is not None:
        facts["extends"] = {"model": kept.title, "sha256": kept.fingerprint, **kept.facts}
        model = extend(kept, model)
    model = replace(model, name=arguments.name, version=arguments.version, facts=facts)
    storage.save(model, arguments.output)
    for topic, threshold in zip(model.topics, model.thresholds, strict=True):
        origin = f"{counts[topic]} sentences" if topic in counts else "kept"
        say(f"{topic}: {origin}, threshold {threshold:.2f}")
    say(f"{model.title}: saved to {arguments.output} after {time.monotonic() - started:.0f} s")
    return 0


def _topics_to_learn(
    sentences: Sequence[LabelledSentence], kept: TopicModel | None
) -> list[list[str]]:
    """Return the sentences' topics but for those of the model that is kept."""
    known = () if kept is None else kept.topics
    topics = [[topic for topic in sentence.topics if topic not in known] for sentence in sentences]
    if known and not any(topics):
        raise InputError(
            f"no sentence has a topic other than {', '.join(known)}; "
            "without --extend, a model learns these anew"
        )
    return topics


def _describe(file: LabelledFile) -> str:
    topics = Counter(topic for sentence in file.sentences for topic in sentence.topics)
    counts = ", ".join(f"{topic} {count}" for topic, count in sorted(topics.items()))
    return f"{file.path}: {len(file.sentences)} sentences; {counts or 'no topic'}"


def _facts(file: LabelledFile) -> dict[str, Any]:
    # A file's name need not be UTF-8; what a model says of itself is.
    name = os.fsencode(file.path.name).decode("utf-8", "replace")
    return {"file": name, "sentences": len(file.sentences), "sha256": file.sha256}


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
        message = printable(record.getMessage())
        if self._status is not None:
            self._status.update(escape(message))
        else:
            self._console.print(message, markup=False)
