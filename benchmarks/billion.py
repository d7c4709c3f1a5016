"""What a billion sentences would take, on paper: `python -m benchmarks.billion`.

Measures how many sentences a second `tag_many` tags on one core, alone and with all cores busy, and
fills the table of docs/scaling.md. The price of a core-hour is an assumption, not a measurement.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timezone
from multiprocessing import get_context
from time import perf_counter

from benchmarks.processes import ROOT, n_cores
from benchmarks.texts import news, news_sentences
from otgnlp import Tagger, bundled_model
from training.report import fill, speak_utf8, table

_N_SENTENCES = 60_000  # distinct ones, so that new words keep coming
_BILLION = 1_000_000_000
_BUSY = 0.9
_PRICE = 0.04
_CORES = (16, 64, 256, 1024)


def main() -> int:
    """Measure, print the table, put it into the document."""
    speak_utf8()
    sentences = news_sentences()
    texts = news(sentences.texts, _N_SENTENCES)
    alone = _rates(texts, 1)
    busy = _rates(texts, n_cores())
    n_sentences = min(_N_SENTENCES, len(sentences.texts))
    n_bytes = sum(len(text.encode("utf-8")) for text in texts) / n_sentences
    core_hours = _BILLION / busy / 3600
    hours = [f"{core_hours / cores / _BUSY:,.2g}" for cores in _CORES]
    block = table(
        ["", ""],
        [
            ["measured", f"{datetime.now(timezone.utc).date()}, on {sentences.origin}"],
            ["sentences a second on one core, alone", f"{alone:,.0f}"],
            ["sentences a second on one core, all cores busy (*r*)", f"{busy:,.0f}"],
            ["bytes of text a sentence", f"{n_bytes:.0f}"],
            ["core-hours for 10⁹ sentences", f"{core_hours:.1f}"],
            [f"hours on {' / '.join(map(str, _CORES))} cores, *u* = {_BUSY}", " / ".join(hours)],
            [f"cost at {_PRICE} a core-hour", f"{core_hours / _BUSY * _PRICE:.2f}"],
            ["text to read", f"{_BILLION * n_bytes / 1e9:,.0f} GB"],
        ],
    )
    print(block)  # noqa: T201
    fill(ROOT / "docs" / "scaling.md", {"billion": block})
    return 0


def _rates(texts: list[str], n_processes: int) -> float:
    """Return the sentences a second of one of so many processes at work at the same time."""
    with ProcessPoolExecutor(n_processes, mp_context=get_context("spawn")) as pool:
        return min(pool.map(_rate, [texts] * n_processes))


def _rate(texts: list[str]) -> float:
    tagger = Tagger.load(bundled_model())
    start = perf_counter()
    n_sentences = sum(len(document.sentences) for document in tagger.tag_many(texts))
    return n_sentences / (perf_counter() - start)


if __name__ == "__main__":
    sys.exit(main())
