"""`otgnlp tag`: texts in, tagged sentences out."""

from __future__ import annotations

import argparse
import os
from collections import deque
from typing import TYPE_CHECKING, TextIO

from otgnlp.cli.common import add_model_options, load_tagger, positive, read_threshold
from otgnlp.cli.output import add_output_option, output
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
        help="default: that of FILE's ending; else table on a terminal, jsonl elsewhere; parquet "
        "needs the extra `parquet`, html, a page to look at, the extra `report`",
    )
    add_output_option(parser)
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
    if arguments.date_column and not arguments.text_column:
        raise InputError("--date-column: say with --text-column which column holds the texts")
    tagger = load_tagger(arguments)
    threshold = read_threshold(arguments, tagger.topics)
    _check_topics(arguments.topic, tagger)
    with output(arguments.output) as stream:
        return _write(arguments, tagger, threshold, stream)


def _write(
    arguments: argparse.Namespace, tagger: Tagger, threshold: Threshold, stream: TextIO
) -> int:
    watches = stream.isatty()
    kind = arguments.format or _usual_format(arguments.output, watches)
    if kind != "html" and (arguments.date_column or arguments.date_from_name):
        raise InputError("--date-column and --date-from-name are for pages: add --format html")
    blocks = Rows(arguments) if arguments.text_column else Blocks(arguments, whole=kind in _WHOLE)
    writer: Writer = WRITERS[kind](tagger.topics, set(arguments.topic), arguments.explain, stream)
    if isinstance(writer, PageWriter):
        writer.language = arguments.language
        writer.date_of = date_reader(arguments, blocks)
    found = _tag(blocks, tagger, threshold, arguments.jobs)
    if not watches:
        found = watched(found, blocks.n_bytes(), "bytes", lambda pair: pair[0].n_bytes)
    for block, document in found:
        writer.write(block.name, document, block.start)
    writer.close()
    return int(blocks.failed)


def _usual_format(path: str | None, watches: bool) -> str:
    ending = os.path.splitext(path or "")[1].removeprefix(".").lower()
    if ending in WRITERS:
        return ending
    return "table" if watches else "jsonl"


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
