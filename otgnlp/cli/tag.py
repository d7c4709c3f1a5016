"""`otgnlp tag`: texts in, tagged sentences out."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.cli.common import add_model_options, err, load_tagger, printable, read_threshold
from otgnlp.cli.writers import WRITERS, Writer
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from otgnlp.cli.types import Commands
    from otgnlp.schema import Document
    from otgnlp.tagger import Tagger

_STANDARD_INPUT = "-"


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "tag",
        help="tag the sentences of texts",
        description="Tag every sentence of texts with the topics it is about.",
    )
    parser.add_argument(
        "files",
        nargs="*",
        default=[_STANDARD_INPUT],
        metavar="FILE",
        help="text files; - or nothing: standard input",
    )
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
    parser.add_argument(
        "--encoding", default="utf-8-sig", help="encoding of the texts (default: utf-8)"
    )
    add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tag each file and write it out; what cannot be read is reported and passed over."""
    _check_encoding(arguments.encoding)
    tagger = load_tagger(arguments)
    threshold = read_threshold(arguments, tagger.topics)
    _check_topics(arguments.topic, tagger)
    kind = arguments.format or ("table" if sys.stdout.isatty() else "jsonl")
    writer: Writer = WRITERS[kind](tagger.topics, set(arguments.topic), arguments.explain)
    code = 0
    for name in arguments.files:
        try:
            text = _read(name, arguments.encoding)
        except (OSError, InputError) as error:
            err().print(f"otgnlp: {printable(str(error))}", markup=False)
            code = 1
            continue
        document: Document = tagger.tag(text, threshold)
        writer.write(_shown(name), document)
    return code


def _read(name: str, encoding: str) -> str:
    """Return a file's text with its line ends as they are, so that offsets hold."""
    try:
        content = sys.stdin.buffer.read() if name == _STANDARD_INPUT else Path(name).read_bytes()
        return content.decode(encoding)
    except UnicodeError as error:
        raise InputError(
            f"{_shown(name)}: not in {encoding} ({error}); name its encoding with --encoding, "
            "for example cp1251"
        ) from error
    except OSError as error:
        raise InputError(f"{_shown(name)}: {error.strerror or error}") from error


def _check_encoding(encoding: str) -> None:
    try:
        b"a".decode(encoding)
    except UnicodeError:  # one letter is too short for UTF-16
        return
    except LookupError:
        raise InputError(f"--encoding {encoding}: no text encoding of that name") from None


def _check_topics(topics: list[str], tagger: Tagger) -> None:
    for topic in topics:
        if topic not in tagger.topics:
            known = ", ".join(tagger.topics)
            raise InputError(f"--topic {topic}: this model knows {known}")


def _shown(name: str) -> str:
    """Return a file name that can be written as UTF-8, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")
