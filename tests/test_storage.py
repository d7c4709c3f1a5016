"""Model folders: what is saved comes back, and what is not a whole model is refused."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

import otgnlp
from otgnlp import ModelError, Tagger, manifest, storage

ARRAYS = manifest.ARRAYS | manifest.LEXICON_ARRAYS
DATA = Path(__file__).parent / "data"
SENTENCES = ["Построили порт и котельную.", "Вчера прошёл матч.", ""]


def edit_manifest(folder, change, *, sign=True):
    """Change model.json, and sign it again as an attacker could."""
    path = folder / "model.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["sha256"]
    change(data)
    data["sha256"] = manifest._digest(data) if sign else "0" * 64
    path.write_text(json.dumps(data), encoding="utf-8")


def replace_array(folder, name, content):
    """Put other bytes in an array's place, with the digest that belongs to them."""
    digest = storage.hashlib.sha256(content).hexdigest()
    file = f"{name}.{digest[:16]}.npy"
    (folder / file).write_bytes(content)
    edit_manifest(folder, lambda data: data["arrays"][name].update(file=file, sha256=digest))


def array_file(folder, name):
    return next(folder.glob(f"{name}.*.npy"))


def refused(folder, message):
    with pytest.raises(ModelError, match=message) as caught:
        Tagger.load(folder)
    assert str(folder) in str(caught.value)


def test_round_trip(small_model, small_classifier):
    tagger = Tagger.load(small_model)
    assert np.array_equal(
        tagger.predict_proba(SENTENCES), small_classifier.predict_proba(SENTENCES)
    )
    assert tagger.topics == ("energy", "transport")
    assert tagger.tag("Порт.").model == "small 1.2"
    assert tagger.model.titles["energy"] == {"en": "energy", "ru": "энергетика"}


def test_arrays_stay_on_disk(small_model):
    base = Tagger.load(small_model).model.weights
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_the_folder_holds_arrays_and_json_alone(small_model):
    names = sorted(path.name.split(".")[0] for path in small_model.iterdir())
    assert names == sorted([*ARRAYS, "model"])
    data = json.loads((small_model / "model.json").read_text(encoding="utf-8"))
    assert data["format"] == manifest.FORMAT
    assert {"numpy", "scikit-learn", "pymorphy3 dictionary"} <= data["facts"]["libraries"].keys()
    assert data["facts"]["training"]["sentences"] == 200


def test_bundled_model_is_small_and_whole():
    folder = otgnlp.bundled_model()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 10_000_000
    assert len(list(folder.iterdir())) == len(ARRAYS) + 1
    assert Tagger.load(folder).model.name == "otgnlp-topics"


def test_saving_over_a_model_replaces_it(small_model, small_data):
    other = otgnlp.TopicClassifier(embeddings=False, C=10.0).fit(*small_data)
    mapped = Tagger.load(small_model)
    before = mapped.predict_proba(SENTENCES)
    other.save(small_model, name="other")
    assert np.array_equal(mapped.predict_proba(SENTENCES), before)
    assert np.array_equal(
        Tagger.load(small_model).predict_proba(SENTENCES), other.predict_proba(SENTENCES)
    )
    assert len(list(small_model.glob("*.npy"))) == len(ARRAYS)


def test_saving_over_a_model_of_another_version_leaves_nothing_of_it(small_model, small_classifier):
    old = array_file(small_model, "bias")
    replace_array(small_model, "bias", old.read_bytes()[:-1] + b"\x00")
    edit_manifest(small_model, lambda data: data.update(features=0))
    old.unlink(missing_ok=True)
    small_classifier.save(small_model)
    assert len(list(small_model.iterdir())) == len(ARRAYS) + 1
    for content in (b"[]", b"{", b'{"arrays": 3}', b'{"arrays": {"a": {"file": "../a.npy"}}}'):
        (small_model / "model.json").write_bytes(content)
        small_classifier.save(small_model)
        assert len(list(small_model.iterdir())) == len(ARRAYS) + 1


def test_a_model_replaced_while_it_is_read_gives_the_new_one(small_model, small_data, monkeypatch):
    other = otgnlp.TopicClassifier(embeddings=False, C=10.0).fit(*small_data)
    load_array = storage._load_array
    replaced = []

    def replace_first(folder, entry):
        if not replaced:
            replaced.append(True)
            other.save(small_model, name="other")
        return load_array(folder, entry)

    monkeypatch.setattr(storage, "_load_array", replace_first)
    tagger = Tagger.load(small_model)
    assert tagger.model.name == "other"
    assert np.array_equal(tagger.predict_proba(SENTENCES), other.predict_proba(SENTENCES))


def test_a_save_that_fails_leaves_the_old_model(small_model, small_data, monkeypatch):
    other = otgnlp.TopicClassifier(embeddings=False, C=10.0).fit(*small_data)
    before = Tagger.load(small_model).predict_proba(SENTENCES)
    replaced = os.replace
    for allowed in range(len(ARRAYS) + 1):
        done = []

        def replace(source, target, allowed=allowed, done=done):
            if len(done) == allowed:
                raise OSError(28, "No space left on device")
            done.append(target)
            replaced(source, target)

        monkeypatch.setattr(os, "replace", replace)
        with pytest.raises(ModelError, match="No space left"):
            other.save(small_model)
        assert np.array_equal(Tagger.load(small_model).predict_proba(SENTENCES), before)
        assert not list(small_model.glob(".*"))


def test_save_does_not_touch_foreign_folders(small_classifier, tmp_path):
    (tmp_path / "letter.txt").write_text("дорогая", encoding="utf-8")
    with pytest.raises(ModelError, match="not empty"):
        small_classifier.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(ModelError, match="cannot save"):
        small_classifier.save(tmp_path / "letter.txt" / "model")


def test_missing_and_unreadable(small_model, tmp_path):
    refused(tmp_path / "nothing", "no such folder")
    refused(small_model / "model.json", "no such folder")
    array_file(small_model, "bias").unlink()
    refused(small_model, "bias.*missing")
    (small_model / "model.json").unlink()
    refused(small_model, "model.json: missing")
    (small_model / "model.json").mkdir()
    refused(small_model, "no regular file")


@pytest.mark.parametrize("name", sorted(manifest.ARRAYS))
def test_every_flipped_byte_is_noticed(small_model, name):
    path = array_file(small_model, name)
    content = bytearray(path.read_bytes())
    for position in {0, 7, 60, len(content) // 2, len(content) - 1}:
        damaged = bytearray(content)
        damaged[position] ^= 1
        path.write_bytes(damaged)
        refused(small_model, "SHA-256")
    path.write_bytes(content[:-1])
    refused(small_model, "SHA-256")


def test_an_edited_manifest_is_noticed(small_model):
    path = small_model / "model.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"threshold": 0', '"threshold": 1', 1), encoding="utf-8")
    refused(small_model, "SHA-256")
    path.write_text(text[:-20], encoding="utf-8")
    refused(small_model, "not JSON")
    path.write_bytes(b"\xff\xfe")
    refused(small_model, "not JSON in UTF-8")
    path.write_text("[" * 100_000, encoding="utf-8")
    refused(small_model, "not JSON")
    path.write_text("[]", encoding="utf-8")
    refused(small_model, "JSON object")
    path.write_text('{"format": 1, "x": NaN}', encoding="utf-8")
    refused(small_model, "NaN")
    path.write_text(" " * (1 << 20) + text, encoding="utf-8")
    refused(small_model, "larger than any")


class Bomb:
    def __reduce__(self):
        return os.abort, ()


def test_pickles_never_run(small_model):
    path = array_file(small_model, "bias")
    objects = np.array([Bomb(), Bomb()], dtype=object)
    np.save(path, objects, allow_pickle=True)
    for content in (pickle.dumps(Bomb()), path.read_bytes()):
        replace_array(small_model, "bias", content)
        refused(small_model, "bias")


def test_archives_are_not_opened(small_model):
    path = small_model / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bias.npy", b"0" * 10_000_000)
    content = path.read_bytes()
    path.unlink()
    replace_array(small_model, "bias", content)
    refused(small_model, "not an array")


def test_a_shape_beyond_the_file_allocates_nothing(small_model):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    replace_array(small_model, "bias", content)
    refused(small_model, "bias")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format=3), "format 3.*newer"),
        (lambda d: d.update(format=True), "format True"),
        (lambda d: d.pop("format"), "format None"),
        (lambda d: d.update(features=99), "features of version 99"),
        (lambda d: d.update(topics=[]), "topics must be"),
        (lambda d: d["topics"].append(d["topics"][0]), "topics must be"),
        (lambda d: d["topics"][0].update(name=" "), "topics must be"),
        (lambda d: d["topics"][0].update(threshold=1.5), "threshold"),
        (lambda d: d["topics"][0].pop("titles"), "'titles' is missing"),
        (lambda d: d["arrays"].pop("bias"), "arrays must be"),
        (lambda d: d["arrays"]["bias"].update(shape=[-2]), "no array's shape"),
        (lambda d: d["arrays"]["bias"].update(shape=[3]), "while model.json says"),
        (lambda d: d["arrays"]["bias"].update(file="../bias.npy"), "no name of an array file"),
        (lambda d: d["arrays"]["bias"].update(file="/etc/passwd"), "no name of an array file"),
        (lambda d: d["topics"].pop(), "but this model needs"),
        (lambda d: d.update(name=5), "'name' must be str"),
    ],
)
def test_a_signed_lie_is_refused(small_model, change, message):
    edit_manifest(small_model, change)
    refused(small_model, message)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("bias", np.array([0.0, np.nan]), "NaN"),
        ("weights", np.full((3, 2), np.inf, dtype=np.float32), "but this model needs"),
        ("words", np.frombuffer(b"\xff\xff", dtype=np.uint8), "not UTF-8"),
        ("words", np.frombuffer("порт\nпорт".encode(), dtype=np.uint8), "twice"),
        ("bias", np.zeros(2, dtype=np.float32), "<f4"),
        ("forms", np.frombuffer(b"a\nb", dtype=np.uint8), "but this model needs"),
        ("form_entries", np.full(3, 2, dtype=np.uint32), "but this model needs"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(small_model, name, array, message):
    path = small_model / "other.npy"
    np.save(path, array)
    content = path.read_bytes()
    path.unlink()
    replace_array(small_model, name, content)
    shape, dtype = list(array.shape), array.dtype.str
    edit_manifest(small_model, lambda d: d["arrays"][name].update(shape=shape, dtype=dtype))
    refused(small_model, message)


def test_lexicon_that_names_no_row_is_refused(small_model):
    entries = np.load(array_file(small_model, "form_entries")).copy()
    for entry in (0, 2**31):
        entries[-1] = entry
        path = small_model / "other.npy"
        np.save(path, entries)
        replace_array(small_model, "form_entries", path.read_bytes())
        refused(small_model, "names a row that is no word's")


def test_a_lexicon_of_another_dictionary_is_not_used(small_model, small_classifier):
    def lie(data):
        data["lexicon"]["dictionary"] = "0.1"

    entries = np.load(array_file(small_model, "form_entries"))
    path = small_model / "other.npy"
    np.save(path, np.full_like(entries, 2))  # every form is the first word
    replace_array(small_model, "form_entries", path.read_bytes())
    expected = small_classifier.predict_proba(SENTENCES)
    assert not np.array_equal(Tagger.load(small_model).predict_proba(SENTENCES), expected)
    edit_manifest(small_model, lie)
    assert np.array_equal(Tagger.load(small_model).predict_proba(SENTENCES), expected)


def test_a_model_of_the_first_format_is_read():
    known = json.loads((DATA / "format-1.json").read_text(encoding="utf-8"))
    tagger = Tagger.load(DATA / "format-1")
    found = tagger.predict_proba(known["sentences"])
    assert np.allclose(found, known["probabilities"], rtol=0, atol=1e-9)
    assert tagger.model.lexicon is None


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_symbolic_links_are_refused(small_model, tmp_path):
    path = array_file(small_model, "bias")
    moved = tmp_path / "elsewhere.npy"
    shutil.move(path, moved)
    path.symlink_to(moved)
    refused(small_model, "no regular file")


def test_a_model_replaced_during_a_job_is_noticed(small_model, small_data):
    tagger = Tagger.load(small_model)
    otgnlp.TopicClassifier(embeddings=False, C=10.0).fit(*small_data).save(small_model)
    with pytest.raises(ModelError, match="another model"):
        list(tagger.tag_many(["порт"], n_jobs=2))
