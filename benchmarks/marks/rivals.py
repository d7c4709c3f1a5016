"""The table of rivals: how many times faster otgnlp is, on its first pass and on its second."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.clock import Times
from benchmarks.mark import Mark, time_ratio
from benchmarks.processes import fresh, on_cores
from benchmarks.rivals import LEMMAS, LIBRARIES, RIVALS

if TYPE_CHECKING:
    from benchmarks.bench import Bench

FIRST, SECOND = "rival-first", "rival-second"


def measure(bench: Bench) -> list[Mark]:
    """Return the ratios of rates, two for each rival whose library is installed."""
    texts = bench.articles(bench.scale.n_sentences, bench.scale.n_characters)
    few = bench.articles(bench.scale.n_slow)
    longer = sum(map(len, texts)) / sum(map(len, few))
    file, short_file = bench.file(texts), bench.file(few)
    names = [name for name in RIVALS if find_spec(LIBRARIES.get(name, "razdel")) is not None]
    for name in RIVALS:
        if name not in names:
            bench.tell(f"left out, its library is not installed: {name}")
    first: dict[str, list[tuple[Times, Times]]] = {name: [] for name in names}
    second: dict[str, list[tuple[Times, Times]]] = {name: [] for name in names}
    with on_cores(1):
        for _ in bench.rounds("rivals", bench.scale.few_rounds):
            ours = fresh("passes", file=file)
            for name in names:
                bench.tell(f"rivals: {name}")
                whole = name != LEMMAS  # which remembers nothing: a sample tells its rate
                theirs = Times(*fresh("rival", name=name, file=file if whole else short_file))
                theirs = theirs.scaled(1.0 if whole else longer)
                first[name].append((theirs, Times(*ours["first"])))
                second[name].append((theirs, Times(*ours["second"])))
    return [
        time_ratio(f"{kind}: {name}", name, pairs[name])
        for name in names
        for kind, pairs in ((FIRST, first), (SECOND, second))
    ]
