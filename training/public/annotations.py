"""The table of annotations: which sentence of the public corpora carries which topics, no text.

`python -m training.public.annotations --train A.jsonl.gz --uncertain B.jsonl.gz --dev C.jsonl.gz`
writes it anew from joined files.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from otgnlp.records import read
from training.paths import ANNOTATIONS
from training.public.joined import read_joined
from training.public.tables import read_table, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COLUMNS = ("id", "source", "doc", "topics", "split", "passes")
# How many annotators read a sentence, independently of each other, unless a file says otherwise.
PASSES = {"train": 1, "uncertain": 1, "dev": 2}


@dataclass(frozen=True, slots=True)
class Annotation:
    """The topics of a sentence that `id` names, found in the document `doc` of a source.

    `split` is `train`; `uncertain`, also for training, where a first model had doubts; or
    `dev`. `passes` is the number of independent annotations behind it.
    """

    id: str
    source: str
    doc: str
    topics: tuple[str, ...]
    split: str
    passes: int


def read_annotations(path: Path = ANNOTATIONS) -> list[Annotation]:
    """Read a table of annotations; raises `InputError` if it is not one."""
    annotations = [_parse(row, path) for row in read_table(path, COLUMNS)]
    if len({annotation.id for annotation in annotations}) < len(annotations):
        raise InputError(f"{path}: a sentence is annotated more than once")
    return annotations


def _parse(row: Sequence[str], path: Path) -> Annotation:
    id_, source, doc, topics, split, passes = row
    if split not in PASSES or not passes.isdecimal():
        raise InputError(f"{path}: sentence {id_}: split {split!r}, passes {passes!r}")
    return Annotation(id_, source, doc, tuple(filter(None, topics.split(","))), split, int(passes))


def write_annotations(annotations: Iterable[Annotation], path: Path = ANNOTATIONS) -> None:
    """Write a table of annotations."""
    rows = (
        (a.id, a.source, a.doc, ",".join(a.topics), a.split, str(a.passes)) for a in annotations
    )
    write_table(path, COLUMNS, rows)


def annotations_in(path: Path, split: str) -> Iterator[Annotation]:
    """Yield the annotations of a joined file, without its texts; raises `InputError`."""
    for sentence in read_joined(path):
        source, doc = read(sentence, "source", str), read(sentence, "doc", str)
        topics = tuple(read(sentence, "topics", list))
        passes = read({"passes": PASSES[split], **sentence}, "passes", int)
        yield Annotation(sentence["id"], source, doc, topics, split, passes)


def main() -> None:
    """Write the table anew."""
    parser = argparse.ArgumentParser(
        prog="python -m training.public.annotations",
        description="Write the table of annotations anew.",
    )
    for split in PASSES:
        parser.add_argument(f"--{split}", type=Path, required=True, metavar="FILE.jsonl.gz")
    parser.add_argument("-o", "--output", type=Path, default=ANNOTATIONS, metavar="FILE.tsv.gz")
    arguments = vars(parser.parse_args())
    write_annotations(
        [a for split in PASSES for a in annotations_in(arguments[split], split)],
        arguments["output"],
    )


if __name__ == "__main__":
    main()
