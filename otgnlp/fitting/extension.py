"""Add a model's topics to another model, the probabilities of neither changed.

Topics are learned one against the rest, so tables of different trainings stand side by side: a word
that only one model knows weighs nothing for the topics of the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.errors import InputError
from otgnlp.lexicon import merge_lexicons
from otgnlp.model import feature_columns, n_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from otgnlp.model import TopicModel

    Keys = NDArray[np.uint64]
    Rows = NDArray[np.intp]

_HALF = np.uint64(32)  # bits of a pair's key that hold one word's row
_LOW = np.uint64(2**32 - 1)


def extend(model: TopicModel, addition: TopicModel) -> TopicModel:
    """Return `model` with the topics of `addition` after its own, unsaved.

    Name, version and facts are those of `model`. Raises `InputError` where a topic is in both.
    """
    common = sorted(set(model.topics) & set(addition.topics))
    if common:
        raise InputError(f"both models have the topic {common[0]!r}")
    words = tuple(sorted({*model.words, *addition.words}))
    n_topics = len(model.topics) + len(addition.topics)
    parts = (model, addition)
    rows = {word: row for row, word in enumerate(words, start=1)}
    moved = [_word_rows(part, rows) for part in parts]
    keys = [_keys(part.pairs, own) for part, own in zip(parts, moved, strict=True)]
    pairs = np.unique(np.concatenate(keys))
    columns = np.split(np.arange(n_topics), [len(model.topics)])
    weights = np.zeros((1 + len(words) + len(pairs), n_topics), dtype=np.float32)
    calibration = np.zeros((n_topics, n_features(n_topics)))
    for part, word_rows, own, topics in zip(parts, moved, keys, columns, strict=True):
        pair_rows = 1 + len(words) + np.searchsorted(pairs, own)
        weights[np.ix_(np.concatenate([word_rows, pair_rows]), topics)] = part.weights
        calibration[np.ix_(topics, feature_columns(topics, n_topics))] = part.calibration_weights
    return replace(
        model,
        topics=model.topics + addition.topics,
        thresholds=model.thresholds + addition.thresholds,
        titles={**model.titles, **addition.titles},
        words=words,
        weights=weights,
        pairs=pairs,
        bias=np.concatenate([model.bias, addition.bias]),
        calibration_weights=calibration,
        calibration_bias=np.concatenate([model.calibration_bias, addition.calibration_bias]),
        fingerprint="",
        lexicon=merge_lexicons(
            part.lexicon.moved(word_rows)
            for part, word_rows in zip(parts, moved, strict=True)
            if part.lexicon is not None
        ),
    )


def _word_rows(model: TopicModel, rows: Mapping[str, int]) -> Rows:
    """Return where the model's rows of words go, the row of unknown words first."""
    return np.array([0, *(rows[word] for word in model.words)], dtype=np.intp)


def _keys(pairs: Keys, moved: Rows) -> Keys:
    """Return the pairs' keys once the rows of their words have moved."""
    left, right = (moved[half.astype(np.intp)] for half in (pairs >> _HALF, pairs & _LOW))
    keys: Keys = left.astype(np.uint64) << _HALF | right.astype(np.uint64)
    return keys
