"""Whether being fast changes an answer: `python -m benchmarks.equality [N]`.

Sentences, tokens, lemmas, parts of speech, probabilities (to 1e-9), topics and caveats of otgnlp
are compared with those of the plain path (`benchmarks.plain`) over N sentences or more: real ones
in articles, generated ones, and ones of hostile shapes, a third each; a tenth of them twice.
Prints counts and differences; the exit code is 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track

from benchmarks.distinct import distinct_sentences
from benchmarks.hostile import hostile_sentences
from benchmarks.plain import Plain
from benchmarks.texts import articles, news_sentences
from otgnlp import Tagger, bundled_model
from training.report import speak_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.plain import PlainSentence
    from otgnlp import Document, Sentence

DEFAULT = 100_000
CLOSE = 1e-9

_LINES_A_TEXT = 10
_SHOWN = 20


def texts(sentences: Sequence[str], n: int, seed: int = 0) -> Iterator[str]:
    """Yield texts of `n` sentences, more or less, of all three kinds.

    Hostile ones are texts of their own: some hold line breaks, or nothing but white space.
    """
    third = n // 3
    generated = distinct_sentences(sentences, third, seed)
    yield from articles(sentences, third, seed)
    while lines := list(islice(generated, _LINES_A_TEXT)):
        yield "\n".join(lines)
    yield from islice(hostile_sentences(sentences, seed), n - 2 * third)


def differences(plain: Plain, document: Document) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is different: its name, what the plain path says, what otgnlp says."""
    expected = list(plain.sentences(document.text))
    places = [(sentence.start, sentence.text) for sentence in expected]
    found = [(sentence.start, sentence.text) for sentence in document.sentences]
    if places != found:
        yield "sentences", places, found
        return
    for one, other in zip(expected, document.sentences, strict=True):
        yield from _differences(one, other)


def _differences(plain: PlainSentence, ours: Sentence) -> Iterator[tuple[str, Any, Any]]:
    tokens = [
        (t.text, t.lemma, t.pos, plain.start + t.start, plain.start + t.stop) for t in plain.tokens
    ]
    found = [(t.text, t.lemma, t.pos, t.start, t.stop) for t in ours.tokens]
    if tokens != found:
        yield "tokens", *_unshared(tokens, found)
    topics = {score.topic for score in ours.topics}
    if plain.topics != topics:
        yield "topics", set(plain.topics), topics
    if dict(ours.probabilities).keys() != plain.probabilities.keys() or any(
        abs(ours.probabilities[topic] - value) > CLOSE
        for topic, value in plain.probabilities.items()
    ):
        yield "probabilities", dict(plain.probabilities), dict(ours.probabilities)
    if plain.caveat != ours.caveat:
        yield "caveat", plain.caveat, ours.caveat


def _unshared(one: Sequence[Any], other: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    return [item for item in one if item not in other], [item for item in other if item not in one]


def compare(tagger: Tagger, stream: Iterable[str], console: Console) -> Counter[str]:
    """Compare over texts; count sentences, tokens and differences, and print the first of these."""
    plain = Plain(tagger.model)
    counts: Counter[str] = Counter(sentences=0, tokens=0, differences=0)
    for document in tagger.tag_many(stream):
        for name, expected, found in differences(plain, document):
            counts["differences"] += 1
            counts[f"differences in {name}"] += 1
            if counts["differences"] <= _SHOWN:
                text = f"{name} of {document.text!r}:\n  plain  {expected}\n  otgnlp {found}"
                console.print(text, markup=False)
        counts["sentences"] += len(document.sentences)
        counts["tokens"] += sum(len(sentence.tokens) for sentence in document.sentences)
    return counts


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.equality", description=__doc__)
    parser.add_argument("n", nargs="?", type=int, default=DEFAULT, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    sentences = news_sentences()
    made = list(texts(sentences.texts, arguments.n, arguments.seed))
    # Whatever remembers words has met these before: what is remembered must be right as well.
    again = made[: len(made) // 10]
    progress = Console(stderr=True)
    stream = track(chain(made, again), "comparing", total=len(made) + len(again), console=progress)
    counts = compare(Tagger.load(bundled_model()), stream, Console(highlight=False, soft_wrap=True))
    lines = [
        f"made of {sentences.origin}",
        *(f"{count:,} {name}" for name, count in counts.items()),
    ]
    print("\n".join(lines))  # noqa: T201
    return int(counts["differences"] > 0)


if __name__ == "__main__":
    sys.exit(main())
