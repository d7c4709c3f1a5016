"""Check labelled data: `python -m training.check FILE.jsonl … [--against FOLDER] [--corpus]`.

Faults are named by file and line, counts are reported; the exit code is 1 if there are faults.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
from rich.console import Console

from otgnlp.errors import InputError
from otgnlp.labelled import read_lines, read_text
from otgnlp.topics import Topic
from training.checks import corpus_rules
from training.checks.near_duplicates import near_duplicates
from training.checks.variety import runs, words_of
from training.paths import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHARED_WITH_OTHERS = 8  # words in a row that no sentence may share with a foreign text

# Text decoded by the wrong table: UTF-8 read as Latin-1 or Windows-1251, and lost letters.
_DAMAGE = ("\ufffd", "Ð", "Ñ€", "Ð°", "РѕР", "Р°Р", "С‚Р", "пїЅ", "????")


@dataclass(frozen=True, slots=True)
class Record:
    """A line of a file of labelled data."""

    place: str
    data: dict[str, Any]

    @property
    def text(self) -> str:
        """The sentence."""
        return str(self.data["text"])

    @property
    def topics(self) -> frozenset[str]:
        """Its topics."""
        return frozenset(self.data["topics"])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.check", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument(
        "--topics",
        nargs="+",
        default=[topic.value for topic in Topic],
        help="the topics that are allowed (default: the bundled model's)",
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="FOLDER",
        help=f"fail if a sentence shares {SHARED_WITH_OTHERS} words in a row with one of the "
        ".jsonl(.gz) files there",
    )
    parser.add_argument(
        "--corpus", action="store_true", help="hold the files to the rules of the own corpus too"
    )
    arguments = parser.parse_args(argv)
    console = Console(highlight=False, soft_wrap=True)
    try:
        records, faults = read_records(arguments.files)
        faults += list(find_faults(records, set(arguments.topics)))
        if arguments.corpus:
            faults += list(corpus_rules.find_faults([record.data for record in records]))
        if arguments.against is not None:
            faults += list(_shared_with(records, arguments.against))
    except InputError as error:
        console.print(f"check: {error}", markup=False)
        return 1
    for line in corpus_rules.report([record.data for record in records]):
        console.print(line, markup=False)
    for fault in faults:
        console.print(f"FAULT {fault}", markup=False)
    console.print(f"{len(records)} sentences, {len(faults)} faults")
    return 1 if faults else 0


def read_records(files: Sequence[Path]) -> tuple[list[Record], list[str]]:
    """Return the lines that keep the schema, and what is wrong with the others."""
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    records, faults = [], []
    for file in files:
        for number, line in read_lines(read_text(file)):
            place = f"{file.name}:{number}"
            try:
                data = json.loads(line)
            except ValueError as error:
                faults.append(f"{place}: not JSON: {error}")
                continue
            errors = [error.message for error in validator.iter_errors(data)]
            faults += [f"{place}: {message}" for message in errors]
            if not errors:
                records.append(Record(place, data))
    return records, faults


def find_faults(records: Sequence[Record], topics: set[str]) -> Iterator[str]:
    """Yield unknown topics, damaged text, duplicates and near-duplicates."""
    same: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for topic in sorted(record.topics - topics):
            yield f"{record.place}: unknown topic {topic!r}"
        if is_damaged(record.text):
            yield f"{record.place}: damaged text: {record.text[:60]!r}"
        same[" ".join(words_of(record.text))].append(record)
    for group in same.values():
        for record in group[1:]:
            yield _describe_duplicate(group[0], record)
    different = [group[0] for group in same.values()]
    for left, right, likeness in near_duplicates([record.text for record in different]):
        places = f"{different[right].place}: almost as {different[left].place}"
        yield f"{places} (likeness {likeness:.2f}): {different[right].text[:60]!r}"


def is_damaged(text: str) -> bool:
    """Tell whether a text was decoded wrongly or holds control characters."""
    if any(mark in text for mark in _DAMAGE):
        return True
    return any(not character.isprintable() and not character.isspace() for character in text)


def _describe_duplicate(first: Record, second: Record) -> str:
    if first.topics == second.topics:
        return f"{second.place}: same text as {first.place}"
    splits = {str(record.data.get("split", "")) for record in (first, second)}
    where = f"in splits {' and '.join(sorted(splits))} " if len(splits) > 1 else ""
    return f"{second.place}: same text as {first.place} {where}with other topics"


def _shared_with(records: Sequence[Record], folder: Path) -> Iterator[str]:
    """Yield the records that share a run of words with a text in a folder's files."""
    own: dict[tuple[str, ...], Record] = {}
    for record in records:
        own |= dict.fromkeys(runs(record.text, SHARED_WITH_OTHERS), record)
    files = sorted(folder.glob("*.jsonl*"))
    if not files:
        raise InputError(f"{folder}: there are no .jsonl or .jsonl.gz files")
    found: Counter[str] = Counter()
    for file in files:
        for _, line in read_lines(read_text(file)):
            text = str(json.loads(line).get("text", ""))
            for run in runs(text, SHARED_WITH_OTHERS):
                if run in own and not found[own[run].place]:
                    found[own[run].place] += 1
                    yield f"{own[run].place}: shares with {file.name}: {' '.join(run)!r}"


if __name__ == "__main__":
    sys.exit(main())
