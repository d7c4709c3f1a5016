"""News-like texts to measure on: real sentences, shuffled into articles by a seed.

The sentences are the project's own (`training/corpus/`) or, where the environment variable
OTGNLP_CORPORA names a folder with `unlabelled.jsonl.gz`, public ones of two kinds: television news,
and other sources (agency news, official documents, a blog, reference). Of the public ones only
those are taken that the bundled model was not trained on, and only of documents that
`is_for_speed` picks: half of all, by a hash of the document's name. Whoever compiles tables from
public sentences can leave that half out, so that the text stays as new to them as tomorrow's news.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from otgnlp.labelled import read_labelled
from training.paths import ANNOTATIONS, corpus_files
from training.public.annotations import read_annotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TELEVISION = ("1tv", "1tv-title")

_ARTICLE = (5, 40)  # sentences
_PARAGRAPH = (1, 6)
_ENDS = (".", "!", "?", "…", "»", '"')


@dataclass(frozen=True)
class Sentences:
    """Sentences, and in words where they are from."""

    texts: tuple[str, ...]
    origin: str


def own_sentences() -> Sentences:
    """Return the project's own sentences."""
    files = read_labelled(corpus_files())
    texts = unique(sentence.text for file in files for sentence in file.sentences)
    return Sentences(
        texts, f"{len(texts):,} sentences of the project's own corpus, which the model has read"
    )


def news_sentences() -> Sentences:
    """Return public sentences that the model has not read, own ones where there are none.

    The other sources come first and television after them, so that a beginning holds both kinds;
    within a kind the order is that of the ids, which are hashes.
    """
    folder = os.environ.get("OTGNLP_CORPORA")
    if not folder:
        return own_sentences()
    file = Path(folder) / "unlabelled.jsonl.gz"
    learnt = {annotation.id for annotation in read_annotations(ANNOTATIONS)}
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for line in read_lines(file):
        if line["id"] not in learnt and is_for_speed(line["source"], line["doc"]):
            kinds[line["source"] in TELEVISION].append(line["text"])
    texts = unique(chain(kinds[False], kinds[True]))
    origin = (
        f"public sentences that the model has not read: {len(kinds[False]):,} of agency news, "
        f"official documents, a blog and reference, {len(kinds[True]):,} of television news"
    )
    return Sentences(texts, origin)


def is_for_speed(source: str, document: str) -> bool:
    """Tell whether a public document is of the half that speed is measured on."""
    return hashlib.sha256(f"{source}/{document}".encode()).digest()[0] < 128


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without those that came before, their white space as single spaces."""
    return tuple(dict.fromkeys(" ".join(text.split()) for text in texts))


def read_lines(file: Path) -> Iterator[dict[str, str]]:
    """Yield the objects of gzip JSON Lines; raises `InputError` if the file cannot be read."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error}") from error


def articles(sentences: Sequence[str], n_sentences: int, seed: int = 0) -> list[str]:
    r"""Return articles of 5 to 40 sentences, in paragraphs of 1 to 6, `n_sentences` in all.

    Every sentence is used once before any is used again. One that does not end like a sentence (a
    headline) is a paragraph of its own.

    >>> articles(["Порт открыт", "Свет дали"], 2)
    ['Свет дали\nПорт открыт']
    """
    chance = random.Random(seed)  # noqa: S311
    stream = _shuffled(sentences, chance)
    found = []
    left = n_sentences
    while left:
        size = min(left, chance.randint(*_ARTICLE))
        found.append(_article([next(stream) for _ in range(size)], chance))
        left -= size
    return found


def news(sentences: Sequence[str], n_sentences: int, n_characters: int = 0) -> list[str]:
    """Return articles of at least so many sentences and characters.

    They are made of the first sentences, as many as are needed: with `news_sentences`, of all
    other sources' before television's.
    """
    taken = n_sentences
    characters = sum(map(len, sentences[:taken]))
    while characters < n_characters and taken < len(sentences):
        characters += len(sentences[taken])
        taken += 1
    return articles(sentences[:taken], taken)


def _shuffled(sentences: Sequence[str], chance: random.Random) -> Iterator[str]:
    if not sentences:
        raise InputError("there are no sentences to make articles of")
    while True:
        yield from chance.sample(sentences, len(sentences))


def _article(sentences: Sequence[str], chance: random.Random) -> str:
    paragraphs: list[list[str]] = [[]]
    room = chance.randint(*_PARAGRAPH)
    for sentence in sentences:
        whole = sentence.endswith(_ENDS)
        if paragraphs[-1] and (len(paragraphs[-1]) >= room or not whole):
            paragraphs.append([])
            room = chance.randint(*_PARAGRAPH)
        paragraphs[-1].append(sentence)
        if not whole:
            room = 1
    return "\n".join(" ".join(paragraph) for paragraph in paragraphs)
