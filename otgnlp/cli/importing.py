"""`otgnlp import`: labels from Label Studio or a spreadsheet, as labelled sentences."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from otgnlp.cli.common import say
from otgnlp.cli.decoding import check_encoding, read_text, shown
from otgnlp.cli.output import add_output_option, output, plain
from otgnlp.labelling import exchange, label_studio, spreadsheet

if TYPE_CHECKING:
    from otgnlp.cli.types import Commands
    from otgnlp.labelling.exchange import Annotations

_READERS = {"csv": spreadsheet.read, "label-studio": label_studio.read}

_EXAMPLES = """\
Examples:

  otgnlp import my.csv -o my.jsonl                what `otgnlp suggest --format csv` began
  otgnlp import export.json -o my.jsonl           what Label Studio exported
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "import",
        help="read labels from Label Studio or a spreadsheet",
        description="Turn a Label Studio export (JSON or JSON-MIN) or a CSV with the columns text "
        "and topics (separated by semicolons) into labelled data for `otgnlp train`. Of several "
        "annotations of a task the one changed last counts; skipped and open tasks are left out.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("file", metavar="FILE", help="the export; -: standard input")
    parser.add_argument(
        "--format", choices=sorted(_READERS), help="default: as the file begins, [ or not"
    )
    add_output_option(parser, "DATA.jsonl")
    parser.add_argument(
        "--encoding", default="utf-8", help="encoding of the export (default: %(default)s)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, check, write."""
    check_encoding(arguments.encoding)
    name = shown(arguments.file)
    content = read_text(arguments.file, arguments.encoding).removeprefix("\ufeff")
    kind = arguments.format or ("label-studio" if content.lstrip()[:1] in ("[", "{") else "csv")
    annotations = _READERS[kind](content, name)
    lines = exchange.to_json_lines(sentence.to_dict() for sentence in annotations.sentences)
    with output(arguments.output) as stream:
        plain(stream).write(lines)
    say(f"{name}: {_describe(annotations)}")
    return 0


def _describe(annotations: Annotations) -> str:
    topics = Counter(topic for sentence in annotations.sentences for topic in sentence.topics)
    counts = ", ".join(f"{topic} {count}" for topic, count in sorted(topics.items()))
    left_out = [
        f"{count} {state}"
        for count, state in ((annotations.n_skipped, "skipped"), (annotations.n_open, "open"))
        if count
    ]
    return "; ".join([f"{len(annotations.sentences)} sentences", counts or "no topic", *left_out])
