"""First-stage features of sentences that the first stage has not read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import GroupKFold

from otgnlp.batch import from_words
from otgnlp.model import n_features
from otgnlp.scoring import first_stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from otgnlp.fitting.first_stage import FirstStage, Targets
    from otgnlp.model import Floats
    from otgnlp.words import Word

    Sentences = list[list[Word]]

_log = logging.getLogger("otgnlp.fitting")


def held_out_features(
    sentences: Sentences,
    targets: Targets,
    groups: NDArray[np.intp],
    n_folds: int,
    fit: Callable[[Sentences, Targets], FirstStage],
) -> Floats:
    """Return what the second stage reads, shape (n, 5k + 1), each row by a model without it.

    `groups` are numbers; sentences of one group are held out together.
    """
    n_topics = targets.shape[1]
    names = tuple(map(str, range(n_topics)))
    features = np.zeros((len(sentences), n_features(n_topics)))
    for number, (kept, held_out) in enumerate(_folds(groups, n_folds), start=1):
        _log.info("fold %d of %d: fitting %d sentences", number, n_folds, len(kept))
        stage = fit([sentences[i] for i in kept], targets[kept])
        rest = [sentences[i] for i in held_out]
        read = {word.feature for words in rest for word in words}
        model = stage.compile(names, among=read)
        features[held_out] = first_stage(model, from_words(rest, model))
    return features


def _folds(
    groups: NDArray[np.intp], n_folds: int
) -> Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    # GroupKFold deals out groups of one size in order, and data may come in a regular order.
    shuffled = np.random.default_rng(0).permutation(groups.max() + 1)[groups]
    return list(GroupKFold(n_folds).split(groups, groups=shuffled))
