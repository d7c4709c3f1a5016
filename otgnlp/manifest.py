"""`model.json`: what a model folder says of itself, written and checked."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError, ModelError
from otgnlp.records import read
from otgnlp.words import FEATURES_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otgnlp.model import TopicModel

FORMAT = 2
ARRAYS = frozenset({"words", "weights", "pairs", "bias", "calibration_weights", "calibration_bias"})
# What a model with a lexicon has besides; a model of format 1 has none.
LEXICON_ARRAYS = frozenset({"forms", "form_entries"})
_READABLE = (1, FORMAT)


@dataclass(frozen=True, slots=True)
class ArrayEntry:
    """An array's file, NumPy type, shape and the SHA-256 of the file."""

    file: str
    dtype: str
    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a checked `model.json`.

    `dictionary` is the version of pymorphy3's dictionary that the lexicon was made with, None for a
    model without a lexicon.
    """

    name: str
    version: str
    topics: tuple[str, ...]
    thresholds: tuple[float, ...]
    titles: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, Any]
    arrays: Mapping[str, ArrayEntry]
    dictionary: str | None
    sha256: str


def render(model: TopicModel, arrays: Mapping[str, ArrayEntry]) -> str:
    """Return the text of `model.json`."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "name": model.name,
        "version": model.version,
        "features": FEATURES_VERSION,
        "topics": [
            {
                "name": topic,
                "titles": dict(model.titles.get(topic, {})),
                "threshold": threshold,
            }
            for topic, threshold in zip(model.topics, model.thresholds, strict=True)
        ],
        "facts": dict(model.facts),
        "lexicon": None if model.lexicon is None else {"dictionary": model.lexicon.dictionary},
        "arrays": {
            name: {
                "file": entry.file,
                "dtype": entry.dtype,
                "shape": list(entry.shape),
                "sha256": entry.sha256,
            }
            for name, entry in arrays.items()
        },
    }
    data["sha256"] = _digest(data)
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def parse(content: bytes, source: Path) -> Manifest:
    """Check a `model.json`; raises `ModelError`, naming `source` and the reason."""
    data = _decode(content, source)
    if data.get("format") not in _READABLE or isinstance(data["format"], bool):
        raise ModelError(
            f"{source}: model format {data.get('format')!r}; this otgnlp reads formats up to "
            f"{FORMAT}: a newer model needs a newer otgnlp"
        )
    claimed = data.pop("sha256", None)
    if claimed != _digest(data):
        raise ModelError(f"{source}: damaged or edited: its SHA-256 is not the one it carries")
    try:
        return _read_manifest(data, claimed)
    except InputError as error:
        raise ModelError(f"{source}: {error}") from error


def array_files(content: bytes) -> set[str]:
    """Return the names of array files in a `model.json`, be it whole, of this version or not."""
    try:
        data = json.loads(content.decode("utf-8"))
        entries = [entry["file"] for entry in data["arrays"].values()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return set()
    return {file for file in entries if isinstance(file, str)}


def _digest(data: Mapping[str, Any]) -> str:
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _decode(content: bytes, source: Path) -> dict[str, Any]:
    try:
        data = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{source}: not JSON in UTF-8: {error}") from error
    if not isinstance(data, dict):
        raise ModelError(f"{source}: expected a JSON object")
    return data


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _read_manifest(data: Mapping[str, Any], sha256: str) -> Manifest:
    features = read(data, "features", int)
    if features != FEATURES_VERSION:
        raise InputError(
            f"trained on features of version {features}, while this otgnlp makes version "
            f"{FEATURES_VERSION}: train the model again, or use the otgnlp that trained it"
        )
    topics = read(data, "topics", list)
    names = tuple(read(topic, "name", str) for topic in topics)
    if not names or len(set(names)) != len(names) or not all(map(str.strip, names)):
        raise InputError("topics must be one or more different names")
    thresholds = tuple(read(topic, "threshold", float) for topic in topics)
    if not all(0.0 <= threshold <= 1.0 for threshold in thresholds):
        raise InputError("a threshold lies outside 0 to 1")
    titles = {read(topic, "name", str): read(topic, "titles", dict) for topic in topics}
    lexicon = None if data.get("lexicon") is None else read(data, "lexicon", dict)
    expected = ARRAYS if lexicon is None else ARRAYS | LEXICON_ARRAYS
    arrays = read(data, "arrays", dict)
    if set(arrays) != expected:
        raise InputError(f"arrays must be {', '.join(sorted(expected))}")
    return Manifest(
        name=read(data, "name", str),
        version=read(data, "version", str),
        topics=names,
        thresholds=thresholds,
        titles=titles,
        facts=read(data, "facts", dict),
        arrays={name: _read_entry(arrays[name]) for name in sorted(expected)},
        dictionary=None if lexicon is None else read(lexicon, "dictionary", str),
        sha256=sha256,
    )


def _read_entry(data: Mapping[str, Any]) -> ArrayEntry:
    shape = tuple(read(data, "shape", list))
    if not all(type(size) is int and size >= 0 for size in shape) or math.prod(shape) > 2**40:
        raise InputError(f"{list(shape)!r} is no array's shape")
    return ArrayEntry(
        read(data, "file", str), read(data, "dtype", str), shape, read(data, "sha256", str)
    )
