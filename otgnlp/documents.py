"""What a whole text is about, from what its sentences are about.

A text is about a topic if a part of it is: the score is the mean over the sentences that are most
probably about the topic, √n of n, rounded up. One sentence in passing makes no topic of a long
text, a section on it does. A headline says what the text is about in one sentence, so it counts as
half of those √n, rounded up, wherever it is among them.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.model import Floats

_LONGEST_HEADLINE = 200  # characters


def has_headline(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the first of a text's sentences is a headline.

    That is a line of its own of at most 200 characters, without a full stop, and with more text
    below it.
    """
    if len(spans) < 2:
        return False
    (start, stop), (following, _) = spans[:2]
    alone = len(f"{text[stop:following]}.".splitlines()) > 1
    return alone and stop - start <= _LONGEST_HEADLINE and not text[start:stop].endswith(".")


def document_scores(probabilities: Floats, headline: bool) -> list[float]:
    """Return each topic's score, from 0 to 1, given the sentences' probabilities (n, k).

    `headline` says whether the first sentence is one. A text without sentences scores 0.
    """
    n_strongest = ceil(sqrt(len(probabilities)))
    if n_strongest == 0:
        return [0.0] * probabilities.shape[1]
    if headline:
        again = np.repeat(probabilities[:1], ceil(n_strongest / 2) - 1, axis=0)
        probabilities = np.concatenate([probabilities, again])
    strongest = np.sort(probabilities, axis=0)[-n_strongest:]
    means: list[float] = strongest.mean(axis=0).tolist()
    return means
