"""Whether linear splitting changes a sentence or token: `python -m benchmarks.splitting [N]`.

Sentences and tokens of `otgnlp.text` are compared with those of razdel itself, line by line, in
articles of the project's own sentences, in N generated ones (`benchmarks.distinct`) and, where
OTGNLP_CORPORA names a folder of public sentences, in articles of these. Prints counts and the first
differences; the exit code is 1 if there are any.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import razdel

from benchmarks.distinct import distinct_sentences
from benchmarks.texts import articles, news_sentences, own_sentences
from otgnlp.text import split_sentences, split_tokens
from training.report import speak_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEFAULT = 100_000

_LINES = 5  # sentences of a paragraph
_SHOWN = 5


def texts(n: int, seed: int = 0) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield texts of each kind, `n` sentences where they are generated, each kind by its name."""
    own = own_sentences().texts
    yield "own", articles(own, len(own), seed)
    if os.environ.get("OTGNLP_CORPORA"):
        public = news_sentences().texts
        yield "public", articles(public, len(public), seed)
    generated = distinct_sentences(own, n, seed)
    yield "generated", iter(lambda: " ".join(islice(generated, _LINES)), "")


def compare(stream: Iterable[str]) -> Counter[str]:
    """Compare over texts; count sentences and tokens, and the lines that differ."""
    counts: Counter[str] = Counter(sentences=0, tokens=0, differences=0)
    for line in (line for text in stream for line in text.splitlines()):
        found = list(split_sentences(line))
        tokens = list(split_tokens(line))
        counts["sentences"] += len(found)
        counts["tokens"] += len(tokens)
        if found != _places(razdel.sentenize(line)) or tokens != _places(razdel.tokenize(line)):
            counts["differences"] += 1
            if counts["differences"] <= _SHOWN:
                print(f"differs: {line!r}")  # noqa: T201
    return counts


def _places(parts: Iterable[razdel.substring.Substring]) -> list[tuple[int, int]]:
    return [(part.start, part.stop) for part in parts if part.text]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.splitting", description=__doc__)
    parser.add_argument("n", nargs="?", type=int, default=DEFAULT, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    failed = False
    for name, stream in texts(arguments.n, arguments.seed):
        counts = compare(stream)
        failed |= counts["differences"] > 0
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        print(f"{name}: {told}", flush=True)  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
