"""Model folders from a stranger: refused with a `ModelError`, at no cost, and nothing in them runs.

All forged files carry digests that fit: a digest proves that a model is whole, not who made it.
"""

from __future__ import annotations

import gzip
import json
import os
import pickle
import random
import shutil
import signal
import socket
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from forgery import (
    SENTENCES,
    array_file,
    edit_manifest,
    npy,
    refused,
    replace_array,
    replace_file,
)

from otgnlp import ModelError, Tagger, manifest, storage
from otgnlp.cli.main import main

ARRAYS = [*manifest.ARRAYS, *manifest.LEXICON_ARRAYS]
FLOATS = [name for name in ARRAYS if "f" in (manifest.ARRAYS | manifest.LEXICON_ARRAYS)[name][0]]
LONG = bool(os.environ.get("OTGNLP_LONG"))
MEGABYTE = 1 << 20

posix = pytest.mark.skipif(os.name != "posix", reason="needs kinds of files that POSIX has")

# Loads folders, and tells what that did besides: what Python's audit events say.
WATCHED = """
import json, sys
from otgnlp import ModelError, Tagger
good, *hostile = sys.argv[1:]
Tagger.load(good).predict_proba(["Порт."])
events = []
watching = True

def watch(event, arguments):
    if watching:
        events.append([event, str(arguments[0]) if arguments else ""])

outcomes = []
sys.addaudithook(watch)
for folder in hostile:
    try:
        Tagger.load(folder)
        outcomes.append("loaded")
    except ModelError as error:
        outcomes.append("refused")
watching = False
print(json.dumps([outcomes, events]))
"""
HARMLESS = {"open", "os.listdir", "os.scandir", "object.__getattr__", "mmap.__new__"}

# Loads a folder with hardly more memory than the process has already.
STARVED = """
import resource, sys
from otgnlp import ModelError, Tagger
good, *hostile = sys.argv[1:]
Tagger.load(good)
with open("/proc/self/statm", encoding="ascii") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (48 << 20), resource.RLIM_INFINITY))
for folder in hostile:
    try:
        Tagger.load(folder)
        print("loaded")
    except ModelError:
        print("refused")
"""


def copies(small_model, tmp_path, count):
    """Return copies of a model."""
    places = [tmp_path / f"copy-{number}" for number in range(count)]
    for place in places:
        shutil.copytree(small_model, place)
    return places


def run(script, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Trap:
    """Leaves a file behind if it is ever unpickled."""

    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (str(self.place),)


# --- damage ---


def flips(small_model):
    """Yield each byte to flip: file, position, bit; a sample of them unless there is time."""
    chance = random.Random(5)
    places = [
        (path, position, chance.randrange(8))
        for path in sorted(small_model.iterdir())
        for position in range(path.stat().st_size)
    ]
    return places if LONG else chance.sample(places, 400)


def test_a_flipped_bit_is_refused_or_changes_nothing(small_model):
    tagger = Tagger.load(small_model)
    expected, name = tagger.predict_proba(SENTENCES), tagger.model.title
    refusals = 0
    for path, position, bit in flips(small_model):
        whole = path.read_bytes()
        damaged = bytearray(whole)
        damaged[position] ^= 1 << bit
        path.write_bytes(damaged)
        try:
            loaded = Tagger.load(small_model)
        except ModelError:
            refusals += 1
        else:
            assert np.array_equal(loaded.predict_proba(SENTENCES), expected), (path, position, bit)
            assert loaded.model.title == name
            assert loaded.thresholds == tagger.thresholds
        path.write_bytes(whole)
    assert refusals > 300


def test_all_bits_of_the_manifest(small_model):
    path = small_model / "model.json"
    whole = path.read_bytes()
    model = storage.load(small_model)
    step = 1 if LONG else 29
    for place in range(0, 8 * len(whole), step):
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            loaded = storage.load(small_model)
        except ModelError:
            continue
        assert loaded.fingerprint == model.fingerprint  # as with 1E-5 for 1e-5


def test_every_truncation_is_refused(small_model):
    chance = random.Random(3)
    for path in sorted(small_model.iterdir()):
        whole = path.read_bytes()
        lengths = range(len(whole)) if LONG else chance.sample(range(len(whole)), 20)
        for length in {0, 1, *lengths}:
            path.write_bytes(whole[:length])
            if length == len(whole) - 1 and path.name == "model.json":  # the last line break
                Tagger.load(small_model)
                continue
            refused(small_model, path.name.split(".")[0])
        path.write_bytes(whole + b"\0")
        refused(small_model, path.name.split(".")[0])
        path.write_bytes(whole)
    Tagger.load(small_model)


@pytest.mark.parametrize("name", ARRAYS)
def test_wrong_digests(small_model, name):
    edit_manifest(small_model, lambda data: data["arrays"][name].update(sha256="0" * 64))
    refused(small_model, f"{name}.*SHA-256")


def test_exchanged_files_are_refused(small_model):
    one, other = array_file(small_model, "bias"), array_file(small_model, "calibration_bias")
    contents = one.read_bytes(), other.read_bytes()
    other.write_bytes(contents[0])
    one.write_bytes(contents[1])
    refused(small_model, "SHA-256")


def test_an_edited_manifest_is_noticed(small_model):
    path = small_model / "model.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"threshold": 0', '"threshold": 1', 1), encoding="utf-8")
    refused(small_model, "SHA-256")
    edit_manifest(small_model, lambda data: None, sign=False)
    refused(small_model, "SHA-256")


# --- code ---


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_under_every_name_never_run(small_model, tmp_path, protocol):
    trap = tmp_path / "sprung"
    content = pickle.dumps(Trap(trap), protocol)
    # What some library or other would open, in case one is ever asked to.
    for name in ("model.pkl", "model.joblib", "model.npy", "arrays.npz", "__init__.py"):
        (small_model / name).write_bytes(content)
    Tagger.load(small_model).predict_proba(SENTENCES)
    for path in sorted(small_model.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(content)
        if path.suffix == ".npy" and path.name != "model.npy":
            refused(small_model, path.name.split(".")[0])
        elif path.name == "model.json":
            refused(small_model, "not JSON")
        path.write_bytes(whole)
    assert not trap.exists()


@pytest.mark.parametrize("name", ARRAYS)
def test_object_arrays_never_run(small_model, tmp_path, name):
    trap = tmp_path / "sprung"
    objects = np.array([Trap(trap), Trap(trap)], dtype=object)
    for content in (
        npy(objects, allow_pickle=True),
        pickle.dumps(objects),
        pickle.dumps(Trap(trap)),
    ):
        replace_file(small_model, name, content)
        refused(small_model, f"{name}.*(not an array|bytes are not those)")
    replace_file(small_model, name, npy(objects, allow_pickle=True))
    for dtype in ("|O", "O", "|V8", "object", "f8,O"):
        edit_manifest(small_model, lambda d, t=dtype: d["arrays"][name].update(dtype=t, shape=[2]))
        refused(small_model, f"the array '{name}' must be")
    assert not trap.exists()


def test_loading_runs_nothing_and_opens_nothing_elsewhere(small_model, tmp_path):
    trap = tmp_path / "sprung"
    places = copies(small_model, tmp_path, 8)
    hostile = places[1:]
    objects = np.array([Trap(trap)] * 2, dtype=object)
    replace_file(hostile[0], "bias", npy(objects, allow_pickle=True))
    replace_file(hostile[1], "words", pickle.dumps(Trap(trap)))
    (hostile[2] / "model.json").write_bytes(pickle.dumps(Trap(trap)))
    replace_file(hostile[3], "bias", headed("__import__('os').abort()"))
    outside = shutil.copy(array_file(small_model, "bias"), tmp_path)
    name = os.path.basename(outside)
    edit_manifest(hostile[4], lambda d: d["arrays"]["bias"].update(file=f"../{name}"))
    edit_manifest(hostile[5], lambda d: d["arrays"]["bias"].update(file=str(outside)))
    array_file(hostile[6], "bias").unlink()
    outcomes, events = json.loads(run(WATCHED, places[0], *hostile, small_model))
    assert outcomes == ["refused"] * len(hostile) + ["loaded"]
    assert {event for event, _ in events} <= HARMLESS, {event for event, _ in events}
    # An open file's number stands where one is wrapped; paths are of the folders alone.
    opened = [argument for event, argument in events if event == "open" and not argument.isdigit()]
    assert {Path(path).parent for path in opened} == {*hostile, small_model}
    assert not trap.exists()


def headed(header):
    """Return a `.npy` file with a header of one's own, and two numbers."""
    encoded = header.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(encoded).to_bytes(2, "little") + encoded + bytes(16)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{}",
        "(" * 5000,
        "-" * 30_000 + "1",
        "{'descr': '<f8', 'fortran_order': True, 'shape': (2,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1, }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }",
        "{'descr': '>f8', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), } or __import__('os').abort()",
    ],
)
def test_headers_of_ones_own(small_model, header):
    replace_file(small_model, "bias", headed(header))
    refused(small_model, "bias")


# --- sizes ---


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("sizes", [(2**20, 2**11), (2**40, 1), (2**63, 2**63), (2**64, 0), (0, 0)])
def test_a_shape_beyond_the_file_allocates_nothing(small_model, name, sizes):
    dtype, n_dimensions = (manifest.ARRAYS | manifest.LEXICON_ARRAYS)[name]
    shape = sizes[:n_dimensions]
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n"
    replace_file(small_model, name, headed(header))
    for said in (None, list(shape)):
        if said is not None:
            edit_manifest(small_model, lambda d, s=said: d["arrays"][name].update(shape=s))
        tracemalloc.start()
        refused(small_model, name)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2 * MEGABYTE


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")
def test_large_claims_and_large_files_with_little_memory(small_model, tmp_path):
    places = copies(small_model, tmp_path, 6)
    claims = {"weights": [2**28, 2], "words": [2**32], "bias": [2**29], "forms": [2**31]}
    for place, (name, shape) in zip(places, claims.items(), strict=False):
        edit_manifest(place, lambda d, n=name, s=shape: d["arrays"][n].update(shape=s))
    # Files with holes, which are large and take no room: of an array, and of the manifest.
    size = 256 * MEGABYTE
    edit_manifest(places[4], lambda d: d["arrays"]["words"].update(shape=[size]))
    os.truncate(array_file(places[4], "words"), size + 128)
    os.truncate(places[5] / "model.json", size)
    assert run(STARVED, small_model, *places).split() == ["refused"] * len(places)


@pytest.mark.parametrize("name", ARRAYS)
def test_archives_are_not_opened(small_model, tmp_path, name):
    zeros = bytes(50 * MEGABYTE)
    for suffix in (".npz", ".zip", ".npy.gz"):
        path = tmp_path / f"bomb{suffix}"
        if suffix.endswith("gz"):
            path.write_bytes(gzip.compress(zeros, 1))
        else:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(f"{name}.npy", zeros)
        content = path.read_bytes()
        replace_file(small_model, name, content)
        tracemalloc.start()
        refused(small_model, name)
        shape = [len(content) - 128, 1][: (manifest.ARRAYS | manifest.LEXICON_ARRAYS)[name][1]]
        edit_manifest(small_model, lambda d, s=shape: d["arrays"][name].update(shape=s))
        refused(small_model, name)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 3 * MEGABYTE


# --- places ---


@pytest.mark.parametrize(
    "make",
    [
        lambda name: f"../{name}",
        lambda name: f"../outside/{name}",
        lambda name: f"./{name}",
        lambda name: f"..\\{name}",
        lambda name: f"C:\\{name}",
        lambda name: f"//host/share/{name}",
        lambda name: f"{name}/../../outside/{name}",
        lambda name: f"{name}\n",
        lambda name: f"{name}\0",
        lambda name: f"{name}\0/../x",
        lambda name: f" {name}",
        lambda name: name.upper(),
        lambda name: "/etc/passwd",
        lambda name: "/dev/zero",
        lambda name: "CON.0123456789abcdef.npy",
        lambda name: "ｂias.0123456789abcdef.npy",
        lambda name: "a" * 100_000,
        lambda name: "",
        lambda name: ".",
        lambda name: "model.json",
    ],
)
def test_names_that_lead_elsewhere(small_model, tmp_path, make):
    path = array_file(small_model, "bias")
    (tmp_path / "outside").mkdir()
    for place in (tmp_path, tmp_path / "outside"):
        shutil.copy(path, place)
    edit_manifest(small_model, lambda data: data["arrays"]["bias"].update(file=make(path.name)))
    refused(small_model, "no name of an array file")


def test_missing_files(small_model, tmp_path):
    refused(tmp_path / "nothing", "no such folder")
    refused(small_model / "model.json", "no such folder")
    for path in sorted(small_model.iterdir()):
        moved = shutil.move(path, tmp_path)
        refused(small_model, f"{path.name.split('.')[0]}.*missing")
        shutil.move(moved, path)
    for path in (f"{small_model}\0", f"{small_model}\ud800", "x" * 100_000):
        with pytest.raises(ModelError, match="no such folder"):
            Tagger.load(path)


def test_a_folder_in_a_files_place(small_model, tmp_path):
    for path in sorted(small_model.iterdir()):
        moved = shutil.move(path, tmp_path)
        path.mkdir()
        refused(small_model, "no regular file")
        path.rmdir()
        shutil.move(moved, path)


@posix
def test_links_pipes_sockets_and_devices_in_a_files_place(small_model, tmp_path, monkeypatch):
    monkeypatch.chdir(small_model)  # the path of a socket must be short

    def a_socket(path):
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)

    for path in sorted(small_model.iterdir()):
        moved = shutil.move(path, tmp_path)
        makers = (
            lambda path, moved=moved: path.symlink_to(moved),
            lambda path: path.symlink_to("nowhere"),
            lambda path: path.symlink_to(path),
            lambda path: path.symlink_to("/dev/zero"),
            os.mkfifo,
            a_socket,
        )
        for make in makers:
            make(path)
            signal.alarm(20)  # a pipe that nobody writes to would be waited for without end
            refused(small_model, "no regular file")
            signal.alarm(0)
            path.unlink()
        shutil.move(moved, path)
    Tagger.load(small_model)


@posix
def test_a_file_that_becomes_a_link_while_it_is_opened(small_model, tmp_path, monkeypatch):
    path = array_file(small_model, "bias")
    moved = shutil.move(path, tmp_path)
    honest = os.lstat(moved)
    path.symlink_to(moved)
    lstat = os.lstat
    monkeypatch.setattr(os, "lstat", lambda name: honest if name == path else lstat(name))
    refused(small_model, "cannot be read")


# --- numbers ---


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e38, -1e38, 1e10])
def test_numbers_that_break_sums(small_model, name, number):
    for place in (0, -1):
        array = np.load(array_file(small_model, name))
        array.flat[place] = number
        for old in small_model.glob(f"{name}.*.npy"):
            kept = old.read_bytes()
            old.unlink()
        replace_array(small_model, name, array)
        refused(small_model, f"'{name}' (holds NaN|does not begin)")
        array_file(small_model, name).unlink()
        replace_file(small_model, name, kept)


def test_the_largest_numbers_give_probabilities(small_model):
    for name in FLOATS:
        array = np.load(array_file(small_model, name))
        signs = np.where(np.arange(array.size).reshape(array.shape) % 2, 1, -1)
        large = np.where(array == 0, 0, signs * 0.99e9).astype(array.dtype)
        array_file(small_model, name).unlink()
        replace_array(small_model, name, large)
    tagger = Tagger.load(small_model)
    found = tagger.predict_proba([*SENTENCES, "порт " * 5000])
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("weights", np.zeros((3, 2), np.float32), "but this model needs"),
        ("weights", np.zeros((3, 2), np.float64), "must be <f4"),
        ("bias", np.zeros(2, np.float32), "must be <f8"),
        ("bias", np.zeros(2, ">f8"), "must be <f8"),
        ("bias", np.zeros(2, complex), "must be <f8"),
        ("bias", np.zeros((2, 1)), "no shape of"),
        ("bias", np.zeros(()), "no shape of"),
        ("bias", np.zeros(3), "but this model needs"),
        ("words", np.frombuffer(b"\xff\xff", np.uint8), "this model needs"),
        ("forms", np.frombuffer(b"a\nb", np.uint8), "but this model needs"),
        ("form_entries", np.full(3, 2, np.uint32), "but this model needs"),
        ("pairs", np.zeros(0, np.uint64), "but this model needs"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(small_model, name, array, message):
    replace_array(small_model, name, array)
    refused(small_model, message)


def test_words_that_are_none(small_model):
    n_words = len(storage.load(small_model).words)
    for text, message in [
        (b"\n".join([b"\xff"] * n_words), "not UTF-8"),
        (b"\n".join([b"\xed\xa0\x80"] * n_words), "not UTF-8"),
        ("\n".join(["порт"] * n_words).encode(), "twice"),
        (b"\n" * (n_words - 1), "twice"),
    ]:
        replace_array(small_model, "words", np.frombuffer(text, np.uint8))
        refused(small_model, message)


def test_tables_that_name_no_row(small_model):
    model = storage.load(small_model)
    n_words = len(model.words)
    for entry in (0, 1, 2 * n_words + 2, 2**31, 2**32 - 1):
        entries = model.lexicon.entries.copy()
        entries[-1] = entry
        replace_array(small_model, "form_entries", entries)
        refused(small_model, "'form_entries' names a row that is no word's")
    replace_array(small_model, "form_entries", model.lexicon.entries)
    for pair in (0, 1, 1 << 32, (n_words + 1) << 32 | 1, 1 << 32 | (n_words + 1), 2**64 - 1):
        pairs = np.sort(np.append(model.pairs[:-1], np.uint64(pair)))
        replace_array(small_model, "pairs", pairs)
        refused(small_model, "'pairs' names a row that is no word's")
    for pairs in (model.pairs[::-1].copy(), np.repeat(model.pairs[:1], len(model.pairs))):
        replace_array(small_model, "pairs", pairs)
        refused(small_model, "ascending")


# --- what the manifest says ---


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON in UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"\0" * 100, "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a":' * 100_000, "not JSON"),
        (b"[]", "JSON object"),
        (b'"model"', "JSON object"),
        (b"null", "JSON object"),
        (b"{}", "format None"),
        (b'{"format": 1, "x": NaN}', "NaN"),
        (b'{"format": 1, "x": -Infinity}', "Infinity"),
        (b'{"format": 1, "x": 1e999}', "too large a number"),
        (b'{"format": ' + b"9" * 100_000 + b"}", "not JSON"),
        (b'{"format": 1, "x": "\\ud800"}', "cannot be written"),
        (b" " * (1 << 20) + b"{}", "larger than any"),
    ],
)
def test_manifests_that_are_none(small_model, content, message):
    (small_model / "model.json").write_bytes(content)
    refused(small_model, message)


def test_manifests_nested_to_any_depth(small_model):
    path = small_model / "model.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    del whole["sha256"]
    for depth in (*range(1, 1100, 37), *range(900, 1000), 50_000):
        nested = "[" * depth + "]" * depth
        text = json.dumps(whole)[:-1] + f', "x": {nested}, "sha256": "{"0" * 64}"}}'
        path.write_text(text, encoding="utf-8")
        refused(small_model, "SHA-256|not JSON|cannot be written")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(topics=[]), "one topic or more"),
        (lambda d: d.update(topics={}), "'topics' must be list"),
        (lambda d: d.update(topics=["energy"]), "expected a mapping"),
        (lambda d: d["topics"].append(d["topics"][0]), "comes twice"),
        (lambda d: d["topics"].pop(), "but this model needs"),
        (lambda d: d["topics"][0].update(threshold=1.5), "threshold"),
        (lambda d: d["topics"][0].update(threshold=-1), "threshold"),
        (lambda d: d["topics"][0].update(threshold=True), "'threshold' must be float"),
        (lambda d: d["topics"][0].pop("titles"), "'titles' is missing"),
        (lambda d: d["topics"][0].update(titles={"ru": ["x"]}), "'ru' must be str"),
        (lambda d: d["topics"][0].update(titles={"ru": "a\nb"}), "cannot be printed"),
        (lambda d: d.update(name=5), "'name' must be str"),
        (lambda d: d.update(name="\x1b]0;x\x07"), "cannot be printed"),
        (lambda d: d.update(version="1\n2"), "cannot be printed"),
        (lambda d: d.update(facts=[]), "'facts' must be dict"),
        (lambda d: d.update(lexicon=[]), "'lexicon' must be dict"),
        (lambda d: d.update(lexicon=None), "arrays must be"),
        (lambda d: d.update(arrays=[]), "'arrays' must be dict"),
        (lambda d: d["arrays"].pop("bias"), "arrays must be"),
        (lambda d: d["arrays"].update(more=d["arrays"]["bias"]), "arrays must be"),
        (lambda d: d["arrays"].update(bias="x"), "'bias' must be dict"),
        (lambda d: d["arrays"]["bias"].update(shape=[-2]), "no shape of"),
        (lambda d: d["arrays"]["bias"].update(shape=[True]), "no shape of"),
        (lambda d: d["arrays"]["bias"].update(shape=[2.0]), "no shape of"),
        (lambda d: d["arrays"]["bias"].update(shape=[2] * 10_000), "no shape of"),
        (lambda d: d["arrays"]["bias"].update(shape=[2**40]), "larger than any"),
        (lambda d: d["arrays"]["bias"].update(shape=[3]), "as model.json has it"),
        (lambda d: d["arrays"]["bias"].update(sha256=None), "'sha256' must be str"),
    ],
)
def test_a_signed_lie_is_refused(small_model, change, message):
    edit_manifest(small_model, change)
    refused(small_model, message)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\u3000",
        "a\nb",
        "a\rb",
        "\0",
        "\x1b[31m",
        "\x9b31m",
        "\x7f",
        "a\u2028b",
        "\u202eyad",
        "\u2066a",
        "a\u200fb",
        "x" * 201,
        "x" * 100_000,
    ],
)
def test_topics_whose_names_do_not_print(small_model, name):
    edit_manifest(small_model, lambda data: data["topics"][0].update(name=name))
    refused(small_model, "topic")


def test_topics_that_only_look_different(small_model):
    def rename(data):
        data["topics"][0]["name"] = "край"
        data["topics"][1]["name"] = "краи\u0306"

    edit_manifest(small_model, rename)
    refused(small_model, "comes twice")


@pytest.mark.parametrize(
    "name",
    [
        "[red]",
        "[/red]",
        "[link=file:///etc/passwd]x[/link]",
        "<script>alert(1)</script>",
        "=cmd|'/c calc'!A1",
        '"; drop table x',
        "{0.__class__}",
        "%s%n",
        "../../etc/passwd",
        "x" * 200,
        "__proto__",
        "\\N{DIGIT ONE}",
        "е́",
        "🚜",
    ],
)
def test_odd_names_stay_what_they_are(small_model, tmp_path, capsys, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "300")  # else long names are cut into lines
    edit_manifest(small_model, lambda data: data["topics"][0].update(name=name))
    tagger = Tagger.load(small_model)
    assert tagger.topics[0] == name
    sentence = "Открыли котельную и станцию."
    assert tagger.tag(sentence, {name: 0.0}).sentences[0].topics[-1].topic in tagger.topics
    (tmp_path / "text.txt").write_text(sentence, encoding="utf-8")
    options = ["--model", str(small_model)]
    for command in (
        ["info", *options],
        ["info", *options, "--json"],
        *(
            [
                "tag",
                *options,
                "--explain",
                "--threshold",
                "0",
                "--format",
                kind,
                tmp_path / "text.txt",
            ]
            for kind in ("table", "csv", "jsonl")
        ),
    ):
        assert main([str(word) for word in command]) == 0
        printed = capsys.readouterr().out
        assert "\x1b" not in printed
        if len(name) < 40 and "--json" not in command and "jsonl" not in command:
            assert name.replace('"', '""') in printed or name in printed


@pytest.mark.parametrize(
    "facts",
    [
        {"training": 5},
        {"training": {"topics": [1]}},
        {"training": {"topics": {"energy": {"a": 1}}}},
        {"training": {"topics": {"energy": "[/x]\x1b[2J"}}},
        {"extends": 5},
        {"extends": {"extends": {"training": None}}},
        {"a": "\x1b[2J"},
    ],
)
def test_facts_of_any_shape(small_model, capsys, facts):
    edit_manifest(small_model, lambda data: data.update(facts=facts))
    for options in ([], ["--json"]):
        assert main(["info", "--model", str(small_model), *options]) == 0
        assert "\x1b" not in capsys.readouterr().out


def test_facts_that_extend_without_end(small_model, capsys):
    facts = {}
    for _ in range(300):
        facts = {"extends": facts}
    edit_manifest(small_model, lambda data: data.update(facts=facts))
    assert main(["info", "--model", str(small_model)]) == 0
