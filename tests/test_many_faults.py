"""`tag_many` when workers, texts and the input fail: what is reported, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import pytest
from processes import start, survivors, workers

import otgnlp
from otgnlp import InputError, Tagger, WorkerError

LONG = os.environ.get("OTGNLP_LONG") == "1"
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")

# Tags numbered texts and prints the numbers as they come, then what was raised.
_PROGRAM = """
import json, os, resource, sys, time
import otgnlp
from otgnlp import Tagger

fault, n_jobs = sys.argv[1], int(sys.argv[2])

class Broken(str):
    def splitlines(self, *_): raise RuntimeError("a text that raises")
    split = __str__ = __getitem__ = find = splitlines
    def __reduce__(self): return Broken, (str.__str__(self),)

def texts():
    for number in range(2_000):
        if number == 300 and fault == "generator":
            raise LookupError("the line went dead")
        if number == 300 and fault == "memory":
            yield "Поезд №300 ушёл. " * 3_000_000
        elif number == 300 and fault == "endless":
            print("waits", flush=True)
            time.sleep(600)
        else:
            yield f"Поезд №{number} ушёл в порт."

class Limited(Tagger):
    '''Bounds the memory of the process that works.'''
    def analyse(self, texts):
        if fault == "memory":
            with open("/proc/self/statm") as file:
                used = int(file.read().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + (200 << 20),) * 2)
        return super().analyse(texts)

if __name__ == "__main__":
    tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
    try:
        for document in tagger.tag_many(texts(), n_jobs=n_jobs, batch_size=8):
            print(document.text[7:document.text.index(" у")], flush=True)
    except BaseException as error:
        notes = getattr(error, "__notes__", [])
        print(json.dumps([type(error).__name__, str(error), *notes]), flush=True)
        if isinstance(error, KeyboardInterrupt):
            raise
"""


def split(out: bytes):
    """Return the numbers that came, and what was raised."""
    *numbers, raised = out.decode().splitlines()
    return [int(number) for number in numbers if number != "waits"], json.loads(raised)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(otgnlp.bundled_model())


@linux
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_generator_that_raises(n_jobs):
    with start(sys.executable, "-c", _PROGRAM, "generator", n_jobs) as process:
        out, err = process.communicate(timeout=60)
    numbers, raised = split(out)
    assert numbers == list(range(300))
    assert raised == ["LookupError", "the line went dead", "raised while text 300 was read"]
    assert (process.returncode, err) == (0, b"")
    assert survivors(process.pid) == []


@linux
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interrupt(n_jobs, whole_group):
    """As a terminal sends it, to all processes of the command, and to the one alone."""
    with start(sys.executable, "-c", _PROGRAM, "endless", n_jobs) as process:
        before = b""
        while b"waits" not in before:
            before += process.stdout.readline()
        time.sleep(0.3)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    numbers, raised = split(before + out)
    assert raised[0] == "KeyboardInterrupt"
    assert numbers == list(range(len(numbers)))
    assert process.returncode == -signal.SIGINT
    assert err.count(b"Traceback") == 1  # ours alone: workers are silent
    assert survivors(process.pid) == []


@linux
@pytest.mark.parametrize("moment", range(20 if LONG else 2))
def test_a_worker_that_is_killed(moment):
    """At different moments; a text is named, and all that came before it came once."""
    with start(sys.executable, "-c", _PROGRAM, "none", 2) as process:
        while not workers(process.pid):
            time.sleep(0.02)
        first = process.stdout.readline()
        time.sleep(0.01 * moment)
        alive = workers(process.pid)
        os.kill(alive[moment % len(alive)], signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
    *_, last = out.splitlines()
    if not last.startswith(b"["):  # all was done before the worker died
        assert (first + out).split() == [b"%d" % number for number in range(2_000)]
        return
    numbers, (kind, message) = split(first + out)
    assert kind == "WorkerError"
    assert f"died at text {len(numbers)} or soon after" in message
    assert numbers == list(range(len(numbers)))
    assert survivors(process.pid) == []


class Endangered(Tagger):
    """Takes all memory at one text, by an allocation that is refused, in whatever process."""

    def analyse(self, texts):
        if any("№7 " in text for text in texts):
            bytearray(1 << 62)
        if any("№8 " in text for text in texts):
            raise InputError("too long")
        if any("№9 " in text for text in texts):
            raise UnportableError("a bug", 5)
        return super().analyse(texts)


class UnportableError(Exception):
    def __init__(self, message, number):
        super().__init__(message)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize(
    ("number", "here", "there"),
    [
        (7, MemoryError, "text 7: a worker failed: MemoryError"),
        (8, InputError, "text 8: too long"),
        (9, UnportableError, "text 9: a worker failed: UnportableError"),
    ],
)
def test_a_text_that_raises(tagger, monkeypatch, n_jobs, number, here, there):
    """All texts before it have their documents, whatever shares its batch; it is named."""
    import joblib

    from otgnlp import worker

    texts = [f"Поезд №{n if n == number else 0} ушёл." for n in range(20)]
    endangered = Endangered(tagger.model, tagger.folder)
    found = []
    # The workers are threads, which see the same faulty class.
    monkeypatch.setattr(worker, "_tagger", lambda *_: endangered)
    with joblib.parallel_config("threading"), pytest.raises(Exception) as caught:
        found.extend(endangered.tag_many(texts, n_jobs=n_jobs, batch_size=64))
    assert found == [tagger.tag(text) for text in texts[:number]]
    error = caught.value
    if n_jobs == 1 or number == 8:
        assert type(error) is here
    else:
        assert type(error) is WorkerError
    told = [str(error), *getattr(error, "__notes__", [])]
    assert (
        there in told[0] if n_jobs == 2 or number == 8 else told[-1] == f"raised by text {number}"
    )
    if number == 8:
        with joblib.parallel_config("threading"):
            kept = list(endangered.tag_many(texts, n_jobs=n_jobs, on_error="return"))
        assert [n for n, item in enumerate(kept) if isinstance(item, InputError)] == [8]


_OUT_OF_MEMORY = """
import json, os, resource, sys
import joblib
import otgnlp

def bound(megabytes):
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (megabytes << 20), -1))
    return os.getpid()

if __name__ == "__main__":
    tagger = otgnlp.Tagger.load(otgnlp.bundled_model())
    list(tagger.tag_many(["Порт."] * 40, n_jobs=2, batch_size=1))
    # The pool is joblib's, and stays: bound the memory of its workers.
    bounded = joblib.Parallel(n_jobs=2, batch_size=1)(
        joblib.delayed(bound)(150) for _ in range(40)
    )
    texts = ["Поезд №%d ушёл." % number for number in range(100)]
    texts[50] = "Поезд ушёл. " * 4_000_000
    n_done = 0
    try:
        for document in tagger.tag_many(iter(texts), n_jobs=2, batch_size=4):
            assert document.text == texts[n_done]
            n_done += 1
    except otgnlp.WorkerError as error:
        print(json.dumps([len(set(bounded)), n_done, str(error)]))
"""


@linux
def test_a_worker_out_of_memory():
    """A bound on the memory of real workers, and a text that takes more."""
    with start(sys.executable, "-c", _OUT_OF_MEMORY) as process:
        out, err = process.communicate(timeout=120)
    assert out, err.decode()
    n_bounded, n_done, message = json.loads(out)
    assert n_bounded == 2
    if "died at text" in message:  # it could not even receive the text
        assert f"at text {n_done} " in message
    else:
        assert message.startswith("text 50: a worker failed: MemoryError")
        assert n_done == 50
    assert survivors(process.pid) == []
