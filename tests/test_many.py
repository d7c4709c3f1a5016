"""Many texts: in order, lazily, in one process and in several, and what becomes of errors."""

from __future__ import annotations

import io
import itertools
import os
import signal
import sys
import time
import warnings

import joblib
import numpy as np
import pytest
from joblib.externals.loky import reusable_executor

import otgnlp
from otgnlp import InputError, InputTypeError, Tagger, WorkerError
from otgnlp.progress import watched


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(otgnlp.bundled_model())


def test_many_is_lazy_and_in_order():
    read = []

    def texts():
        for number in itertools.count():
            read.append(number)
            yield f"Поезд номер {number}."

    documents = otgnlp.tag_many(texts())
    assert read == []
    assert [next(documents).text for _ in range(3)] == [f"Поезд номер {i}." for i in range(3)]
    assert len(read) <= 4


def test_many_in_processes(tagger, small_classifier, summit):
    texts = [f"{summit}\n{number}" for number in range(20)]
    for each in (tagger, small_classifier.tagger()):
        documents = list(each.tag_many(iter(texts), n_jobs=2, batch_size=3))
        assert documents == [each.tag(text) for text in texts]
        assert documents[0].sentences[0].tokens == each.tag(texts[0]).sentences[0].tokens


def test_many_in_processes_reports_the_text(tagger):
    with pytest.raises(InputError, match="text 7 must be a string"):
        list(tagger.tag_many(["порт"] * 7 + [None], n_jobs=2, batch_size=2))


@pytest.mark.parametrize("options", [{"n_jobs": 0}, {"batch_size": 0}])
def test_many_with_bad_options(tagger, options):
    with pytest.raises(InputError, match="must be 1 or more"):
        tagger.tag_many(["порт"], **options)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_what_is_no_text_is_skipped_or_returned(tagger, n_jobs):
    texts = ["Порт.", None, "Газ.", 5, b"x"]
    options = {"n_jobs": n_jobs, "batch_size": 2}
    skipped = list(tagger.tag_many(texts, on_error="skip", **options))
    assert skipped == [tagger.tag("Порт."), tagger.tag("Газ.")]
    returned = list(tagger.tag_many(texts, on_error="return", **options))
    assert [type(item) for item in returned] == [
        otgnlp.Document,
        InputTypeError,
        otgnlp.Document,
        InputTypeError,
        InputTypeError,
    ]
    assert "text 3 must be a string, not int" in str(returned[3])


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_of_the_input_comes_after_what_was_read(tagger, n_jobs):
    def texts():
        yield from ["Порт."] * 5
        raise RuntimeError("the line went dead")

    found = []
    with pytest.raises(RuntimeError, match="the line went dead"):
        found.extend(tagger.tag_many(texts(), n_jobs=n_jobs, batch_size=2))
    assert [document.text for document in found] == ["Порт."] * 5


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_look_ahead_is_bounded(tagger, n_jobs):
    read = []

    def texts():
        for number in itertools.count():
            read.append(number)
            yield "Поезд ушёл. " * 10

    documents = tagger.tag_many(texts(), n_jobs=n_jobs, batch_size=4)
    for _ in range(200):
        next(documents)
    time.sleep(0.5)
    documents.close()
    assert len(read) <= 200 + 4 * (1 if n_jobs == 1 else 16 * n_jobs)


def test_nothing_in_nothing_out(tagger):
    for n_jobs in (1, 2):
        assert list(tagger.tag_many([], n_jobs=n_jobs)) == []
        assert list(tagger.tag_many(["", "\n"], n_jobs=n_jobs)) == [
            tagger.tag(""),
            tagger.tag("\n"),
        ]


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_killed_worker_is_reported(tagger):
    def texts():
        yield from ["Порт."] * 9
        for worker in find_children():
            os.kill(worker, signal.SIGKILL)
        yield from ["Газ."] * 50

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # joblib's word on the dead
        with pytest.raises(WorkerError, match=r"died at text \d+ or soon after"):
            list(tagger.tag_many(texts(), n_jobs=2, batch_size=1))
    again = list(tagger.tag_many(["Порт."] * 4, n_jobs=2, batch_size=1))
    assert again == [tagger.tag("Порт.")] * 4


def find_children() -> list[int]:
    """Return the processes of joblib's pool."""
    return list(reusable_executor._executor._processes)


def test_backend_of_the_caller(tagger, summit):
    with joblib.parallel_config("threading"):
        documents = tagger.tag_many([summit] * 4, n_jobs=2)
    assert list(documents) == [tagger.tag(summit)] * 4


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_to_a_person_alone(tagger, monkeypatch, capsys):
    texts = ["Порт открыт."] * 5
    assert len(list(tagger.tag_many(texts, progress=True))) == 5
    assert capsys.readouterr() == ("", "")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert len(list(tagger.tag_many(texts, progress=True))) == 5
    assert "texts" in terminal.getvalue()
    assert list(watched([3, 4], 7, "bytes", lambda item: item)) == [3, 4]


def test_what_is_remembered_changes_no_answer(tagger, summit):
    words = [
        f"{word} {word.upper()} {word}-{number}, «{word}»"
        for number, word in enumerate(summit.split())
    ]
    texts = [summit, *words, summit]
    expected = [tagger.tag(text) for text in texts]
    for remembered in (1, 2, 50):
        forgetful = Tagger.load(otgnlp.bundled_model(), remembered=remembered)
        assert [forgetful.tag(text) for text in texts] == expected
        chunks = forgetful._reader._chunks
        assert len(chunks) + len(chunks._older) <= max(2, remembered)
    with pytest.raises(InputError, match="remembered"):
        Tagger.load(otgnlp.bundled_model(), remembered=0)


def test_company_changes_no_bit(tagger, summit):
    """A sentence's probabilities, alone and among others, in blocks of every size."""
    sentences = [line for line in summit.splitlines() if line] * 3
    together = tagger.predict_proba(sentences)
    alone = np.concatenate([tagger.predict_proba([sentence]) for sentence in sentences])
    assert np.array_equal(together, alone)
    for size in (2, 3, 7):
        parts = [sentences[i : i + size] for i in range(0, len(sentences), size)]
        assert np.array_equal(np.concatenate(list(map(tagger.predict_proba, parts))), together)
