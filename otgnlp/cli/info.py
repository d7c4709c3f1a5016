"""`otgnlp info`: what is installed, and what a model says of itself."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rich.table import Table

from otgnlp import __version__, lemmas
from otgnlp.bundled import bundled_model
from otgnlp.cli.common import load_tagger, out, verbatim
from otgnlp.cli.output import plain

if TYPE_CHECKING:
    from otgnlp.cli.types import Commands

_LIBRARIES = ("numpy", "scikit-learn", "pymorphy3", "razdel", "joblib")

_EXAMPLES = """\
Examples:

  otgnlp info
  otgnlp info --model my-model --json
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "info",
        help="show versions, and a model's topics and thresholds",
        description="Show versions, and the topics, thresholds and origin of a model.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("--model", metavar="DIR", help="folder of the model (default: the bundled)")
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show it."""
    model = load_tagger(arguments).model
    data: dict[str, Any] = {
        "versions": {
            "otgnlp": __version__,
            "python": platform.python_version(),
            **{library: version(library) for library in _LIBRARIES},
            "pymorphy3 dictionary": lemmas.dictionary_version(),
        },
        "model": {
            "name": model.name,
            "version": model.version,
            "folder": str(arguments.model or bundled_model()),
            "words": len(model.words),
            "pairs": len(model.pairs),
            "sha256": model.fingerprint,
        },
        "topics": {
            topic: {"threshold": threshold, "titles": dict(model.titles.get(topic, {}))}
            for topic, threshold in zip(model.topics, model.thresholds, strict=True)
        },
        "facts": dict(model.facts),
    }
    if arguments.json:
        plain(sys.stdout).write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        return 0
    console = out()
    for title in ("versions", "model"):
        console.print(_two_columns(title, data[title]))
    console.print(_topics(data))
    return 0


def _two_columns(title: str, rows: dict[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value in rows.items():
        table.add_row(name, verbatim(value))
    return table


def _topics(data: dict[str, Any]) -> Table:
    counts = _sentence_counts(data["facts"])
    table = Table("topic", "threshold", "sentences trained on", "in Russian", title="topics")
    table.title_justify = "left"
    for topic, facts in data["topics"].items():
        count, title = counts.get(topic, ""), facts["titles"].get("ru", "")
        table.add_row(*map(verbatim, (topic, f"{facts['threshold']:.2f}", count, title)))
    return table


def _sentence_counts(facts: Any) -> dict[str, int]:
    """Return how many sentences with each topic a model was trained on, or those it extends.

    Facts may be anything; what has another shape counts as nothing.
    """
    counts: dict[str, int] = {}
    while isinstance(facts, dict):
        training = facts.get("training")
        topics = training.get("topics") if isinstance(training, dict) else None
        if isinstance(topics, dict):
            known = {topic: count for topic, count in topics.items() if type(count) is int}
            counts = {**known, **counts}
        facts = facts.get("extends")
    return counts
