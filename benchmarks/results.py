"""The file of results: a section for each scale, each with where and on what it was measured."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import otgnlp
from benchmarks.mark import Mark
from benchmarks.processes import ROOT, n_cores
from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RESULTS = ROOT / "benchmarks" / "results.json"

_LIBRARIES = (
    *("razdel", "pymorphy3", "pymorphy3-dicts-ru", "numpy", "scikit-learn", "joblib"),
    *("natasha", "spacy", "fasttext-wheel"),
)
_KINDS = {"x86_64": "x86-64", "AMD64": "x86-64", "aarch64": "ARM 64", "arm64": "ARM 64"}


@dataclass(frozen=True)
class Section:
    """What was measured at one scale; `facts` are where, when, of what and on which text."""

    facts: dict[str, Any]
    marks: tuple[Mark, ...]

    def mark(self, name: str) -> Mark | None:
        """Return a mark by its name, None if it was not measured."""
        return next((mark for mark in self.marks if mark.name == name), None)

    def joined(self, older: Section | None) -> Section:
        """Return these marks, and those of an older section that differs in its date at most."""
        if older is None or _dateless(older.facts) != _dateless(self.facts):
            return self
        names = {mark.name for mark in self.marks}
        return Section(
            self.facts, (*(mark for mark in older.marks if mark.name not in names), *self.marks)
        )


def facts(text: str) -> dict[str, Any]:
    """Return what there is to know of a measurement on a text that is described so."""
    model = otgnlp.Tagger.load(otgnlp.bundled_model()).model
    kind = _KINDS.get(platform.machine(), platform.machine())
    cores = n_cores()
    return {
        "date": f"{date.today():%Y-%m-%d}",
        "otgnlp": otgnlp.__version__,
        "model": model.title,
        "fingerprint": model.fingerprint,
        "machine": f"{cores} core{'s' * (cores != 1)}, {kind}, {platform.system()}",
        "python": ".".join(map(str, sys.version_info[:2])),
        "libraries": dict(_versions()),
        "text": text,
    }


def read(path: Path) -> dict[str, Section]:
    """Return the sections of a file, by scale; raises `InputError` if it is no file of results."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {
            scale: Section(section["facts"], tuple(map(Mark.from_dict, section["marks"])))
            for scale, section in data.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path}: no file of results: {error}") from error


def write(path: Path, sections: dict[str, Section]) -> None:
    """Write sections to a file."""
    data = {
        scale: {
            "facts": section.facts,
            "marks": [_rounded(mark.to_dict()) for mark in section.marks],
        }
        for scale, section in sorted(sections.items())
    }
    text = json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _rounded(value: Any) -> Any:
    """Keep four figures of every number."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _versions() -> Iterable[tuple[str, str]]:
    for library in _LIBRARIES:
        try:
            yield library, version(library)
        except PackageNotFoundError:
            continue


def _dateless(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != "date"}
