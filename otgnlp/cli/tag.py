"""`otgnlp tag`: texts in, tagged sentences out."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from otgnlp.cli.common import add_model_options, load_tagger, read_threshold
from otgnlp.cli.reading import Texts, add_text_options
from otgnlp.cli.writers import WRITERS, Writer
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from otgnlp.cli.types import Commands
    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "tag",
        help="tag the sentences of texts",
        description="Tag every sentence of texts with the topics it is about.",
    )
    add_text_options(parser)
    parser.add_argument(
        "--format",
        choices=sorted(WRITERS),
        help="default: table on a terminal, jsonl elsewhere",
    )
    parser.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="TOPIC",
        help="show only sentences about this topic; as often as needed, for sentences about any",
    )
    parser.add_argument("--explain", action="store_true", help="show which words spoke for a topic")
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tag each file and write it out; what cannot be read is reported and passed over."""
    texts = Texts(arguments)
    tagger = load_tagger(arguments)
    threshold = read_threshold(arguments, tagger.topics)
    _check_topics(arguments.topic, tagger)
    kind = arguments.format or ("table" if sys.stdout.isatty() else "jsonl")
    writer: Writer = WRITERS[kind](tagger.topics, set(arguments.topic), arguments.explain)
    for name, text in texts:
        document: Document = tagger.tag(text, threshold)
        writer.write(name, document)
    return int(texts.failed)


def _check_topics(topics: list[str], tagger: Tagger) -> None:
    for topic in topics:
        if topic not in tagger.topics:
            known = ", ".join(tagger.topics)
            raise InputError(f"--topic {topic}: this model knows {known}")
