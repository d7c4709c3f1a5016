"""Vary the first stage: vectors, contexts, weights of the data.

`python -m training.experiments.first_stage PUBLIC.jsonl DEV.jsonl [--only NAME …]` trains
one-vs-rest logistic regressions on television and the own corpus, and lets them rank the sentences
of all other public sources, and of dev. The table holds average precision, the mean over topics,
and its difference from the design's. Takes about a minute a row.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pymorphy3
from rich.console import Console
from sklearn.cluster import MiniBatchKMeans

from training.comparison.settings import SOURCES
from training.experiments import ranking
from training.experiments.ranking import Contexts, Data, Features, Variant
from training.geography import COUNTRIES
from training.report import speak_utf8, table

if TYPE_CHECKING:
    from otgnlp.fitting.embeddings import LemmaEmbeddings
    from otgnlp.words import Word


CLUSTERS = (100, 300)  # of embeddings


def main(argv: Sequence[str] | None = None) -> int:
    """Train, rank, print a table in Markdown."""
    speak_utf8()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("public", type=Path, metavar="PUBLIC.jsonl")
    parser.add_argument("dev", type=Path, metavar="DEV.jsonl")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these rows beside the design's")
    arguments = parser.parse_args(argv)
    embeddings = ranking.embeddings()
    data = Data(*ranking.read(arguments.public, arguments.dev))
    console = Console(stderr=True, highlight=False)
    rows: list[tuple[str, dict[str, float]]] = []
    for name, variant in variants(embeddings).items():
        if not rows or not arguments.only or name in arguments.only:
            rows.append((name, data.measure(variant, embeddings)))
            console.print(*rows[-1])
    base = rows[0][1]
    cells = [
        [name, *(f"{found[test]:.3f} ({found[test] - base[test]:+.3f})" for test in base)]
        for name, found in rows
    ]
    print(table(["", *base], cells))  # noqa: T201
    return 0


def variants(embeddings: LemmaEmbeddings) -> dict[str, Variant]:
    """Return the rows of the table, the design first."""

    def settings(**changed: Any) -> Variant:
        return Variant(settings=changed)

    few, many = CLUSTERS
    cluster = lru_cache(lambda n: _clusters(embeddings, n))  # slow: only when asked for
    return {
        "the design": Variant(),
        "n-gram weight 1": settings(ngram_weight=1.0),
        "n-gram weight 2": settings(ngram_weight=2.0),
        "n-grams of 3 to 4": settings(ngram_range=(3, 4)),
        "no n-grams": settings(ngram_weight=0.0),
        "embedding weight 0.4": settings(embedding_weight=0.4),
        "embedding weight 1": settings(embedding_weight=1.0),
        "no embeddings": settings(embedding_weight=0.0),
        "no pairs": settings(pair_weight=0.0),
        "pair weight 1": settings(pair_weight=1.0),
        "C 0.05": Variant(C=0.05),
        "C 0.2": Variant(C=0.2),
        "forms beside lemmas": Variant(contexts=_forms),
        "n-grams of forms, × 2": Variant(contexts=_form_ngrams, context_weight=2.0),
        "lemma and case": Variant(contexts=_cases),
        "skip pairs within 3": Variant(contexts=_skip_pairs),
        f"word and cluster of neighbours ({few})": Variant(
            contexts=_word_by_cluster(lambda: cluster(few)), context_weight=0.5
        ),
        f"word and cluster of neighbours ({many})": Variant(
            contexts=_word_by_cluster(lambda: cluster(many)), context_weight=0.5
        ),
        f"pairs of clusters ({many})": Variant(
            contexts=_cluster_pairs(lambda: cluster(many)), context_weight=0.5
        ),
        "clauses: word and first word of its clause": Variant(features=_with_clause_heads),
        "negation joined to the next word": Variant(features=_negated),
        "words in quotes marked": Variant(features=_quoted),
        "capitals inside the sentence marked": Variant(features=_capitalised),
        "names of countries left out": Variant(features=_without_countries),
        "television weighs 0.5": Variant(weigh=lambda s: 0.5 if s in SOURCES["television"] else 1),
        "television weighs 0.25": Variant(
            weigh=lambda s: 0.25 if s in SOURCES["television"] else 1
        ),
        "own sentences weigh 0.5": Variant(weigh=lambda s: 0.5 if s == "own" else 1),
        "own sentences weigh 2": Variant(weigh=lambda s: 2.0 if s == "own" else 1),
    }


def _skip_pairs(_: str, words: list[Word]) -> Iterator[str]:
    for i, left in enumerate(words):
        for right in words[i + 2 : i + 4]:
            yield f"{left.feature} … {right.feature}"


def _forms(text: str, words: list[Word]) -> Iterator[str]:
    for word in words:
        yield text[word.start : word.stop].lower()


def _form_ngrams(text: str, words: list[Word]) -> Iterator[str]:
    for word in words:
        form = f" {text[word.start : word.stop].lower()} "
        for size in (3, 4, 5):
            yield from (form[i : i + size] for i in range(len(form) - size + 1))


def _cases(text: str, words: list[Word]) -> Iterator[str]:
    for word in words:
        yield f"{word.feature} {_case(text[word.start : word.stop].lower())}"


@lru_cache(maxsize=200_000)
def _case(form: str) -> str:
    return str(_analyzer().parse(form)[0].tag.case)


@lru_cache(maxsize=1)
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def _clusters(embeddings: LemmaEmbeddings, n: int) -> dict[str, int]:
    fitted = MiniBatchKMeans(n, random_state=0, n_init=1, batch_size=4096).fit(embeddings.vectors)
    return dict(zip(embeddings.lemmas, fitted.labels_.tolist(), strict=True))


def _word_by_cluster(clusters: Callable[[], dict[str, int]]) -> Contexts:
    def contexts(_: str, found: list[Word]) -> Iterator[str]:
        cluster = clusters()
        words = [word.feature for word in found]
        for i, word in enumerate(words):
            for other in {*words[max(0, i - 3) : i], *words[i + 1 : i + 4]}:
                if other in cluster:
                    yield f"{word} ~ {cluster[other]}"

    return contexts


def _cluster_pairs(clusters: Callable[[], dict[str, int]]) -> Contexts:
    def contexts(_: str, words: list[Word]) -> Iterator[str]:
        cluster = clusters()
        found = [cluster[word.feature] for word in words if word.feature in cluster]
        for left, right in pairwise(found):
            yield f"{left} {right}"

    return contexts


def _with_clause_heads(_: str, words: list[Word]) -> Features:
    heads: dict[int, str] = {}
    for word in words:
        heads.setdefault(word.clause, word.feature)
    return [w.feature for w in words] + [f"{heads[w.clause]}|{w.feature}" for w in words]


def _negated(_: str, words: list[Word]) -> Features:
    found = [word.feature for word in words]
    return found + [f"не_{right}" for left, right in pairwise(found) if left in ("не", "без")]


def _quoted(text: str, words: list[Word]) -> Features:
    depth = np.cumsum([(mark in "«“") - (mark in "»”") for mark in text])
    return [w.feature for w in words] + [f"«{w.feature}" for w in words if depth[w.start] > 0]


def _capitalised(text: str, words: list[Word]) -> Features:
    marked = [
        w for w in words[1:] if text[w.start].isupper() and text[w.start + 1 : w.stop].islower()
    ]
    return [w.feature for w in words] + [f"^{w.feature}" for w in marked]


def _without_countries(_: str, words: list[Word]) -> Features:
    return [word.feature for word in words if word.feature not in COUNTRIES]


if __name__ == "__main__":
    sys.exit(main())
