"""What the comparison asks of a rival: learn, give probabilities, say how large it is."""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from sklearn.model_selection import GroupShuffleSplit

from otgnlp.fitting.calibration import choose_thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats

_HELD_OUT = 0.2


class Rival(ABC):
    """A classifier of sentences with a column a topic.

    `thresholds` holds the probabilities at which topics are given, chosen as otgnlp chooses its
    own: for the best F1 on sentences of the training data that were held out.
    """

    name: str
    thresholds: tuple[float, ...]

    def learn(
        self, texts: Sequence[str], targets: Targets, groups: Sequence[str], topics: Sequence[str]
    ) -> None:
        """Choose thresholds on a held-out fifth, then fit on all sentences."""
        kept, rest = hold_out(len(texts), groups)
        self.fit([texts[i] for i in kept], targets[kept], topics)
        probabilities = self.predict_proba([texts[i] for i in rest])
        self.thresholds = choose_thresholds(probabilities, targets[rest])
        self.fit(texts, targets, topics)

    def fit(self, texts: Sequence[str], targets: Targets, topics: Sequence[str]) -> None:
        """Learn from sentences and targets (n, k); only called by `learn` as it stands here."""
        raise NotImplementedError

    @abstractmethod
    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return probabilities (n, k)."""

    @abstractmethod
    def size(self) -> int:
        """Return the bytes that the fitted model takes on disk."""


def hold_out(n: int, groups: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows to learn from and those of a fifth that is held out, groups kept whole."""
    splits = GroupShuffleSplit(1, test_size=_HELD_OUT, random_state=0)
    kept, rest = next(splits.split(range(n), groups=groups))
    return kept, rest


def pickled_size(*parts: Any) -> int:
    """Return the bytes of parts as pickle stores them."""
    return sum(len(pickle.dumps(part)) for part in parts)
