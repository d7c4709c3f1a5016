"""A model on disk: a folder with one `.npy` an array and a readable `model.json`.

Nothing is pickled, so nothing that stands in a model folder can run. `model.json` names each
array's file, type, shape and SHA-256, and carries the SHA-256 of its own canonical form; array
files are named by their content. Replacing `model.json` is the one moment at which a saved model
takes the place of an older one: whoever reads, or dies, in between has a whole model.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from otgnlp import manifest
from otgnlp.errors import ModelError
from otgnlp.lexicon import Lexicon, count_forms
from otgnlp.model import TopicModel, n_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from otgnlp.manifest import ArrayEntry, Manifest

MANIFEST = "model.json"
_MOST_MANIFEST_BYTES = 1 << 20
_ARRAY_FILE = re.compile(r"[a-z_]+\.[0-9a-f]{16}\.npy")


def save(model: TopicModel, path: str | os.PathLike[str]) -> None:
    """Write a model folder, or put a model in the place of the one that is there, atomically.

    Raises `ModelError` when the folder cannot be written, or holds anything but a model.
    """
    folder = Path(path)
    try:
        _save(model, folder)
    except OSError as error:
        raise ModelError(f"{folder}: cannot save the model: {error}") from error


def load(path: str | os.PathLike[str]) -> TopicModel:
    """Read a model folder; the arrays stay on disk, mapped into memory.

    Raises `ModelError`, naming file and reason, for anything that is not a whole model.
    """
    folder = Path(path)
    if not os.path.isdir(folder):
        raise ModelError(f"{folder}: not a model: there is no such folder")
    source = folder / MANIFEST
    content = _read(source, _MOST_MANIFEST_BYTES)
    while True:
        try:
            return _load(manifest.parse(content, source), folder)
        except ModelError:
            # If the model was replaced while it was read, its arrays are gone: read the new one.
            newer = _read(source, _MOST_MANIFEST_BYTES)
            if newer == content:
                raise
            content = newer


def _load(contents: Manifest, folder: Path) -> TopicModel:
    arrays = {name: _load_array(folder, entry) for name, entry in contents.arrays.items()}
    return _assemble(contents, arrays, folder / MANIFEST)


def check_target(path: str | os.PathLike[str]) -> None:
    """Raise `ModelError` if a model cannot be saved at `path` for what stands there."""
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: not a folder: choose another place for the model")
    if folder.is_dir() and not (folder / MANIFEST).exists() and any(folder.iterdir()):
        raise ModelError(f"{folder}: the folder is not empty and holds no model: choose another")


def _save(model: TopicModel, folder: Path) -> None:
    check_target(folder)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / MANIFEST
    outdated = _array_files(target)
    entries = {}
    for name, array in _arrays(model).items():
        content = _npy_bytes(array)
        digest = hashlib.sha256(content).hexdigest()
        file = f"{name}.{digest[:16]}.npy"
        _write_whole(folder / file, content)
        entries[name] = manifest.ArrayEntry(file, array.dtype.str, array.shape, digest)
    _write_whole(target, manifest.render(model, entries).encode("utf-8"))
    for file in outdated - {entry.file for entry in entries.values()}:
        with contextlib.suppress(OSError):  # still mapped somewhere: it stays, and does no harm
            (folder / file).unlink()


def _array_files(target: Path) -> set[str]:
    """Return the array files that a manifest names, of whatever version; none if it names none."""
    try:
        named = manifest.array_files(_read(target, _MOST_MANIFEST_BYTES))
    except ModelError:
        return set()
    return {file for file in named if _ARRAY_FILE.fullmatch(file)}


def _npy_bytes(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _write_whole(target: Path, content: bytes) -> None:
    """Write a file so that its name never stands for half of it, even if the power goes."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp lets nobody else read
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path, most: int | None = None) -> bytes:
    """Return a regular file's bytes; symbolic links and files over `most` bytes are refused."""
    try:
        if path.is_symlink() or not path.is_file():
            raise ModelError(f"{path}: missing, or no regular file")
        if most is not None and path.stat().st_size > most:
            raise ModelError(f"{path}: larger than any model's ({most} bytes)")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error


def _load_array(folder: Path, entry: ArrayEntry) -> NDArray[Any]:
    if not _ARRAY_FILE.fullmatch(entry.file):
        raise ModelError(f"{folder / MANIFEST}: {entry.file!r} is no name of an array file")
    path = folder / entry.file
    if hashlib.sha256(_read(path)).hexdigest() != entry.sha256:
        raise ModelError(f"{path}: damaged or replaced: its SHA-256 is not the one in {MANIFEST}")
    try:
        # Maps plain arrays alone: no pickled objects, no archives, no shape beyond the file.
        array = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, SyntaxError, RecursionError, MemoryError) as error:
        raise ModelError(f"{path}: not an array: {error}") from error
    if array.dtype.str != entry.dtype or array.shape != entry.shape:
        raise ModelError(
            f"{path}: holds {array.dtype.str} {array.shape}, "
            f"while {MANIFEST} says {entry.dtype} {entry.shape}"
        )
    return np.asarray(array)


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
    words = _words(arrays["words"], source)
    n_topics = len(contents.topics)
    n_rows = 1 + len(words) + len(arrays["pairs"])
    expected = {
        "words": ("|u1", arrays["words"].shape[:1]),
        "weights": ("<f4", (n_rows, n_topics)),
        "pairs": ("<u8", arrays["pairs"].shape[:1]),
        "bias": ("<f8", (n_topics,)),
        "calibration_weights": ("<f8", (n_topics, n_features(n_topics))),
        "calibration_bias": ("<f8", (n_topics,)),
    }
    if contents.dictionary is not None:
        expected["forms"] = ("|u1", arrays["forms"].shape[:1])
        expected["form_entries"] = ("<u4", (count_forms(arrays["forms"]),))
    for name, (dtype, shape) in expected.items():
        array = arrays[name]
        if array.dtype.str != dtype or array.shape != shape:
            raise ModelError(
                f"{source}: the array {name!r} is {array.dtype.str} {array.shape}, "
                f"but this model needs {dtype} {shape}"
            )
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ModelError(f"{source}: the array {name!r} holds NaN or infinity")
    if arrays["weights"][0].any():
        raise ModelError(f"{source}: the array 'weights' does not begin with a row of zeros")
    lexicon = None
    if contents.dictionary is not None:
        lexicon = Lexicon(arrays["forms"], arrays["form_entries"], contents.dictionary)
        if not lexicon.fits(len(words)):
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


def _words(array: NDArray[Any], source: Path) -> tuple[str, ...]:
    try:
        text = array.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelError(f"{source}: the array 'words' is not UTF-8: {error}") from error
    words = tuple(text.split("\n")) if text else ()
    if len(set(words)) != len(words):
        raise ModelError(f"{source}: the array 'words' names a word twice")
    return words
