"""What the project's own corpus promises: coverage, contrast and variety, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

from training.checks.variety import Variety, measure, shared_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Data = Mapping[str, Any]

LEAST_SENTENCES = 6000
LEAST_BY_TOPIC = {"digital": 1500, "ai": 1200, "transport": 1200, "energy": 1000}
LEAST_WITH_TWO = 900
LEAST_WITH_NONE = 2000
LEAST_HARD_NEGATIVES = 1000
LEAST_BY_SUBJECT = 25
LEAST_IN_PAIRS = 1000
LEAST_LEMMAS = 11_000
MOST_FREQUENT = 0.08
LEAST_MESSY = 0.05
SHORTEST, LONGEST = 4, 50
SHARED_RUN = 7

HARD_NEGATIVE = "hn_"  # what the subjects of sentences that only look like a topic begin with


def report(records: Sequence[Data]) -> Iterator[str]:
    """Yield lines of counts."""
    if not records:
        return
    by_topic = Counter(topic for record in records for topic in record["topics"])
    numbers = Counter(len(record["topics"]) for record in records)
    yield f"sentences: {len(records)}"
    yield f"by topic: {_counts(by_topic)}"
    yield f"with none: {numbers[0]}, with two or more: {_with_two(records)}"
    for field in ("register", "subject"):
        counts = Counter(record[field] for record in records if field in record)
        if counts:
            yield f"by {field}: {_counts(counts)}"
    groups = _contrast_groups(records)
    if groups:
        yield f"in contrast groups: {sum(map(len, groups.values()))}, groups: {len(groups)}"
    variety = measure([record["text"] for record in records])
    yield from _describe(variety)


def find_faults(records: Sequence[Data]) -> Iterator[str]:
    """Yield what the corpus falls short of."""
    yield from _coverage(records)
    yield from _contrast(records)
    yield from _variety(records)


def _coverage(records: Sequence[Data]) -> Iterator[str]:
    by_topic = Counter(topic for record in records for topic in record["topics"])
    none = [record for record in records if not record["topics"]]
    hard = sum(record.get("subject", "").startswith(HARD_NEGATIVE) for record in none)
    yield from _least("sentences", len(records), LEAST_SENTENCES)
    for topic, least in LEAST_BY_TOPIC.items():
        yield from _least(f"sentences with {topic}", by_topic[topic], least)
    yield from _least("sentences with two or more topics", _with_two(records), LEAST_WITH_TWO)
    yield from _least("sentences with no topic", len(none), LEAST_WITH_NONE)
    yield from _least("hard negatives", hard, LEAST_HARD_NEGATIVES)
    subjects = Counter(record.get("subject", "") for record in records)
    for subject, count in sorted(subjects.items()):
        if not subject.startswith(HARD_NEGATIVE):
            yield from _least(f"sentences on {subject or 'no subject'}", count, LEAST_BY_SUBJECT)
    without = sum(not record.get("register") for record in records)
    if without:
        yield f"{without} sentences have no register"


def _contrast(records: Sequence[Data]) -> Iterator[str]:
    groups = _contrast_groups(records)
    yield from _least(
        "sentences in contrast groups", sum(map(len, groups.values())), LEAST_IN_PAIRS
    )
    for name, group in groups.items():
        if len({frozenset(record["topics"]) for record in group}) < 2:
            yield f"contrast group {name}: all have the same topics"


def _variety(records: Sequence[Data]) -> Iterator[str]:
    texts = [record["text"] for record in records]
    variety = measure(texts)
    yield from _least("different lemmas", variety.n_lemmas, LEAST_LEMMAS)
    for lemma, share in variety.frequent:
        if share > MOST_FREQUENT:
            yield f"the lemma {lemma!r} stands in {share:.1%} of the sentences"
    if variety.lengths and not SHORTEST <= variety.lengths[0] <= variety.lengths[-1] <= LONGEST:
        yield f"lengths reach from {variety.lengths[0]} to {variety.lengths[-1]} words"
    least_messy = round(LEAST_MESSY * len(texts))
    yield from _least("messy sentences", variety.n_messy, least_messy)
    for run, numbers in shared_runs(texts, SHARED_RUN).items():
        yield f"{len(numbers)} sentences share {' '.join(run)!r}"


def _least(what: str, count: int, least: int) -> Iterator[str]:
    if count < least:
        yield f"{what}: {count}, expected {least} or more"


def _with_two(records: Sequence[Data]) -> int:
    return sum(len(record["topics"]) > 1 for record in records)


def _contrast_groups(records: Sequence[Data]) -> dict[str, list[Data]]:
    groups: dict[str, list[Data]] = defaultdict(list)
    for record in records:
        if record.get("pair"):
            groups[record["pair"]].append(record)
    return groups


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _describe(variety: Variety) -> Iterator[str]:
    lengths = variety.lengths
    tenths = [lengths[len(lengths) * tenth // 10] for tenth in (1, 9)]
    yield (
        f"words a sentence: {lengths[0]} to {lengths[-1]}, median {median(lengths):g}, "
        f"eight tenths from {tenths[0]} to {tenths[1]}"
    )
    top = ", ".join(f"{lemma} {share:.1%}" for lemma, share in variety.frequent[:5])
    yield f"different lemmas: {variety.n_lemmas}; most frequent: {top}"
    yield f"messy: {variety.n_messy} ({variety.n_messy / variety.n_sentences:.1%}): " + _counts(
        variety.messy
    )
