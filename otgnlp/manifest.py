"""`model.json`: what a model folder says of itself, written and checked."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from otgnlp.arrays import ArrayEntry
from otgnlp.errors import InputError, ModelError
from otgnlp.names import check_different, check_line, check_name
from otgnlp.records import read
from otgnlp.words import FEATURES_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otgnlp.model import TopicModel

FORMAT = 2
# The first otgnlp that reads this format: what an older one tells its user to install.
READ_SINCE = "0.1.0"
MOST_ARRAY_BYTES = 1 << 32

# Each array's type in NumPy's words, and how many dimensions it has.
ARRAYS = {
    "words": ("|u1", 1),
    "weights": ("<f4", 2),
    "pairs": ("<u8", 1),
    "bias": ("<f8", 1),
    "calibration_weights": ("<f8", 2),
    "calibration_bias": ("<f8", 1),
}
# What a model with a lexicon has besides; a model of format 1 has none.
LEXICON_ARRAYS = {"forms": ("|u1", 1), "form_entries": ("<u4", 1)}

_READABLE = (1, FORMAT)
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}")


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
        "needs_otgnlp": READ_SINCE,
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
    _check_format(data, source)
    claimed = data.pop("sha256", None)
    try:
        digest = _digest(data)
    except (UnicodeEncodeError, RecursionError) as error:
        raise ModelError(f"{source}: cannot be written as it was read: {error}") from error
    if claimed != digest:
        raise ModelError(f"{source}: damaged or edited: its SHA-256 is not the one it carries")
    try:
        return _read_manifest(data, claimed)
    except InputError as error:
        raise ModelError(f"{source}: {error}") from error


def _check_format(data: Mapping[str, Any], source: Path) -> None:
    number = data.get("format")
    if type(number) is int and number in _READABLE:
        return
    advice = "this is no model of otgnlp"
    if type(number) is int and number > FORMAT:
        needs = data.get("needs_otgnlp")
        known = isinstance(needs, str) and _VERSION.fullmatch(needs)
        advice = f"install otgnlp {needs} or newer" if known else "it needs a newer otgnlp"
    raise ModelError(
        f"{source}: model format {number!r:.40}; this otgnlp reads formats up to {FORMAT}: {advice}"
    )


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
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _decode(content: bytes, source: Path) -> dict[str, Any]:
    try:
        data = json.loads(
            content.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_read_float
        )
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{source}: not JSON in UTF-8: {error}") from error
    if not isinstance(data, dict):
        raise ModelError(f"{source}: expected a JSON object")
    return data


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _read_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits:.40} is too large a number")
    return number


def _read_manifest(data: Mapping[str, Any], sha256: str) -> Manifest:
    features = read(data, "features", int)
    if features != FEATURES_VERSION:
        raise InputError(
            f"trained on features of version {features}, while this otgnlp makes version "
            f"{FEATURES_VERSION}: train the model again, or use the otgnlp that trained it"
        )
    topics = read(data, "topics", list)
    names = tuple(check_name(read(topic, "name", str), "a topic") for topic in topics)
    if not names:
        raise InputError("a model has one topic or more")
    check_different(names)
    thresholds = tuple(read(topic, "threshold", float) for topic in topics)
    if not all(0.0 <= threshold <= 1.0 for threshold in thresholds):
        raise InputError("a threshold lies outside 0 to 1")
    lexicon = None if data.get("lexicon") is None else read(data, "lexicon", dict)
    expected = ARRAYS if lexicon is None else ARRAYS | LEXICON_ARRAYS
    arrays = read(data, "arrays", dict)
    if set(arrays) != set(expected):
        raise InputError(f"arrays must be {', '.join(sorted(expected))}")
    return Manifest(
        name=check_line(read(data, "name", str), "the name of a model"),
        version=check_line(read(data, "version", str), "the version of a model"),
        topics=names,
        thresholds=thresholds,
        titles={name: _read_titles(topic) for name, topic in zip(names, topics, strict=True)},
        facts=read(data, "facts", dict),
        arrays={name: _read_entry(name, read(arrays, name, dict)) for name in expected},
        dictionary=None if lexicon is None else read(lexicon, "dictionary", str),
        sha256=sha256,
    )


def _read_titles(topic: Mapping[str, Any]) -> dict[str, str]:
    titles = read(topic, "titles", dict)
    return {language: check_line(read(titles, language, str), "a title") for language in titles}


def _read_entry(name: str, data: Mapping[str, Any]) -> ArrayEntry:
    shape = tuple(read(data, "shape", list))
    entry = ArrayEntry(
        read(data, "file", str), read(data, "dtype", str), shape, read(data, "sha256", str)
    )
    dtype, n_dimensions = (ARRAYS | LEXICON_ARRAYS)[name]
    if entry.dtype != dtype:
        raise InputError(f"the array {name!r} must be {dtype}, not {entry.dtype!r:.40}")
    if len(shape) != n_dimensions or not all(type(size) is int and size >= 0 for size in shape):
        raise InputError(f"{shape!r:.80} is no shape of the array {name!r}")
    if entry.n_bytes > MOST_ARRAY_BYTES:
        raise InputError(
            f"the array {name!r} is larger than any model's ({MOST_ARRAY_BYTES} bytes)"
        )
    return entry
