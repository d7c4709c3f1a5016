"""One tagger in many threads, in forked and spawned processes, copied, and at the process's end."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes import ROOT

import otgnlp
from benchmarks.distinct import distinct_sentences
from benchmarks.mark import slope_interval
from benchmarks.processes import resident_megabytes
from benchmarks.texts import own_sentences
from otgnlp import Tagger

LONG = os.environ.get("OTGNLP_LONG") == "1"
N_THREADS = 16
posix = pytest.mark.skipif(os.name == "nt", reason="needs fork")


def script(code: str, *arguments: object) -> list[str]:
    """Run a program in a process of its own; return what it printed, if it ended well."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.splitlines()


def test_threads_get_the_answers_of_one(record_property):
    """For two seconds, or a minute; few words are remembered, so that they come and go all along.

    Memory is read every so often, and must not grow once all texts have been seen.
    """
    sentences = list(distinct_sentences(own_sentences().texts, 4_000))
    texts = ["\n".join(sentences[i : i + 10]) for i in range(0, len(sentences), 10)]
    alone = Tagger.load(otgnlp.bundled_model())
    expected = [alone.tag(text) for text in texts]
    evidence = [document.sentences[0].evidence("transport") for document in expected]
    shared = Tagger.load(otgnlp.bundled_model(), remembered=500)
    stop = time.monotonic() + (60.0 if LONG else 2.0)
    together = threading.Barrier(N_THREADS)

    def work(place: int) -> int:
        together.wait()
        n_tagged = 0
        while time.monotonic() < stop or n_tagged == 0:
            place = (place + 1) % len(texts)
            document = shared.tag(texts[place])
            assert document == expected[place]
            assert document.sentences[0].evidence("transport") == evidence[place]
            n_tagged += 1
        return n_tagged

    samples = []
    with ThreadPoolExecutor(N_THREADS) as pool:
        running = [pool.submit(work, 25 * number) for number in range(N_THREADS)]
        while not all(future.done() for future in running):
            time.sleep(0.1)
            if sys.platform == "linux":
                samples.append((time.monotonic() / 60, resident_megabytes()))
    n_tagged = sum(future.result() for future in running)
    assert n_tagged > 10 * N_THREADS
    chunks = shared._reader._chunks
    assert len(chunks) + len(chunks._older) <= 500 + 2 * N_THREADS
    if LONG and samples:
        slope, low, high = slope_interval(samples[len(samples) // 3 :])
        record_property("figure", f"{n_tagged} texts, {slope:.2f} [{low:.2f}, {high:.2f}] MB/min")
        assert low < 2.0


_FIRST_USE = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
import otgnlp
from otgnlp import bundled, lemmas, storage
sys.setswitchinterval(1e-6)
made = []
def count(owner, name):
    original = getattr(owner, name)
    def counted(*arguments, **options):
        made.append(name)
        return original(*arguments, **options)
    setattr(owner, name, counted)
import pymorphy3
import otgnlp.tagger
count(storage, "load")
count(pymorphy3, "MorphAnalyzer")
count(otgnlp.tagger, "Reader")
together = threading.Barrier(16)
def first(_):
    together.wait()
    document = otgnlp.tag("Глокая куздра будланула порт.")
    return id(bundled.bundled_tagger()), id(lemmas.analyzer()), document
with ThreadPoolExecutor(16) as pool:
    taggers, analyzers, documents = zip(*pool.map(first, range(16)))
assert len(set(taggers)) == len(set(analyzers)) == 1
assert all(document == documents[0] for document in documents)
print(*sorted(made))
"""


def test_first_use_in_many_threads_makes_one_of_each():
    assert script(_FIRST_USE) == ["MorphAnalyzer Reader load"]


def test_first_use_of_workers_that_are_threads():
    code = """
import joblib, otgnlp
from otgnlp import storage
tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
loads = []
original = storage.load
storage.load = lambda path: loads.append(path) or original(path)
with joblib.parallel_config("threading"):
    print(len(list(tagger.tag_many(["Порт."] * 99, n_jobs=16, batch_size=1))))
print(len(loads))
"""
    assert script(code) == ["99", "1"]


_CHILD = """
import sys
import multiprocessing
import otgnlp

def tag(text):
    return otgnlp.tag(text).to_dict()

def with_tagger(tagger, text):
    return tagger.tag(text).to_dict()

def many(texts):
    return [document.to_dict() for document in otgnlp.tag_many(texts, n_jobs=1)]

if __name__ == "__main__":
    method, used_before = sys.argv[1], sys.argv[2] == "True"
    texts = ["Порт ждёт куздру.", "Газ дорожает.", ""]
    tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
    if used_before:
        tagger.tag(texts[0]), otgnlp.tag(texts[0])
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.map(tag, texts)
        by_sent = pool.starmap(with_tagger, [(tagger, text) for text in texts])
        in_children = pool.map(many, [texts] * 2)
    expected = [otgnlp.tag(text).to_dict() for text in texts]
    assert found == by_sent == in_children[0] == in_children[1] == expected
    print("same")
"""


@pytest.mark.parametrize("used_before", [True, False])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_every_kind(tmp_path, method, used_before):
    if os.name == "nt" and method != "spawn":
        pytest.skip("Windows has spawn alone")
    file = tmp_path / "child.py"
    file.write_text(_CHILD, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, file, method, str(used_before)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("same\n", "")


@posix
def test_a_fork_in_the_middle_of_another_threads_first_use():
    """Children forked while a thread is loading, and while others tag, answer and end."""
    code = """
import os, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python's, on forks beside threads
import otgnlp
text = "Порт ждёт глокую куздру."
expected = otgnlp.Tagger.load(otgnlp.bundled_model()).tag(text)
threads = [threading.Thread(target=lambda: [otgnlp.tag(text) for _ in range(300)])]
threads[0].start()
children = []
for number in range(12):
    time.sleep(0.005 * number)
    child = os.fork()
    if child == 0:
        os._exit(0 if otgnlp.tag(text) == expected else 1)
    children.append(child)
for thread in threads:
    thread.join()
print({os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children})
"""
    assert script(code) == ["{0}"]


@pytest.mark.parametrize("used_before", [True, False])
def test_copies_answer_the_same(small_model, summit, used_before):
    for folder in (otgnlp.bundled_model(), small_model):
        tagger = Tagger.load(folder, remembered=1_000)
        expected = Tagger.load(folder).tag(summit)
        if used_before:
            tagger.tag(summit)
        sent = pickle.dumps(tagger)
        for again in (pickle.loads(sent), copy.deepcopy(tagger), copy.copy(tagger)):
            assert again.tag(summit) == expected
            assert again.folder == tagger.folder
            assert again.model.fingerprint == tagger.model.fingerprint
            assert list(again.tag_many([summit] * 2)) == [expected] * 2
        assert tagger.tag(summit) == expected
        size = sum(file.stat().st_size for file in Path(folder).glob("*.npy"))
        assert len(sent) < 2 * size + 100_000  # what is remembered stays behind


_AT_THE_END = """
import atexit, sys, threading
import otgnlp
text = "Порт ждёт глокую куздру."
kind, used_before = sys.argv[1], sys.argv[2] == "True"
tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
if used_before:
    tagger.tag(text)
def report():
    print([dict(s.probabilities) for s in tagger.tag(text + " Бокрёнка везут.").sentences])
class Object:
    def __del__(self):
        try:
            report()
        except Exception as error:
            print("failed")
def many():
    try:
        list(tagger.tag_many([text] * 9, n_jobs=2))
    except otgnlp.WorkerError as error:
        print(error)
if kind == "atexit":
    atexit.register(report)
elif kind == "atexit-many":
    atexit.register(many)
elif kind == "del":
    last = Object()
elif kind == "daemon":
    def work():
        while True:
            tagger.tag(text)
    for _ in range(8):
        threading.Thread(target=work, daemon=True).start()
    print("ends")
elif kind == "thread":
    threading.Thread(target=report).start()
"""


@pytest.mark.parametrize("used_before", [True, False])
@pytest.mark.parametrize("kind", ["atexit", "del", "daemon", "thread", "atexit-many"])
def test_the_end_of_the_interpreter(kind, used_before):
    """When the last objects go, Python imports nothing any more: a first use fails, and ends."""
    found = otgnlp.tag("Порт ждёт глокую куздру. Бокрёнка везут.").sentences
    answers = {
        "daemon": "ends",
        "atexit-many": "the interpreter is ending and starts no workers: n_jobs must be 1",
    }
    expected = answers.get(kind, str([dict(sentence.probabilities) for sentence in found]))
    if kind == "del" and not used_before:
        expected = "failed"
    assert script(_AT_THE_END, kind, used_before) == [expected]
