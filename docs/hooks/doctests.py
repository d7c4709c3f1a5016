"""Lets mkdocstrings show doctests as code, wherever in a docstring they stand."""

from __future__ import annotations

import re
from typing import Any

import griffe

_DOCTEST = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class Doctests(griffe.Extension):
    """Puts doctests into fences; sections of the numpydoc kind are read by griffe itself."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Fence the doctests of an object's docstring."""
        if obj.docstring is not None and "Examples\n-----" not in obj.docstring.value:
            obj.docstring.value = fence(obj.docstring.value)


def fence(text: str) -> str:
    """Put each doctest of a text into a fence."""
    return _DOCTEST.sub(lambda found: f"```pycon\n{found[0]}\n```", text)
