"""Small helpers of the result types: an unchangeable dictionary and checked reading of fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from otgnlp.errors import InputError, InputTypeError

_Value = TypeVar("_Value")


class FrozenDict(dict[str, float]):
    """A dictionary that cannot be changed: JSON and pandas take it as the dict that it is.

    >>> FrozenDict(ai=0.5)["ai"]
    0.5
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a result cannot be changed; make a dict(...) of it first")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, float]]]:
        return FrozenDict, (dict(self),)


def read(data: Mapping[str, Any], key: str, kind: type[_Value]) -> _Value:
    """Return `data[key]`, which must be of a JSON kind; raises `InputError` if it is not.

    Whole numbers pass as floats; True and False pass as no number.
    """
    if not isinstance(data, Mapping):
        raise InputTypeError(f"expected a mapping with the key {key!r}, not {type(data).__name__}")
    if key not in data:
        raise InputError(f"the key {key!r} is missing")
    value = data[key]
    if kind is float and type(value) is int:
        value = float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise InputTypeError(f"{key!r} must be {kind.__name__}, not {type(value).__name__}")
    return value
