"""`otgnlp tag`: texts in, tagged sentences out."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from typing import TYPE_CHECKING

from otgnlp.cli.common import add_model_options, load_tagger, positive, read_threshold
from otgnlp.cli.output import writing_to
from otgnlp.cli.pages import PageWriter
from otgnlp.cli.reading import Block, Blocks, add_text_options
from otgnlp.cli.rows import Rows, add_row_options, date_reader
from otgnlp.cli.writers import WRITERS, Writer
from otgnlp.errors import InputError
from otgnlp.parallel import BATCH_SIZE
from otgnlp.progress import watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from otgnlp.cli.types import Commands
    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold


_WHOLE = ("html", "table")  # formats that show a file as one text


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
        help="default: that of FILE's ending; else table on a terminal, jsonl elsewhere; html, a "
        "page to look at, needs the extra `report`",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    parser.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="TOPIC",
        help="show only sentences about this topic; as often as needed, for sentences about any",
    )
    parser.add_argument("--explain", action="store_true", help="show which words spoke for a topic")
    parser.add_argument(
        "--jobs",
        type=positive,
        default=1,
        metavar="N",
        help="processes to run (default: %(default)s); more pay from some ten megabytes on",
    )
    add_row_options(parser)
    parser.add_argument(
        "--language",
        choices=("en", "ru"),
        default="en",
        help="language of a page's own words (default: %(default)s)",
    )
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tag each file and write it out; what cannot be read is reported and passed over."""
    with writing_to(arguments.output):
        return _run(arguments, arguments.format or _usual_format(arguments.output))


def _usual_format(output: str | None) -> str:
    ending = os.path.splitext(output or "")[1].removeprefix(".").lower()
    if ending in WRITERS:
        return ending
    return "table" if sys.stdout.isatty() else "jsonl"


def _run(arguments: argparse.Namespace, kind: str) -> int:
    if arguments.date_column and not arguments.text_column:
        raise InputError("--date-column: say with --text-column which column holds the texts")
    rows = Rows(arguments) if arguments.text_column else None
    blocks = rows or Blocks(arguments, whole=kind in _WHOLE)
    tagger = load_tagger(arguments)
    threshold = read_threshold(arguments, tagger.topics)
    _check_topics(arguments.topic, tagger)
    writer: Writer = WRITERS[kind](tagger.topics, set(arguments.topic), arguments.explain)
    if isinstance(writer, PageWriter):
        writer.language = arguments.language
        writer.date_of = date_reader(arguments, rows)
    found = _tag(blocks, tagger, threshold, arguments.jobs)
    if not sys.stdout.isatty():
        found = watched(found, blocks.n_bytes(), "bytes", lambda pair: pair[0].n_bytes)
    for block, document in found:
        writer.write(block.name, document, block.start)
    writer.close()
    return int(blocks.failed)


def _tag(
    blocks: Iterable[Block], tagger: Tagger, threshold: Threshold, n_jobs: int
) -> Iterator[tuple[Block, Document]]:
    waiting: deque[Block] = deque()

    def texts() -> Iterator[str]:
        for block in blocks:
            waiting.append(block)
            yield block.text

    # In one process, no block waits for another.
    size = 1 if n_jobs == 1 else BATCH_SIZE
    for document in tagger.tag_many(texts(), threshold, n_jobs=n_jobs, batch_size=size):
        yield waiting.popleft(), document


def _check_topics(topics: list[str], tagger: Tagger) -> None:
    for topic in topics:
        if topic not in tagger.topics:
            known = ", ".join(tagger.topics)
            raise InputError(f"--topic {topic}: this model knows {known}")
