"""A model on disk: a folder with one `.npy` an array and a readable `model.json`.

Nothing is pickled, so nothing that stands in a model folder can run. `model.json` names each
array's file, type, shape and SHA-256, and carries the SHA-256 of its own canonical form; array
files are named by their content. Replacing `model.json` is the one moment at which a saved model
takes the place of an older one: whoever reads, or dies, in between has a whole model. No system
replaces one folder by another in one step, but all replace a file so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from otgnlp import files, manifest
from otgnlp.arrays import ArrayEntry, digest_of, encode, open_array
from otgnlp.errors import ModelError
from otgnlp.lexicon import Lexicon, count_forms
from otgnlp.model import TopicModel, n_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from otgnlp.manifest import Manifest

MANIFEST = "model.json"
_MOST_MANIFEST_BYTES = 1 << 20
_ARRAY_FILE = re.compile(r"[a-z_]+\.[0-9a-f]{16}\.npy")
_HALF_WRITTEN = re.compile(rf"\.(?:model\.json|{_ARRAY_FILE.pattern})\.[0-9a-f]{{8}}\.tmp")
_STALE = 3600.0  # seconds after which nobody is still saving

# Sums of numbers up to this cannot overflow; a trained model's stay far below.
_LARGEST = 1e9


def save(model: TopicModel, path: str | os.PathLike[str]) -> None:
    """Write a model folder, or put a model in the place of the one that is there, atomically.

    Raises `ModelError` when the folder cannot be written, or holds anything but a model.
    """
    folder = Path(path)
    try:
        _save(model, folder)
    except (OSError, ValueError) as error:  # a path that the system cannot even be asked for
        raise ModelError(f"{folder}: cannot save the model: {error}") from error


def load(path: str | os.PathLike[str]) -> TopicModel:
    """Read a model folder; the arrays stay on disk, mapped into memory.

    Raises `ModelError`, naming file and reason, for anything that is not a whole model.
    """
    folder = Path(path)
    if not os.path.isdir(folder):
        raise ModelError(f"{folder}: not a model: there is no such folder")
    source = folder / MANIFEST
    while True:
        version = _version(source)
        try:
            return _load(read_manifest(folder), folder)
        except ModelError:
            # If the model was replaced while it was read, its arrays are gone: read the new one.
            if _version(source) == version:
                raise


def read_manifest(folder: Path) -> Manifest:
    """Read what a model folder says of itself, and no arrays; raises `ModelError`."""
    source = folder / MANIFEST
    return manifest.parse(files.read_regular(source, _MOST_MANIFEST_BYTES), source)


def _version(source: Path) -> tuple[int, int] | None:
    """Return what differs between a manifest and one that took its place, be it the same."""
    try:
        found = os.lstat(source)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _load(contents: Manifest, folder: Path) -> TopicModel:
    for entry in contents.arrays.values():
        if not _ARRAY_FILE.fullmatch(entry.file):
            raise ModelError(f"{folder / MANIFEST}: {entry.file!r:.80} is no name of an array file")
    arrays = {
        name: open_array(folder / entry.file, entry) for name, entry in contents.arrays.items()
    }
    return _assemble(contents, arrays, folder / MANIFEST)


def check_target(path: str | os.PathLike[str]) -> None:
    """Raise `ModelError` if a model cannot be saved at `path` for what stands there."""
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: not a folder: choose another place for the model")
    if not folder.is_dir() or (folder / MANIFEST).exists():
        return
    if not all(map(_is_ours, os.listdir(folder))):  # what a save that died leaves is no stranger
        raise ModelError(f"{folder}: the folder is not empty and holds no model: choose another")


def _save(model: TopicModel, folder: Path) -> None:
    check_target(folder)
    files.make_folder(folder)
    with files.alone_in(folder) as locked:
        outdated = _array_files(folder)
        if outdated or not (folder / MANIFEST).exists():  # a manifest that is damaged may be mended
            _remove(folder, _our_files(folder, locked) - outdated)
        written: set[str] = set()
        try:
            _write(model, folder, written)
        except BaseException:
            _remove(folder, written - _array_files(folder))
            raise
        _remove(folder, (outdated | _our_files(folder, locked)) - _array_files(folder))


def _write(model: TopicModel, folder: Path, written: set[str]) -> None:
    """Write the arrays' files, noting which are new, and then the manifest."""
    entries = {}
    for name, array in _arrays(model).items():
        content = encode(array)
        digest = hashlib.sha256(content).hexdigest()
        file = f"{name}.{digest[:16]}.npy"
        entries[name] = ArrayEntry(file, array.dtype.str, array.shape, digest)
        if not _holds(folder / file, digest):
            written.add(file)
            files.write_whole(folder / file, content)
    rendered = manifest.render(model, entries).encode("utf-8")
    # What cannot be read back does not take the place of a model.
    _load(manifest.parse(rendered, folder / MANIFEST), folder)
    files.sync_folder(folder)
    files.write_whole(folder / MANIFEST, rendered)
    files.sync_folder(folder)


def _holds(path: Path, sha256: str) -> bool:
    """Tell whether the file is there; one that is mapped could not be replaced on Windows."""
    try:
        with files.open_regular(path) as file:
            return digest_of(file) == sha256
    except ModelError:
        return False


def _is_ours(name: str) -> bool:
    return bool(_ARRAY_FILE.fullmatch(name) or _HALF_WRITTEN.fullmatch(name))


def _our_files(folder: Path, locked: bool) -> set[str]:
    """Return files as saving writes them; if others may be saving, those that lie there for long.

    What of these no manifest names was left by a save that died.
    """
    names = set(filter(_is_ours, os.listdir(folder)))
    return names if locked else {name for name in names if _age(folder / name) > _STALE}


def _age(path: Path) -> float:
    """Return how many seconds ago a file was written, 0 for one that has gone meanwhile."""
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return 0.0


def _remove(folder: Path, names: set[str]) -> None:
    for name in names:
        with contextlib.suppress(OSError):  # still mapped somewhere: it stays, and does no harm
            (folder / name).unlink()


def _array_files(folder: Path) -> set[str]:
    """Return the array files that the manifest names, of whatever version; none without one."""
    try:
        content = files.read_regular(folder / MANIFEST, _MOST_MANIFEST_BYTES)
    except ModelError:
        return set()
    return {file for file in manifest.array_files(content) if _ARRAY_FILE.fullmatch(file)}


def _arrays(model: TopicModel) -> dict[str, NDArray[Any]]:
    words = "\n".join(model.words).encode("utf-8")
    arrays = {
        "words": np.frombuffer(words, dtype=np.uint8),
        "weights": np.ascontiguousarray(model.weights, dtype="<f4"),
        "pairs": np.ascontiguousarray(model.pairs, dtype="<u8"),
        "bias": np.ascontiguousarray(model.bias, dtype="<f8"),
        "calibration_weights": np.ascontiguousarray(model.calibration_weights, dtype="<f8"),
        "calibration_bias": np.ascontiguousarray(model.calibration_bias, dtype="<f8"),
    }
    if model.lexicon is not None:
        arrays["forms"] = np.ascontiguousarray(model.lexicon.forms)
        arrays["form_entries"] = np.ascontiguousarray(model.lexicon.entries, dtype="<u4")
    return arrays


def _assemble(contents: Manifest, arrays: Mapping[str, NDArray[Any]], source: Path) -> TopicModel:
    """Check what the arrays say of each other, and make the model of them."""
    n_topics = len(contents.topics)
    n_words = _count_lines(arrays["words"])
    n_pairs = len(arrays["pairs"])
    shapes = {
        "weights": (1 + n_words + n_pairs, n_topics),
        "bias": (n_topics,),
        "calibration_weights": (n_topics, n_features(n_topics)),
        "calibration_bias": (n_topics,),
    }
    if contents.dictionary is not None:
        shapes["form_entries"] = (count_forms(arrays["forms"]),)
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape:
            raise ModelError(
                f"{source}: the array {name!r} is {array.shape}, but this model needs {shape}"
            )
        if array.dtype.kind == "f" and not (np.abs(array) <= _LARGEST).all():
            raise ModelError(f"{source}: the array {name!r} holds NaN, infinity or over {_LARGEST}")
    if arrays["weights"][0].any():
        raise ModelError(f"{source}: the array 'weights' does not begin with a row of zeros")
    _check_pairs(arrays["pairs"], n_words, source)
    words = _words(arrays["words"], source)
    lexicon = None
    if contents.dictionary is not None:
        lexicon = Lexicon(arrays["forms"], arrays["form_entries"], contents.dictionary)
        if not lexicon.fits(n_words):
            raise ModelError(f"{source}: the array 'form_entries' names a row that is no word's")
    return TopicModel(
        name=contents.name,
        version=contents.version,
        topics=contents.topics,
        thresholds=contents.thresholds,
        words=words,
        weights=arrays["weights"],
        pairs=arrays["pairs"],
        bias=arrays["bias"],
        calibration_weights=arrays["calibration_weights"],
        calibration_bias=arrays["calibration_bias"],
        titles=contents.titles,
        facts=contents.facts,
        fingerprint=contents.sha256,
        lexicon=lexicon,
    )


def _count_lines(array: NDArray[Any]) -> int:
    return int(np.count_nonzero(array == ord("\n"))) + 1 if array.size else 0


def _check_pairs(pairs: NDArray[Any], n_words: int, source: Path) -> None:
    left, right = pairs >> np.uint64(32), pairs & np.uint64(2**32 - 1)
    if not all(((half > 0) & (half <= n_words)).all() for half in (left, right)):
        raise ModelError(f"{source}: the array 'pairs' names a row that is no word's")
    if not (pairs[1:] > pairs[:-1]).all():
        raise ModelError(f"{source}: the array 'pairs' is not in ascending order")


def _words(array: NDArray[Any], source: Path) -> tuple[str, ...]:
    try:
        text = array.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelError(f"{source}: the array 'words' is not UTF-8: {error}") from error
    words = tuple(text.split("\n")) if text else ()
    if len(set(words)) != len(words):
        raise ModelError(f"{source}: the array 'words' names a word twice")
    return words
