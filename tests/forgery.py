"""Model folders as an attacker would make them: changed, and signed again."""

from __future__ import annotations

import hashlib
import io
import json

import numpy as np
import pytest

from otgnlp import ModelError, Tagger, manifest

SENTENCES = ["Построили порт и котельную.", "Вчера прошёл матч.", ""]


def edit_manifest(folder, change, *, sign=True):
    """Change model.json, and sign it again."""
    path = folder / "model.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["sha256"]
    change(data)
    data["sha256"] = manifest._digest(data) if sign else "0" * 64
    path.write_text(json.dumps(data), encoding="utf-8")


def replace_file(folder, name, content):
    """Put other bytes in an array's place, with the digest that belongs to them."""
    digest = hashlib.sha256(content).hexdigest()
    file = f"{name}.{digest[:16]}.npy"
    (folder / file).write_bytes(content)
    edit_manifest(folder, lambda data: data["arrays"][name].update(file=file, sha256=digest))


def replace_array(folder, name, array):
    """Put another array in an array's place, with all that the manifest says of it."""
    replace_file(folder, name, npy(array))
    changed = {"shape": list(array.shape), "dtype": array.dtype.str}
    edit_manifest(folder, lambda data: data["arrays"][name].update(changed))


def npy(array, *, allow_pickle=False):
    """Return the bytes of an array's file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def array_file(folder, name):
    """Return the file of an array in a folder that has one of it."""
    (path,) = folder.glob(f"{name}.*.npy")
    return path


def refused(folder, message):
    """Assert that a folder is no model, for this reason."""
    with pytest.raises(ModelError, match=message) as caught:
        Tagger.load(folder)
    assert str(folder) in str(caught.value)
