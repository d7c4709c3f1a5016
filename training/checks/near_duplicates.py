"""Sentences that are almost the same, by MinHash over their shingles (Broder 1997)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasketch import MinHash, MinHashLSH

from training.checks.variety import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIKENESS = 0.6  # Jaccard similarity of word pairs from which two sentences count as almost the same
_N_HASHES = 64


def near_duplicates(
    texts: Sequence[str], likeness: float = LIKENESS
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of numbers of texts, the earlier first, with their Jaccard similarity."""
    shingles = [_shingles(text) for text in texts]
    index = MinHashLSH(threshold=likeness, num_perm=_N_HASHES)
    for number, found in enumerate(shingles):
        if not found:
            continue
        sketch = MinHash(num_perm=_N_HASHES, seed=1)
        sketch.update_batch(found)
        for other in sorted(index.query(sketch)):
            similarity = _jaccard(set(found), set(shingles[other]))
            if similarity >= likeness:
                yield other, number, similarity
        index.insert(number, sketch)


def _shingles(text: str) -> list[bytes]:
    words = words_of(text)
    pairs = zip(["", *words], [*words, ""], strict=True)
    return sorted({" ".join(pair).encode("utf-8") for pair in pairs})


def _jaccard(left: set[bytes], right: set[bytes]) -> float:
    return len(left & right) / len(left | right)
