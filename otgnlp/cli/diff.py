"""`otgnlp diff`: what a new model changes on one's own texts."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from otgnlp.bundled import bundled_tagger
from otgnlp.cli.common import out, positive, verbatim
from otgnlp.cli.output import plain
from otgnlp.cli.reading import Blocks, add_text_options
from otgnlp.difference import Difference, Flip, difference
from otgnlp.printable import printable
from otgnlp.tagger import Tagger

if TYPE_CHECKING:
    import argparse

    from otgnlp.cli.types import Commands

_BUNDLED = "bundled"

_EXAMPLES = """\
Examples:

  otgnlp diff bundled my-model news/
  otgnlp diff old-model new-model news.csv --text-column body --json
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "diff",
        help="show what a new model changes on your texts",
        description="Tag texts with two models and show what changes: counts by topic, and the "
        "sentences that gain or lose a topic, strongest first.",
        epilog=_EXAMPLES,
    )
    for name in ("old", "new"):
        parser.add_argument(name, metavar=name.upper(), help=f"folder of a model, or '{_BUNDLED}'")
    add_text_options(parser)
    parser.add_argument(
        "--most",
        type=positive,
        default=20,
        metavar="N",
        help="show so many of the sentences that change (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="write JSON, with all that change")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tag with both, compare, show."""
    old, new = (_load(name) for name in (arguments.old, arguments.new))
    texts = Blocks(arguments, whole=True)
    found = difference(old, new, texts.named_texts())
    if arguments.json:
        plain(sys.stdout).write(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(found, old.model.title, new.model.title, arguments.most)
    return int(texts.failed)


def _load(name: str) -> Tagger:
    return bundled_tagger() if name == _BUNDLED else Tagger.load(name)


def _show(found: Difference, old: str, new: str, most: int) -> None:
    console = out()
    counts = Table("topic", "before", "after", "gained", "lost")
    for topic, change in found.topics.items():
        numbers = (change.before, change.after, change.gained, change.lost)
        counts.add_row(verbatim(topic), *map(str, numbers))
    console.print(counts)
    changed = f"{found.n_changed} of {found.n_sentences} sentences change"
    console.print(f"{printable(old)} → {printable(new)}: {changed}", markup=False)
    flips = Table(show_header=False, show_lines=True)
    for _ in range(3):
        flips.add_column(overflow="fold")  # nothing of a long name is cut away
    for flip in found.flips[:most]:
        flips.add_row(_mark(flip), *map(verbatim, (flip.name, flip.text)))
    if flips.row_count:
        console.print(flips)


def _mark(flip: Flip) -> Text:
    sign, colour = ("+", "green") if flip.gained else ("-", "red")
    moved = f"{flip.before:.2f} → {flip.after:.2f}"
    return Text(f"{sign} {printable(flip.topic)}\n{moved}", colour)
