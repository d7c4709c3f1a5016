"""`otgnlp suggest`: which sentences of one's own texts are worth labelling."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from rich.markup import escape

from otgnlp.cli.common import (
    add_model_options,
    err,
    load_tagger,
    positive,
    read_threshold,
    say,
)
from otgnlp.cli.output import BYTE_ORDER_MARK, output, plain
from otgnlp.cli.reading import Blocks, add_text_options
from otgnlp.errors import InputError
from otgnlp.labelled import read_labelled
from otgnlp.labelling import exchange, label_studio, spreadsheet
from otgnlp.labelling.suggestion import Candidate, Suggestion, suggest
from otgnlp.printable import printable
from otgnlp.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress

    from otgnlp.cli.types import Commands
    from otgnlp.tagger import Tagger

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}

_EXAMPLES = """\
Examples:

  otgnlp suggest news/ > my.jsonl                 sentences to correct, then to train on
  otgnlp suggest news/ -n 500 --format csv --separator semicolon > my.csv
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "suggest",
        help="choose sentences worth labelling",
        description="Choose the sentences of texts that a model would learn most from, once a "
        "person has corrected their topics: those in doubt, no two of them alike.",
        epilog=_EXAMPLES,
    )
    add_text_options(parser)
    parser.add_argument(
        "-n",
        type=positive,
        default=200,
        metavar="N",
        help="how many, at most (default: %(default)s)",
    )
    parser.add_argument(
        "--format",
        choices=["csv", "jsonl", "label-studio"],
        default="jsonl",
        help="jsonl can be corrected and trained on as it is, csv and label-studio come back by "
        "`otgnlp import` (default: %(default)s)",
    )
    parser.add_argument(
        "--separator",
        choices=list(_SEPARATORS),
        default="comma",
        help="of csv; a spreadsheet program set to Russian expects semicolons (default: comma)",
    )
    parser.add_argument(
        "--label-config",
        metavar="FILE",
        help="where to write Label Studio's labelling configuration (default: standard error)",
    )
    parser.add_argument(
        "--skip",
        nargs="+",
        action="extend",
        default=[],
        metavar="LABELLED.jsonl",
        help="labelled data, or earlier suggestions, whose sentences are left out",
    )
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, choose, write."""
    if arguments.label_config is not None and arguments.format != "label-studio":
        raise InputError("--label-config goes with --format label-studio")
    texts = Blocks(arguments, whole=True)
    known = [sentence.text for file in read_labelled(arguments.skip) for sentence in file.sentences]
    tagger = load_tagger(arguments)
    threshold = read_threshold(arguments, tagger.topics)
    console = err()
    progress = _progress(console)
    # A bar that is started ends with a line break under older versions of rich, seen or not.
    with progress if console.is_terminal else contextlib.nullcontext():
        candidates = _candidates(texts, progress)
        suggestions = suggest(tagger, candidates, arguments.n, threshold=threshold, skip=known)
    _write(arguments, tagger, suggestions)
    if console.is_terminal:
        _summarise(len(suggestions), arguments.n)
    return int(texts.failed)


def _progress(console: Console) -> Progress:
    """Return a bar that moves where a person watches, and nothing elsewhere."""
    from rich.progress import Progress

    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _candidates(texts: Blocks, progress: Progress) -> Iterator[Candidate]:
    """Yield the sentences of all texts, moving a bar along each."""
    for name, text in texts.named_texts():
        bar = progress.add_task(escape(printable(name)), total=len(text))
        for start, stop in split_sentences(text):
            yield Candidate(text[start:stop], name, start, stop)
            progress.update(bar, completed=stop)
        progress.remove_task(bar)


def _write(arguments: argparse.Namespace, tagger: Tagger, suggestions: list[Suggestion]) -> None:
    stream = plain(sys.stdout)
    if arguments.format == "jsonl":
        stream.write(exchange.to_json_lines(map(exchange.suggestion_to_dict, suggestions)))
    elif arguments.format == "csv":
        separator = _SEPARATORS[arguments.separator]
        content = spreadsheet.write(suggestions, tagger.topics, separator)
        stream.write(BYTE_ORDER_MARK + content)
    else:
        stream.write(label_studio.write(suggestions, tagger.model.title))
        _write_configuration(arguments.label_config, tagger)


def _write_configuration(path: str | None, tagger: Tagger) -> None:
    configuration = label_studio.labelling_configuration(tagger.topics)
    if path is None:
        plain(sys.stderr).write(configuration)
    else:
        with output(path) as file:
            file.write(configuration)


def _summarise(n_found: int, n_asked: int) -> None:
    fewer = "" if n_found == n_asked else f" of {n_asked}: the texts hold no more that differ"
    say(f"{n_found} suggestions{fewer}")
