"""From what a caller gives as a threshold to one probability for each topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from otgnlp.errors import InputError, InputTypeError

if TYPE_CHECKING:
    from otgnlp.model import TopicModel

Threshold = float | Mapping[str, float] | None


def resolve(threshold: Threshold, model: TopicModel) -> tuple[float, ...]:
    """Return a threshold for each of the model's topics.

    One number serves all topics; a mapping serves the topics it names, and the model's own
    thresholds the others; None leaves all to the model. Raises `InputError` for a number outside
    0 to 1 or an unknown topic, `InputTypeError` for what is no number.
    """
    if threshold is None:
        return model.thresholds
    if not isinstance(threshold, Mapping):
        return (_check(threshold),) * len(model.topics)
    unknown = [topic for topic in threshold if topic not in model.topics]
    if unknown:
        known = ", ".join(model.topics)
        raise InputError(f"unknown topic {unknown[0]!r}: this model knows {known}")
    return tuple(
        _check(threshold[topic]) if topic in threshold else default
        for topic, default in zip(model.topics, model.thresholds, strict=True)
    )


def _check(value: object) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise InputTypeError(f"a threshold must be a number from 0 to 1, not {value!r}")
    number = float(value)
    if not 0.0 <= number <= 1.0:
        raise InputError(f"a threshold must lie from 0 to 1, not {number}")
    return number
