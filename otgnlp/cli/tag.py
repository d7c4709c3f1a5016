"""`otgnlp tag`: texts in, tagged sentences out."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from typing import TYPE_CHECKING, TextIO

from otgnlp.cli.common import add_model_options, load_tagger, positive, read_threshold, say
from otgnlp.cli.completers import complete_with, known_topics
from otgnlp.cli.dates import add_date_options, date_reader
from otgnlp.cli.output import add_output_option, output
from otgnlp.cli.reading import Block, Blocks, add_text_options
from otgnlp.cli.summary import Summary
from otgnlp.cli.writer import WriteOptions
from otgnlp.cli.writers import WRITERS
from otgnlp.errors import InputError
from otgnlp.parallel import BATCH_SIZE
from otgnlp.progress import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otgnlp.cli.types import Commands
    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger
    from otgnlp.thresholds import Threshold

_EXAMPLES = """\
Examples:

  otgnlp tag article.txt                          look at a text
  otgnlp tag article.txt --explain --topic ai     ... and at the words that spoke for a topic
  otgnlp tag news/ --jobs 2 -o news.jsonl         a folder, and the folders below it
  otgnlp tag news.csv --text-column body --id-column url -o topics.csv
  otgnlp tag page.html                            the article of a page
  otgnlp tag news/ -o news.html                   a page to look at, sort and search
  tail -f chat.log | otgnlp tag --format jsonl    line by line, as it comes
"""

_WHOLE = ("html", "table")  # formats that show a file as one text


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "tag",
        help="tag the sentences of texts",
        description="Tag every sentence of texts with the topics it is about.",
        epilog=_EXAMPLES,
    )
    add_text_options(parser)
    parser.add_argument(
        "--format",
        choices=sorted(WRITERS),
        help="default: that of the output's ending; else table on a terminal, jsonl elsewhere; "
        "parquet needs the extra `parquet`, html, a page to look at, the extra `report`",
    )
    parser.add_argument(
        "--excel",
        action="store_true",
        help="write csv as a spreadsheet program set to Russian opens it by a click: a byte order "
        "mark, semicolons, decimal commas, and ' before what would be run as a formula",
    )
    add_output_option(parser)
    topic = parser.add_argument(
        "--topic",
        action="append",
        default=[],
        metavar="TOPIC",
        help="show only sentences about this topic; as often as needed, for sentences about any",
    )
    complete_with(topic, known_topics)
    parser.add_argument("--explain", action="store_true", help="show which words spoke for a topic")
    parser.add_argument(
        "--summary",
        action=argparse.BooleanOptionalAction,
        help="say at the end, on standard error, how much was read and what it is about (default: "
        "where standard error is a terminal)",
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        default=1,
        metavar="N",
        help="processes to run (default: %(default)s); more pay from some ten megabytes on",
    )
    add_date_options(parser)
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
    tagger = load_tagger(arguments)
    threshold = read_threshold(arguments, tagger.topics)
    _check_topics(arguments.topic, tagger)
    with output(arguments.output) as stream:
        return _write(arguments, tagger, threshold, stream)


def _write(
    arguments: argparse.Namespace, tagger: Tagger, threshold: Threshold, stream: TextIO
) -> int:
    watches = stream.isatty()
    kind = arguments.format or _usual_format(arguments.output, watches, arguments.excel)
    dated = arguments.date_column or arguments.date_from_name
    if kind != "html" and dated:
        raise InputError("--date-column and --date-from-name are for pages: add --format html")
    if kind != "csv" and arguments.excel:
        raise InputError("--excel is for csv: add --format csv")
    blocks = Blocks(arguments, whole=kind in _WHOLE)
    options = WriteOptions(
        topics=tagger.topics,
        wanted=set(arguments.topic),
        explain=arguments.explain,
        has_ids=arguments.text_column is not None,
        excel=arguments.excel,
        language=arguments.language,
        date_of=date_reader(arguments.date_from_name, blocks.report) if dated else None,
    )
    writer = WRITERS[kind](options, stream)
    summary = Summary(tagger.topics) if _tells(arguments) else None
    found = _tag(blocks, tagger, threshold, arguments.jobs)
    if not watches:
        found = watched(found, blocks.n_bytes(), "bytes", lambda pair: pair[0].n_bytes)
    for block, document in found:
        writer.write(block, document)
        if summary is not None:
            summary.add(block, document)
    if arguments.output and blocks.failed and not blocks.has_read:
        raise InputError(f"nothing could be read: {arguments.output} is left as it was")
    writer.close()
    if summary is not None:
        say(summary.line(blocks.n_files))
    return int(blocks.failed)


def _tells(arguments: argparse.Namespace) -> bool:
    """Tell whether a summary is wanted: asked for, or left to whether a person watches."""
    wanted: bool | None = arguments.summary
    return sys.stderr.isatty() if wanted is None else wanted


def _usual_format(path: str | None, watches: bool, excel: bool) -> str:
    ending = os.path.splitext(path or "")[1].removeprefix(".").lower()
    if ending in WRITERS:
        return ending
    if ending:
        raise InputError(f"-o {path}: '.{ending}' tells no format; name it with --format")
    if excel:
        return "csv"
    return "table" if watches else "jsonl"


def _tag(
    blocks: Blocks, tagger: Tagger, threshold: Threshold, n_jobs: int
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
