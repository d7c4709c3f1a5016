"""Words of a model that a shell completes: its topics, read without its weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.bundled import bundled_model
from otgnlp.errors import ModelError
from otgnlp.storage import read_manifest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def complete_with(action: argparse.Action, completer: Callable[..., list[str]]) -> None:
    """Let argcomplete ask a function what an option's value can be."""
    action.completer = completer  # type: ignore[attr-defined]


def known_topics(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Return the topics of the model that the line names so far; none if it cannot be read."""
    folder = getattr(parsed_args, "model", None)
    try:
        model = read_manifest(bundled_model() if folder is None else Path(folder))
    except (ModelError, ValueError):  # a path that the system cannot even be asked for
        return []
    return list(model.topics)


def known_thresholds(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Return the beginnings of thresholds for single topics."""
    return [f"{topic}=" for topic in known_topics(parsed_args)]
