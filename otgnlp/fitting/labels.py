"""From what callers pass to `fit` to words, an indicator matrix and group numbers."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.errors import InputError, InputTypeError
from otgnlp.names import check_different, check_name
from otgnlp.words import find_words

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.words import Word


def read_words(sentences: Iterable[str]) -> list[list[Word]]:
    """Return each sentence's words; raises `InputTypeError` for no strings."""
    if isinstance(sentences, (str, bytes)):
        raise InputTypeError("sentences must be a sequence of strings, not one string")
    if getattr(sentences, "ndim", 1) != 1:  # a data frame, iterated, names its columns
        raise InputTypeError("sentences must be one column of strings, not a table of columns")
    words = []
    for number, sentence in enumerate(sentences):
        if not isinstance(sentence, str):
            kind = type(sentence).__name__
            raise InputTypeError(f"sentence {number} must be a string, not {kind}")
        words.append(find_words(sentence))
    return words


def binarize(
    topics: Sequence[Collection[str]], classes: Sequence[str] | None = None
) -> tuple[NDArray[np.str_], Targets]:
    """Return the sorted topics, and where each stands: shape (n, k).

    With `classes` given, those are the columns, and other topics are left out. Raises
    `InputTypeError` for what is no collection of names, `InputError` where no topic is named.
    """
    label_sets = [_label_set(labels, number) for number, labels in enumerate(topics)]
    if classes is None:
        classes = sorted(set().union(*label_sets))
    if not classes:
        raise InputError("no sentence has a topic: there is nothing to learn")
    check_different(classes)
    columns = {topic: column for column, topic in enumerate(classes)}
    targets = np.zeros((len(label_sets), len(classes)), dtype=np.bool_)
    for row, labels in enumerate(label_sets):
        targets[row, [columns[label] for label in labels if label in columns]] = True
    return np.array(classes), targets


def number(groups: Sequence[Hashable], expected: int) -> NDArray[np.intp]:
    """Return a number for each group, in order of appearance."""
    if len(groups) != expected:
        raise InputError(f"{expected} sentences, but {len(groups)} groups")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.intp)


def _label_set(labels: Collection[str], row: int) -> set[str]:
    if isinstance(labels, (str, bytes)) or not isinstance(labels, Collection):
        raise InputTypeError(
            f"the topics of sentence {row} must be a list, tuple or set of names, not {labels!r}"
        )
    for label in labels:
        if not isinstance(label, str):
            raise InputTypeError(f"sentence {row} has a topic that is no string: {label!r}")
        check_name(label, f"a topic of sentence {row}")
    return {str(label) for label in labels}
