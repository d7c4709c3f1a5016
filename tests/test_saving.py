"""Saving: the old model or the new one, whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from forgery import SENTENCES, array_file, edit_manifest, replace_file

import otgnlp
from otgnlp import ModelError, Tagger, manifest, storage

FILES = len({*manifest.ARRAYS, *manifest.LEXICON_ARRAYS}) + 1
KILLS = 200 if os.environ.get("OTGNLP_LONG") else 10

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces of Linux")

# Saves two models over a third without end, in a process forked for each line that it reads.
SAVER = """
import os, sys
from otgnlp import storage
target, *sources = sys.argv[1:]
models = [storage.load(source) for source in sources]
for _ in sys.stdin:
    models.reverse()
    process = os.fork()
    while process == 0:
        for model in models:
            storage.save(model, target)
    print(process, flush=True)
    os.waitpid(process, 0)
    print("ended", flush=True)
"""


@pytest.fixture(scope="session")
def other_classifier(small_data):
    """A model that has no array in common with the small one, so that saving writes all."""
    sentences, topics = small_data
    longer = [f"{sentence[:-1]} сегодня." for sentence in sentences]
    labels = [[*names, "third"] if names else [] for names in topics]
    return otgnlp.TopicClassifier(embeddings=False, C=10.0).fit(longer, labels)


@pytest.fixture
def other_model(other_classifier, tmp_path):
    folder = tmp_path / "other"
    other_classifier.save(folder, name="other")
    return folder


def names(folder):
    return sorted(os.listdir(folder))


def test_saving_over_a_model_replaces_it(small_model, other_classifier):
    mapped = Tagger.load(small_model)
    before = mapped.predict_proba(SENTENCES)
    other_classifier.save(small_model, name="other")
    assert np.array_equal(mapped.predict_proba(SENTENCES), before)
    assert np.array_equal(
        Tagger.load(small_model).predict_proba(SENTENCES),
        other_classifier.predict_proba(SENTENCES),
    )
    assert len(names(small_model)) == FILES


def test_saving_a_model_over_itself_writes_no_array(small_model):
    files = {path: path.stat().st_ino for path in small_model.glob("*.npy")}
    storage.save(storage.load(small_model), small_model)
    assert {path: path.stat().st_ino for path in small_model.glob("*.npy")} == files


def test_saving_over_a_damaged_array_mends_it(small_model, small_classifier):
    path = array_file(small_model, "bias")
    path.write_bytes(b"")
    small_classifier.save(small_model)
    assert np.array_equal(
        Tagger.load(small_model).predict_proba(SENTENCES),
        small_classifier.predict_proba(SENTENCES),
    )


def test_saving_over_a_model_of_another_version_leaves_nothing_of_it(small_model, small_classifier):
    old = array_file(small_model, "bias")
    replace_file(small_model, "bias", old.read_bytes()[:-1] + b"\x00")
    edit_manifest(small_model, lambda data: data.update(features=0))
    old.unlink(missing_ok=True)
    small_classifier.save(small_model)
    assert len(names(small_model)) == FILES
    for content in (b"[]", b"{", b'{"arrays": 3}', b'{"arrays": {"a": {"file": "../a.npy"}}}'):
        (small_model / "model.json").write_bytes(content)
        small_classifier.save(small_model)
        assert len(names(small_model)) == FILES


def test_what_a_dead_save_left_is_swept_away(small_model, small_classifier):
    litter = ["bias.0123456789abcdef.npy", ".bias.0123456789abcdef.npy.01234567.tmp"]
    litter.append(".model.json.89abcdef.tmp")
    kept = ["notes.txt", "bias.npy", ".hidden.tmp"]
    for name in (*litter, *kept):
        (small_model / name).write_bytes(b"half")
    small_classifier.save(small_model)
    assert len(names(small_model)) == FILES + len(kept)
    assert set(kept) <= set(names(small_model))
    assert not set(litter) & set(names(small_model))


def test_a_first_save_that_died_does_not_block_the_folder(small_classifier, tmp_path):
    (tmp_path / "bias.0123456789abcdef.npy").write_bytes(b"half")
    (tmp_path / ".model.json.89abcdef.tmp").write_bytes(b"half")
    small_classifier.save(tmp_path)
    assert len(names(tmp_path)) == FILES


def test_where_no_lock_is_certain_young_files_are_left(small_model, other_classifier, monkeypatch):
    @contextlib.contextmanager
    def not_alone(folder):
        yield False

    monkeypatch.setattr(storage.files, "alone_in", not_alone)
    young, old = (small_model / f"bias.{digit * 16}.npy" for digit in "01")
    for path in (young, old):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    other_classifier.save(small_model)
    assert young.exists()
    assert len(names(small_model)) == FILES + 1


def test_a_model_replaced_while_it_is_read_gives_the_new_one(
    small_model, other_classifier, monkeypatch
):
    open_array = storage.open_array
    replaced = []

    def replace_first(path, entry):
        if not replaced:
            replaced.append(True)
            other_classifier.save(small_model, name="other")
        return open_array(path, entry)

    monkeypatch.setattr(storage, "open_array", replace_first)
    tagger = Tagger.load(small_model)
    assert tagger.model.name == "other"
    assert np.array_equal(
        tagger.predict_proba(SENTENCES), other_classifier.predict_proba(SENTENCES)
    )


def test_a_save_that_fails_at_any_step_leaves_the_old_model(
    small_model, other_classifier, monkeypatch
):
    before = Tagger.load(small_model).predict_proba(SENTENCES)
    files = names(small_model)
    calls = [(os, "replace"), (os, "fsync")]
    failures = 0
    for module, name in calls:
        real = getattr(module, name)
        for allowed in range(FILES):
            left = [allowed]

            def fail(*arguments, real=real, left=left):
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                return real(*arguments)

            with monkeypatch.context() as patch:
                patch.setattr(module, name, fail)
                with pytest.raises(ModelError, match="cannot save the model"):
                    other_classifier.save(small_model)
            failures += 1
            assert np.array_equal(Tagger.load(small_model).predict_proba(SENTENCES), before)
            assert names(small_model) == files
    assert failures == 2 * FILES


def test_every_file_is_on_the_disk_before_the_manifest_names_it(
    small_model, other_classifier, monkeypatch
):
    synced, renamed, events = set(), [], []
    fsync, replace = os.fsync, os.replace

    def record_sync(descriptor):
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)
        events.append(("sync", os.fstat(descriptor).st_ino))

    def record_rename(source, target):
        assert os.stat(source).st_ino in synced
        replace(source, target)
        renamed.append(Path(target).name)
        events.append(("rename", Path(target).name))

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(os, "replace", record_rename)
    other_classifier.save(small_model)
    assert len(renamed) == FILES
    assert renamed[-1] == "model.json"
    if os.name == "posix":
        folder = ("sync", os.stat(small_model).st_ino)
        last_array = events.index(("rename", renamed[-2]))
        manifest_named = events.index(("rename", "model.json"))
        assert folder in events[last_array:manifest_named]
        assert folder in events[manifest_named:]


def test_a_model_that_could_not_be_read_is_not_saved(small_model):
    model = storage.load(small_model)
    files = names(small_model)
    lies = [
        ({"bias": np.array([0.0, np.nan])}, "NaN"),
        ({"name": "a\x1b[2Jb"}, "cannot be printed"),
        ({"version": "x" * 300}, "longer than 200"),
        ({"facts": {"score": float("nan")}}, "cannot save"),
        ({"facts": {"file": "\udcff"}}, "cannot save"),
        ({"topics": ("a", "a")}, "comes twice"),
        ({"thresholds": (0.5, 1.5)}, "threshold"),
    ]
    for change, message in lies:
        with pytest.raises(ModelError, match=message):
            storage.save(dataclasses.replace(model, **change), small_model)
        assert names(small_model) == files
    assert Tagger.load(small_model).model.fingerprint == model.fingerprint


def test_save_does_not_touch_foreign_folders(small_classifier, tmp_path):
    (tmp_path / "letter.txt").write_text("дорогая", encoding="utf-8")
    with pytest.raises(ModelError, match="not empty"):
        small_classifier.save(tmp_path)
    assert names(tmp_path) == ["letter.txt"]
    for place in (tmp_path / "letter.txt" / "model", tmp_path / "nul\0", tmp_path / ("x" * 300)):
        with pytest.raises(ModelError, match="cannot save"):
            small_classifier.save(place)
    with pytest.raises(ModelError, match="not a folder"):
        small_classifier.save(tmp_path / "letter.txt")


@contextlib.contextmanager
def saver(*arguments):
    """Run `SAVER`; yields a function that starts a process and returns its number."""
    command = [sys.executable, "-c", SAVER, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:

        def start():
            process.stdin.write("go\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield start, process.stdout.readline
        process.stdin.close()


@posix
def test_a_process_killed_while_saving_leaves_a_whole_model(small_model, other_model, tmp_path):
    folder = tmp_path / "saved"
    shutil.copytree(small_model, folder)
    sources = (small_model, other_model)
    expected = {}
    for source in sources:
        tagger = Tagger.load(source)
        expected[tagger.model.fingerprint] = tagger.predict_proba(SENTENCES)
    chance = random.Random(1)
    littered, found = 0, []
    with saver(folder, *sources) as (start, wait):
        for _ in range(KILLS):
            process = start()
            time.sleep(chance.uniform(0.0, 0.1))
            os.kill(process, signal.SIGKILL)
            assert wait() == "ended\n"
            tagger = Tagger.load(folder)
            found.append(tagger.model.fingerprint)
            assert np.array_equal(tagger.predict_proba(SENTENCES), expected[found[-1]])
            littered += len(names(folder)) != FILES
            assert len(names(folder)) <= 2 * FILES  # the next save sweeps before it writes
    assert littered, "no process was killed in the midst of saving"
    assert set(found) == set(expected) or KILLS < 200
    storage.save(storage.load(other_model), folder)
    assert len(names(folder)) == FILES


@posix
def test_two_processes_that_save_and_one_that_reads(small_model, other_model, tmp_path):
    folder = tmp_path / "saved"
    shutil.copytree(small_model, folder)
    known = {Tagger.load(source).model.fingerprint for source in (small_model, other_model)}
    with (
        saver(folder, small_model, other_model) as (start, _),
        saver(folder, other_model, small_model) as (start_other, _),
    ):
        processes = [start(), start_other()]
        until = time.monotonic() + (30.0 if os.environ.get("OTGNLP_LONG") else 1.5)
        seen = set()
        while time.monotonic() < until:
            seen.add(storage.load(folder).fingerprint)
        for process in processes:
            os.kill(process, signal.SIGKILL)
    assert seen <= known
    storage.save(storage.load(other_model), folder)
    assert len(names(folder)) == FILES


# Saves over a model with less room than that takes, then a little more, until it is enough.
FILL = """
import json, os, resource, subprocess, sys
from pathlib import Path
from otgnlp import ModelError, Tagger, storage
how, folder, small, other = sys.argv[1:]
if how == "tmpfs":
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True)
if how == "read-only":
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
model, new = Path(folder) / "model", storage.load(other)
storage.save(storage.load(small), model)
files, before = sorted(os.listdir(model)), Tagger.load(model).model.fingerprint
page = 4096
if how == "read-only":
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
if how == "tmpfs":
    with open(Path(folder) / "ballast", "wb", buffering=0) as ballast:
        try:
            while ballast.write(bytes(page)):
                pass
        except OSError:
            pass
errors = []
for room in range(1, 1000):
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (room * 256, resource.RLIM_INFINITY))
    try:
        storage.save(new, model)
        break
    except ModelError as error:
        errors.append(str(error))
    assert sorted(os.listdir(model)) == files, (os.listdir(model), files)
    assert Tagger.load(model).model.fingerprint == before
    if how == "read-only":
        break
    if how == "tmpfs":
        os.truncate(Path(folder) / "ballast", os.path.getsize(Path(folder) / "ballast") - page)
print(json.dumps({"errors": errors, "name": Tagger.load(model).model.name}))
"""


def fill(how, tmp_path, *models, wrapped=()):
    folder = tmp_path / "disk"
    folder.mkdir()
    command = [*wrapped, sys.executable, "-c", FILL, how, folder, *models]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def mounting():
    """The words before a command that let it mount; skips where the system forbids that."""
    words = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        with tempfile.TemporaryDirectory() as folder:
            command = [*words, "mount", "-t", "tmpfs", "tmpfs", folder]
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system lets no user mount a file system of his own")
    return words


@linux
def test_a_full_disk_leaves_the_old_model(mounting, small_model, other_model, tmp_path):
    found = fill("tmpfs", tmp_path, small_model, other_model, wrapped=mounting)
    assert found["name"] == "other"
    assert len(found["errors"]) >= FILES
    assert all("cannot save the model: [Errno 28] No space left" in e for e in found["errors"])


@linux
def test_a_read_only_disk_leaves_the_old_model(mounting, small_model, other_model, tmp_path):
    found = fill("read-only", tmp_path, small_model, other_model, wrapped=mounting)
    assert found["name"] == "small"
    (error,) = found["errors"]
    assert "Read-only file system" in error


@posix
def test_a_limit_on_file_sizes_leaves_the_old_model(small_model, other_model, tmp_path):
    found = fill("limit", tmp_path, small_model, other_model)
    assert found["name"] == "other"
    assert found["errors"]
    assert all("File too large" in error for error in found["errors"])


@pytest.fixture
def without_rights():
    """A folder that all may enter, and a context without the rights of the superuser."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)

    @contextlib.contextmanager
    def ordinary_user():
        superuser = os.geteuid() == 0
        if superuser:
            os.seteuid(65534)
        try:
            yield
        finally:
            if superuser:
                os.seteuid(0)

    yield folder, ordinary_user
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o755)
    shutil.rmtree(folder)


@posix
def test_a_read_only_folder_leaves_the_old_model(
    without_rights, small_classifier, other_classifier
):
    folder, ordinary_user = without_rights
    model = folder / "model"
    small_classifier.save(model)
    before = Tagger.load(model).model.fingerprint
    model.chmod(0o555)
    folder.chmod(0o555)
    with ordinary_user():
        for place in (model, folder / "new"):
            with pytest.raises(ModelError, match=r"cannot save the model.*Permission denied"):
                other_classifier.save(place)
        assert Tagger.load(model).model.fingerprint == before
    assert len(names(model)) == FILES


@posix
def test_files_that_may_not_be_read(without_rights, small_classifier):
    folder, ordinary_user = without_rights
    model = folder / "model"
    small_classifier.save(model)
    for path in sorted(model.iterdir()):
        path.chmod(0)
        with ordinary_user(), pytest.raises(ModelError, match="Permission denied") as caught:
            Tagger.load(model)
        assert str(path) in str(caught.value)
        path.chmod(0o644)
    model.chmod(0)
    with ordinary_user(), pytest.raises(ModelError):
        Tagger.load(model)


@posix
def test_saved_files_follow_the_umask(small_classifier, tmp_path):
    before = os.umask(0o077)
    try:
        small_classifier.save(tmp_path / "private")
    finally:
        os.umask(before)
    small_classifier.save(tmp_path / "shared")
    for folder, mode in (("private", 0o600), ("shared", 0o666 & ~before)):
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / folder).iterdir()} == {mode}
