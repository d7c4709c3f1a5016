"""Join the public corpora: `python -m training.corpora -o OUT.jsonl.gz`.

The checkout holds the annotations of sentences, not the sentences: these belong to their authors.
This command gets the public files that they are in, splits those as they were split for annotation,
and joins sentences and annotations by id.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rich.progress import track

from otgnlp.cli.common import err
from otgnlp.errors import InputError, OtgnlpError
from training.paths import ANNOTATIONS
from training.public.annotations import PASSES, read_annotations
from training.public.checkouts import Checkouts
from training.public.download import GITHUB, Downloads
from training.public.files import TABLE as FILES
from training.public.files import read_files
from training.public.joined import read_joined, write_joined
from training.public.sentences import collapse
from training.public.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from training.public.annotations import Annotation
    from training.public.files import PublicFile

_Item = TypeVar("_Item")
_INTERRUPTED = 130  # what a shell reports of a command that a signal ended: 128 + SIGINT


def main(
    argv: Sequence[str] | None = None,
    *,
    annotations_table: Path = ANNOTATIONS,
    files_table: Path = FILES,
) -> int:
    """Run the command; return its exit code.

    0: all sentences were found; 1: some were not, or something could not be read or written;
    2: wrong usage; 130: interrupted.
    """
    arguments = _parser().parse_args(argv)
    console = err()
    try:
        output: Path = arguments.output
        if not output.absolute().parent.is_dir():
            raise InputError(f"{output}: no such folder: {output.absolute().parent}")
        wanted = _select(read_annotations(annotations_table), arguments)
        if arguments.joined:
            texts = _texts_of_joined(arguments.joined)
        else:
            texts = _texts_of_files(wanted, read_files(files_table), arguments, console)
        found = write_joined(output, wanted, texts)
    except KeyboardInterrupt:
        return _fail(console, "interrupted", _INTERRUPTED)
    except (OtgnlpError, OSError) as error:
        return _fail(console, str(error), 1)
    _report(wanted, found, output, console)
    return 0 if len(found) == len(wanted) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.corpora",
        description="Join the annotations in this folder with the public texts they were made on.",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT.jsonl.gz",
        help="the joined sentences; packed if the name ends in .gz",
    )
    parser.add_argument(
        "--split",
        nargs="+",
        choices=list(PASSES),
        default=["train"],
        help="which sentences (default: train; uncertain ones are for training too; dev is for "
        "measuring, never for training)",
    )
    parser.add_argument(
        "--sources", metavar="A,B", help=f"only these, of {', '.join(SOURCES)} (default: all)"
    )
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument(
        "--checkouts",
        type=Path,
        metavar="DIR",
        help="take the files from git checkouts in DIR/NAME or DIR/OWNER/NAME; nothing is fetched",
    )
    origin.add_argument(
        "--from",
        dest="joined",
        nargs="+",
        type=Path,
        metavar="FILE.jsonl.gz",
        help="take the texts from files that were joined before; nothing is fetched",
    )
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="where fetched files are kept (default: yours)"
    )
    parser.add_argument(
        "--base-url",
        default=GITHUB,
        metavar="URL",
        help="where OWNER/NAME/COMMIT/PATH is fetched from (%(default)s)",
    )
    return parser


def _select(table: Iterable[Annotation], arguments: argparse.Namespace) -> list[Annotation]:
    names = list(SOURCES) if arguments.sources is None else arguments.sources.split(",")
    for name in names:
        if name not in SOURCES:
            raise InputError(f"unknown source {name!r}: the sources are {', '.join(SOURCES)}")
    return [a for a in table if a.source in names and a.split in arguments.split]


def _texts_of_joined(paths: Iterable[Path]) -> dict[str, str]:
    sentences = (sentence for path in paths for sentence in read_joined(path))
    return {sentence["id"]: collapse(sentence["text"]) for sentence in sentences}


def _texts_of_files(
    wanted: Iterable[Annotation],
    table: Iterable[PublicFile],
    arguments: argparse.Namespace,
    console: Console,
) -> dict[str, str]:
    """Return the texts of the wanted sentences that the public files have, by id."""
    origin: Checkouts | Downloads
    if arguments.checkouts is not None:
        origin = Checkouts(arguments.checkouts)
    else:
        origin = Downloads(arguments.cache or _default_cache(), arguments.base_url)
    ids: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for annotation in wanted:
        ids[annotation.source][annotation.doc].add(annotation.id)
    files_of: dict[str, list[PublicFile]] = defaultdict(list)
    for file in table:
        files_of[file.source].append(file)

    texts: dict[str, str] = {}
    for name, source in SOURCES.items():
        if name not in ids:
            continue
        contents = origin.contents(files_of[name])
        missing = []
        for file, content in _shown(contents, name, len(files_of[name]), console):
            if content is None:
                missing.append(file.path)
            else:
                texts.update(source.find(file.path, content, ids[name]))
        if missing:
            _say(console, f"{name}: cannot be had: {_files(len(missing))}, {_few(missing)}")
    return texts


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("otgnlp") / "corpora"


def _shown(
    items: Iterator[_Item], description: str, count: int, console: Console
) -> Iterable[_Item]:
    """Pass items on, with a bar on a terminal and a line elsewhere."""
    if console.is_terminal:
        return track(items, description, total=count, console=console, transient=True)
    _say(console, f"{description}: {_files(count)}")
    return items


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _few(names: Sequence[str], most: int = 3) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _report(
    wanted: Sequence[Annotation], found: Sequence[Annotation], output: Path, console: Console
) -> None:
    expected, joined = Counter(a.source for a in wanted), Counter(a.source for a in found)
    for name in SOURCES:
        if name in expected:
            _say(console, f"{name}: found {joined[name]:,} of {expected[name]:,} sentences")
    _say(console, f"{output}: {len(found):,} of {len(wanted):,} sentences")


def _say(console: Console, message: str) -> None:
    console.print(message, markup=False)


def _fail(console: Console, message: str, code: int) -> int:
    _say(console, f"corpora: {message}")
    return code


if __name__ == "__main__":
    sys.exit(main())
