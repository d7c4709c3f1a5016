"""The command `otgnlp`: its parser, and what becomes of errors."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from otgnlp import __version__
from otgnlp.cli import diff, evaluate, importing, info, suggest, tag, train
from otgnlp.errors import OtgnlpError

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a shell reports of a command that a signal ended: 128 + SIGINT, 128 + SIGPIPE.
_INTERRUPTED = 130
_PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    0: done; 1: something could not be read, written or used; 2: wrong usage; 130: interrupted;
    141: standard output was closed.
    """
    _speak_utf8()
    try:
        arguments = _parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        # The interpreter would try to flush standard output once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("standard output was closed", _PIPE_CLOSED)
    except (OtgnlpError, OSError) as error:
        return _fail(str(error), 1)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="otgnlp",
        description="Tag every sentence of a Russian text with the policy topics it is about.",
    )
    parser.add_argument("--version", action="version", version=f"otgnlp {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (tag, train, evaluate, diff, suggest, importing, info):
        command.add_to(commands)
    return parser


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
    print(f"otgnlp: {message}", file=sys.stderr)  # noqa: T201
    return code
