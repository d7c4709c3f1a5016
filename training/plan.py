"""The corpus as a matrix of sub-subjects and registers: `python -m training.plan` prints it."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from training.check import read_records
from training.checks.corpus_rules import HARD_NEGATIVE, LEAST_BY_SUBJECT
from training.paths import corpus_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

INTRODUCTION = f"""# Plan of the corpus

Written sentences by sub-subject (rows) and register (columns), a table for each file; printed by
`python -m training.plan` from the files themselves, and held to them by a test. The writing was
split this way so that every sub-subject of the guide comes in every kind of text; a few files are
of one kind of text on purpose (paperwork, television, spoken, headlines). Each sub-subject has at
least {LEAST_BY_SUBJECT} sentences. Sub-subjects that begin with `{HARD_NEGATIVE}` are hard
negatives: words of the topics in other senses, in passing, as a source, as figures of speech, or
from neighbouring subjects.

Registers: wire news, headlines, communiqués and protocols, ministers' speeches, interviews with
quotes, strategies and budgets, company press releases, regional and city news, tech media, business
news, everyday complaints, social posts, leads of television news, reference works, opinion.
"""


def render(files: Sequence[Path]) -> str:
    """Return the plan in Markdown."""
    parts = [INTRODUCTION]
    for file in files:
        records, _ = read_records([file])
        parts.append("\n".join(_table(file.stem, [record.data for record in records])))
    return "\n".join(parts)


def _table(title: str, records: Sequence[dict[str, Any]]) -> Iterator[str]:
    counts = Counter((record["subject"], record["register"]) for record in records)
    registers = sorted({register for _, register in counts})
    subjects = sorted(
        {subject for subject, _ in counts},
        key=lambda subject: (subject.startswith(HARD_NEGATIVE), subject),
    )
    yield f"## {title}: {len(records)} sentences\n"
    yield f"| | {' | '.join(registers)} | all |"
    yield "|---" * (len(registers) + 2) + "|"
    for subject in subjects:
        row = [counts[subject, register] for register in registers]
        yield f"| {subject} | {' | '.join(map(str, row))} | {sum(row)} |"
    columns = [sum(counts[subject, register] for subject in subjects) for register in registers]
    yield f"| all | {' | '.join(map(str, columns))} | {sum(columns)} |\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(render(corpus_files()))
