"""What a new model changes on given texts: counts by topic, and the sentences that flip."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from otgnlp.schema import Sentence
    from otgnlp.tagger import Tagger


@dataclass(frozen=True, slots=True)
class Change:
    """How many sentences had a topic and have it now, how many gained it and how many lost it."""

    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Flip:
    """A sentence that gained a topic, or lost it, and the topic's probability before and after.

    `name` is the text's name, `start` where the sentence stands in it.
    """

    name: str
    start: int
    text: str
    topic: str
    gained: bool
    before: float
    after: float

    @property
    def strength(self) -> float:
        """How far the probability moved, from 0 to 1."""
        return abs(self.after - self.before)


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes between two models; `flips` holds the strongest first."""

    n_sentences: int
    n_changed: int
    topics: Mapping[str, Change]
    flips: tuple[Flip, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


def difference(old: Tagger, new: Tagger, texts: Iterable[tuple[str, str]]) -> Difference:
    """Tag named texts, pairs (name, text), with both models, each at its own thresholds.

    A topic that one of the models lacks has probability 0 there. Raises `InputError` where there
    is no sentence to compare on.
    """
    topics = tuple(dict.fromkeys((*old.topics, *new.topics)))
    counts = {topic: [0, 0] for topic in topics}
    flips: list[Flip] = []
    n_sentences, n_changed = 0, 0
    for name, text in texts:
        pairs = zip(old.tag(text).sentences, new.tag(text).sentences, strict=True)
        for before, after in pairs:
            n_sentences += 1
            found = [_flip(name, before, after, topic, counts[topic]) for topic in topics]
            changed = [flip for flip in found if flip is not None]
            n_changed += bool(changed)
            flips += changed
    if n_sentences == 0:
        raise InputError("there are no sentences to compare on")
    flips.sort(key=lambda flip: -flip.strength)
    return Difference(
        n_sentences,
        n_changed,
        {topic: _change(topic, counts[topic], flips) for topic in topics},
        tuple(flips),
    )


def _flip(
    name: str, before: Sentence, after: Sentence, topic: str, counts: list[int]
) -> Flip | None:
    """Return the flip of a topic, if it is one, and count where the topic is given."""
    had, has = (any(score.topic == topic for score in s.topics) for s in (before, after))
    counts[0] += had
    counts[1] += has
    if had == has:
        return None
    probabilities = (s.probabilities.get(topic, 0.0) for s in (before, after))
    return Flip(name, before.start, before.text, topic, has, *probabilities)


def _change(topic: str, counts: list[int], flips: list[Flip]) -> Change:
    gains = [flip.gained for flip in flips if flip.topic == topic]
    before, after = counts
    return Change(before, after, sum(gains), len(gains) - sum(gains))
