"""The command `otgnlp`: its parser, and what becomes of errors."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

from otgnlp import __version__
from otgnlp.cli import completion, diff, evaluate, importing, info, suggest, tag, train
from otgnlp.cli.common import say
from otgnlp.cli.completion import complete
from otgnlp.errors import OtgnlpError
from otgnlp.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What a shell reports of a command that a signal ended: 128 + SIGINT, SIGPIPE, SIGTERM.
_INTERRUPTED = 130
_PIPE_CLOSED = 141
_TERMINATED = 143

_TITLE = "otgnlp tags every sentence of a Russian text with the policy topics it is about."
_START = """\
To begin:

  otgnlp tag article.txt                look at a text, sentence by sentence
  otgnlp tag article.txt --explain      ... and at the words that spoke for its topics
  otgnlp tag article.txt -o text.html   ... or in a browser
  otgnlp tag news/ -o news.csv          a folder of texts, for a spreadsheet
  otgnlp info                           what the model knows
  otgnlp --help                         all commands; otgnlp COMMAND --help: examples and options
"""
_EXIT_CODES = (
    "Exit codes: 0: done; 1: something could not be read, written or used, the rest is done where "
    "there is a rest; 2: wrong usage; 130: interrupted; 141: standard output was closed; "
    "143: terminated."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, as `otgnlp --help` explains it."""
    _replace_closed_streams()
    _speak_utf8()
    try:
        with _termination_as_exception():
            code = _run(argv)
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = _fail("interrupted", _INTERRUPTED)
    except _TerminatedError:
        code = _fail("terminated", _TERMINATED)
    except BrokenPipeError:
        code = _fail("standard output was closed", _PIPE_CLOSED)
    except OtgnlpError as error:
        code = _fail(str(error), 1)
    except OSError as error:
        name = "standard output" if error.filename is None else error.filename
        code = _fail(f"{name}: {error.strerror or error}", 1)
    _forget_unwritten()
    return code


class _TerminatedError(BaseException):
    """The process was asked to end."""


@contextlib.contextmanager
def _termination_as_exception() -> Iterator[None]:
    """Let a request to end stop the workers and drop what is half written, as Ctrl-C does."""

    def stop(*_: object) -> NoReturn:
        raise _TerminatedError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(argv: Sequence[str] | None) -> int:
    try:
        parser = _parser()
        complete(parser)
        arguments = parser.parse_args(argv)
    except SystemExit as done:  # help was shown, or why the usage is wrong
        return int(done.code or 0)
    if arguments.run is None:
        sys.stdout.write(f"{_TITLE}\n\n{_START}")
        return 0
    code: int = arguments.run(arguments)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


class _Help(argparse.HelpFormatter):
    """Wraps paragraphs, but leaves lines that are indented as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.strip("\n").split("\n\n")
        return "\n\n".join(
            part if part.startswith(" ") else super(_Help, self)._fill_text(part, width, indent)
            for part in paragraphs
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="otgnlp",
        description=_TITLE,
        epilog=f"{_START}\n{_EXIT_CODES}",
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=f"otgnlp {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    parser.set_defaults(run=None)
    for command in (tag, train, evaluate, diff, suggest, importing, info, completion):
        command.add_to(commands)
    for subparser in commands.choices.values():
        subparser.epilog = f"{subparser.epilog}\n{_EXIT_CODES}"
        subparser.formatter_class = _Help
    return parser


def _replace_closed_streams() -> None:
    """Put something in the place of standard streams that are closed, for which Python has None.

    Otherwise the next file that is opened would take the number of the stream, and the next process
    that is started would write there. To write to a closed standard output is an error; what is
    meant for a closed standard error is lost.
    """
    if sys.stdin and sys.stdout and sys.stderr:
        return
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest number that is free
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _speak_utf8() -> None:
    """Write UTF-8 to files and pipes on every platform; a terminal keeps its own encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _fail(message: str, code: int) -> int:
    say(f"otgnlp: {message}")
    return code


def _forget_unwritten() -> None:
    """Drop what could not be written: the interpreter would try again at its end, and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
