"""What several commands share: the model and threshold options, and consoles."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from otgnlp.bundled import bundled_tagger
from otgnlp.cli.completers import complete_with, known_thresholds
from otgnlp.printable import printable
from otgnlp.tagger import Tagger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.thresholds import Threshold


_WIDTH_OF_FILES = 160  # columns of a table that goes to a file or a pipe


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add `--model` and `--threshold`."""
    parser.add_argument(
        "--model", metavar="DIR", help="folder of the model (default: the bundled one)"
    )
    threshold = parser.add_argument(
        "--threshold",
        metavar="P",
        action="append",
        type=_threshold,
        default=[],
        help="probability from 0 to 1 at which a topic is given: one number for all topics, or "
        "TOPIC=P, as often as needed (default: the model's own)",
    )
    complete_with(threshold, known_thresholds)


def load_tagger(arguments: argparse.Namespace) -> Tagger:
    """Return the tagger that the options name."""
    return bundled_tagger() if arguments.model is None else Tagger.load(arguments.model)


def read_threshold(arguments: argparse.Namespace, topics: Sequence[str]) -> Threshold:
    """Return what `--threshold` asked for, later ones winning; None where it was not given."""
    given: list[tuple[str | None, float]] = arguments.threshold
    limits: dict[str, float] = {}
    for topic, value in given:
        limits |= dict.fromkeys(topics, value) if topic is None else {topic: value}
    return limits or None


def out(stream: TextIO | None = None) -> Console:
    """Return a console on standard output, or on another stream."""
    return _console(stream or sys.stdout)


def err() -> Console:
    """Return a console on standard error, for progress and notes."""
    return _console(sys.stderr)


def say(text: str) -> None:
    """Tell a person something on standard error; where nobody can be told, work goes on."""
    with contextlib.suppress(OSError):
        err().print(printable(text), markup=False)


def _console(stream: TextIO) -> Console:
    """Return a console that breaks lines only where a person watches, tables always."""
    watched = stream.isatty()
    width = None if watched or "COLUMNS" in os.environ else _WIDTH_OF_FILES
    return _Console(file=stream, highlight=False, soft_wrap=not watched, width=width)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave a closed pipe to `main`, where Rich would end the process by itself."""
        raise  # noqa: PLE0704


def verbatim(value: object) -> Text:
    """Return what a user's file or a stranger's model says, in which nothing is markup."""
    return Text(printable(str(value)))


def positive(text: str) -> int:
    """Read an option that is a number of 1 or more."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of 1 or more")
    return number


def _threshold(text: str) -> tuple[str | None, float]:
    topic, sign, number = text.rpartition("=")
    try:
        return (topic if sign else None), float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected a number such as 0.5, or TOPIC=0.5"
        ) from None
