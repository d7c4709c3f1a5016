"""First and second pass over news, against razdel alone and razdel with pymorphy3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.clock import Times
from benchmarks.mark import Mark, time_ratio
from benchmarks.processes import fresh, on_cores
from benchmarks.rivals import LEMMAS, RAZDEL

if TYPE_CHECKING:
    from benchmarks.bench import Bench

FIRST, FIRST_LEMMAS, SECOND = "first-pass", "first-pass-lemmas", "second-pass"


def measure(bench: Bench, *, lemmas: bool = True) -> list[Mark]:
    """Return the ratios of rates: characters a second of otgnlp, over those of the rival."""
    texts = bench.articles(bench.scale.n_sentences, bench.scale.n_characters)
    few = bench.articles(bench.scale.n_slow)
    longer = sum(map(len, texts)) / sum(map(len, few))
    file, short_file = bench.file(texts), bench.file(few)
    first, first_lemmas, second = [], [], []
    with on_cores(1):
        for _ in bench.rounds("first and second pass", bench.scale.rounds):
            ours = fresh("passes", file=file)
            razdel = Times(*fresh("rival", name=RAZDEL, file=file))
            first.append((razdel, Times(*ours["first"])))
            second.append((razdel, Times(*ours["second"])))
            if lemmas:
                slow = Times(*fresh("rival", name=LEMMAS, file=short_file))
                first_lemmas.append((slow.scaled(longer), Times(*ours["first"])))
    marks = [time_ratio(FIRST, f"first pass, rate over {RAZDEL}", first, 1.0)]
    if lemmas:
        marks.append(
            time_ratio(FIRST_LEMMAS, f"first pass, rate over {LEMMAS}", first_lemmas, 18.0)
        )
    return [*marks, time_ratio(SECOND, f"second pass, rate over {RAZDEL}", second, 3.0)]
