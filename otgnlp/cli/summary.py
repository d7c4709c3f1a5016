"""The line at the end: how much was read, how fast, and what it is about."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.cli.reading import Block
    from otgnlp.schema import Document


class Summary:
    """Counts files, texts and sentences, and those about each topic, from now on."""

    def __init__(self, topics: Sequence[str]) -> None:
        self._started = time.monotonic()
        self._topics = topics
        self._file: str | None = None
        self._n = Counter[str]()
        self._about = Counter[str]()

    def add(self, block: Block, document: Document) -> None:
        """Count what was found in a block; the blocks of a file come one after another."""
        self._n["file"] += block.name != self._file
        self._n["text"] += block.id is not None
        self._n["sentence"] += len(document.sentences)
        self._file = block.name
        for sentence in document.sentences:
            self._about.update(score.topic for score in sentence.topics)

    def __str__(self) -> str:
        seconds = max(time.monotonic() - self._started, 1e-3)
        n_sentences = self._n["sentence"]
        counts = [
            f"{self._n[noun]:,} {noun}{'' if self._n[noun] == 1 else 's'}"
            for noun in ("file", "text", "sentence")
            if self._n[noun] or noun != "text"
        ]
        speed = f"{n_sentences / seconds:,.0f} sentences a second"
        shares = [
            f"{topic} {self._about[topic] / (n_sentences or 1):.0%}" for topic in self._topics
        ]
        return f"{', '.join(counts)}, {speed}; about {', '.join(shares)}"
