"""What every mark measures with: how much of it, which texts, where to keep them for a while."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.texts import news, news_sentences, own_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.texts import Sentences


@dataclass(frozen=True)
class Scale:
    """How much is measured. Sizes are of sentences, characters, seconds, millions of bytes."""

    name: str
    rounds: int
    starts: int  # rounds of the cold start
    few_rounds: int  # of what takes long
    n_sentences: int
    n_characters: int
    n_slow: int  # sentences for rivals that are slow
    repeats: int  # of one article
    n_soak: int
    soak_from: int
    soak_every: int
    n_cores: int  # sentences for two cores, read again and again
    cores_seconds: float
    streams: tuple[int, int]


FULL = Scale(
    name="full",
    rounds=7,
    starts=21,
    few_rounds=3,
    n_sentences=11_000,
    n_characters=1_600_000,
    n_slow=1_500,
    repeats=200,
    n_soak=1_000_000,
    soak_from=100_000,
    soak_every=10_000,
    n_cores=50_000,
    cores_seconds=60,
    streams=(20, 200),
)
QUICK = Scale(
    name="quick",
    rounds=5,
    starts=15,
    few_rounds=2,
    n_sentences=4_000,
    n_characters=0,
    n_slow=500,
    repeats=60,
    n_soak=200_000,
    soak_from=100_000,
    soak_every=10_000,
    n_cores=4_000,
    cores_seconds=10,
    streams=(2, 20),
)


class Bench:
    """A scale, its sentences, a folder for texts, and whom to tell what is going on.

    The quick scale reads the project's own sentences wherever it runs, so that its figures can be
    compared; the full scale reads public news where there are any.
    """

    def __init__(self, scale: Scale, folder: Path, tell: Callable[[str], None]) -> None:
        self.scale = scale
        self.tell = tell
        self._folder = folder
        self._sentences: Sentences | None = None

    @property
    def kind(self) -> str:
        """Which sentences these are: `own` or `news`."""
        return "news" if self.scale.name == FULL.name else "own"

    @property
    def sentences(self) -> Sentences:
        """The sentences that texts are made of."""
        if self._sentences is None:
            self._sentences = news_sentences() if self.kind == "news" else own_sentences()
        return self._sentences

    def articles(self, n_sentences: int, n_characters: int = 0) -> list[str]:
        """Return articles of at least so many sentences and characters."""
        return news(self.sentences.texts, n_sentences, n_characters)

    def file(self, texts: list[str]) -> str:
        """Keep texts in a file that `benchmarks.tasks` reads; return its name."""
        path = self._folder / f"{len(list(self._folder.iterdir()))}.json"
        path.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        return str(path)

    def rounds(self, what: str, n: int) -> Iterator[int]:
        """Count rounds, telling which one is going on."""
        for number in range(n):
            self.tell(f"{what}: round {number + 1} of {n}")
            yield number


class NotMeasuredError(Exception):
    """This machine lacks what a mark is measured with; the message says what."""
