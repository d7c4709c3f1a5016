"""The line at the end: how much was read, how fast, and what it is about."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from otgnlp.schema import Caveat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document


class Summary:
    """Counts rows that are texts, sentences, and those about each topic, from now on."""

    def __init__(self, topics: Sequence[str]) -> None:
        self._started = time.monotonic()
        self._topics = topics
        self._n_rows = 0
        self._n_sentences = 0
        self._n_foreign = 0
        self._about = Counter[str]()

    def add(self, block: Block, document: Document) -> None:
        """Count what was found in a block."""
        self._n_rows += block.id is not None
        self._n_sentences += len(document.sentences)
        for sentence in document.sentences:
            self._about.update(score.topic for score in sentence.topics)
            self._n_foreign += sentence.caveat is Caveat.NOT_RUSSIAN

    def line(self, n_files: int) -> str:
        """Return the line, after so many files."""
        seconds = max(time.monotonic() - self._started, 1e-3)
        n_sentences = self._n_sentences
        counts = [
            _count(n_files, "file"),
            *([_count(self._n_rows, "text")] if self._n_rows else []),
            _count(n_sentences, "sentence"),
            f"{n_sentences / seconds:,.0f} sentences a second",
        ]
        shares = [
            f"{topic} {self._about[topic] / (n_sentences or 1):.0%}" for topic in self._topics
        ]
        foreign = f"; not Russian {self._n_foreign / n_sentences:.0%}" if self._n_foreign else ""
        return f"{', '.join(counts)}; about {', '.join(shares)}{foreign}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
