"""Fairness to geography: the same sentence with another country must keep its topics.

`python -m training.geography DATA.jsonl …` takes the sentences that name a country, puts each of
the other countries in its place, in the same case, and counts how often the topics stay. With
--write the tables of docs/quality.md are made anew, otherwise they are printed.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pymorphy3

from otgnlp import Tagger, bundled_model
from otgnlp.bootstrap import N_DRAWS, measure, resampled_sums
from otgnlp.errors import InputError
from otgnlp.labelled import read_labelled
from otgnlp.text import split_tokens
from training import report
from training.paths import QUALITY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COUNTRIES = (
    "россия казахстан узбекистан киргизия таджикистан туркмения азербайджан армения грузия турция "
    "иран китай монголия украина белоруссия германия франция италия испания польша финляндия "
    "япония индия пакистан афганистан египет израиль канада бразилия мексика"
).split()


@dataclass(frozen=True)
class Swap:
    """A sentence, by its number, with one country in another's place."""

    sentence: int
    country: str
    text: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    report.speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m training.geography", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA.jsonl")
    parser.add_argument("--model", type=Path, default=bundled_model(), metavar="DIR")
    parser.add_argument("--write", action="store_true", help="write to docs/quality.md")
    arguments = parser.parse_args(argv)
    texts = [s.text for file in read_labelled(arguments.data) for s in file.sentences]
    blocks = _blocks(texts, Tagger.load(arguments.model))
    if arguments.write:
        report.fill(QUALITY, blocks)
    else:
        print("\n\n".join(blocks.values()))  # noqa: T201
    return 0


def swaps(texts: Sequence[str]) -> Iterator[Swap]:
    """Yield each sentence that names a country with each other country in its place.

    Where it names several, the first is replaced.
    """
    analyzer = pymorphy3.MorphAnalyzer(lang="ru")
    nouns = {name: analyzer.parse(name)[0] for name in COUNTRIES}
    for number, text in enumerate(texts):
        for start, stop in split_tokens(text):
            word = text[start:stop]
            parse = analyzer.parse(word)[0] if word[0].isupper() else None
            if parse is None or parse.normal_form not in nouns:
                continue
            for name, noun in nouns.items():
                form = noun.inflect({parse.tag.case})
                if name != parse.normal_form and form is not None:
                    new = form.word.upper() if word.isupper() else form.word.capitalize()
                    yield Swap(number, name, text[:start] + new + text[stop:])
            break


def _blocks(texts: Sequence[str], tagger: Tagger) -> dict[str, str]:
    found = list(swaps(texts))
    if not found:
        raise InputError("no sentence names a country")
    numbers = np.array([swap.sentence for swap in found])
    limits = np.array([tagger.thresholds[topic] for topic in tagger.topics])
    before = tagger.predict_proba(texts)[numbers]
    after = tagger.predict_proba([swap.text for swap in found])
    gained = (after >= limits) & (before < limits)
    lost = (after < limits) & (before >= limits)
    same = ~(gained | lost).any(axis=1)
    # Swaps of one sentence hang together: sentences are drawn, not swaps.
    rows = np.unique(numbers, return_inverse=True)[1]
    sums = np.array([np.bincount(rows, same), np.bincount(rows)]).T
    drawn = resampled_sums(sums.astype(np.float64), N_DRAWS, 0)
    kept = measure(drawn[:, 0] / drawn[:, 1])
    summary = report.table(
        ["sentences", "swaps", "same topics", "mean change of a probability"],
        [[len(sums), len(found), kept, f"{np.abs(after - before).mean():.4f}"]],
    )
    return {"geography": summary, "countries": _countries(found, after - before, tagger.topics)}


def _countries(found: Sequence[Swap], moved: np.ndarray, topics: Sequence[str]) -> str:
    """Show the countries whose name moves a probability most, on average over the swaps."""
    by_country: dict[str, list[int]] = defaultdict(list)
    for row, swap in enumerate(found):
        by_country[swap.country].append(row)
    means = {name: moved[rows].mean(axis=0) for name, rows in by_country.items()}
    order = sorted(means, key=lambda name: -float(np.abs(means[name]).max()))
    rows = [[name.capitalize(), *(f"{mean:+.3f}" for mean in means[name])] for name in order[:8]]
    return report.table(["country put in", *topics], rows)


if __name__ == "__main__":
    sys.exit(main())
