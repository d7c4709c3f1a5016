"""Whatever the world sends: any text gets an answer that holds all promises, at a linear cost."""

from __future__ import annotations

import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import otgnlp
from benchmarks import linear, splitting
from benchmarks.hostile import REPEATED
from otgnlp import InputError, Tagger, language, lemmas, reader, words
from otgnlp.limits import MAX_LENGTH
from tests.fuzzing.invariants import Invariants, check_document
from tests.fuzzing.pieces import PIECES
from tests.fuzzing.text import decode, encode

LONG = os.environ.get("OTGNLP_LONG") == "1"
long_only = pytest.mark.skipif(not LONG, reason="takes minutes; OTGNLP_LONG=1 runs it")

TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.just(" "), st.text(st.characters(), max_size=8)),
    max_size=40,
).map("".join)
MANY = st.lists(TEXTS, min_size=1, max_size=12)


def examples(few: int):
    return settings(max_examples=40 * few if LONG else few, deadline=None)


@pytest.fixture(scope="module")
def invariants() -> Invariants:
    return Invariants()


@pytest.fixture(scope="module")
def tagger(invariants) -> Tagger:
    return invariants.tagger


# What fuzzing and its reading found; each broke something once.
FOUND = ["\udcd0виА-"]


@pytest.mark.parametrize("text", FOUND, ids=ascii)
def test_finds(text, invariants):
    invariants.check(text)


@pytest.mark.parametrize("name", REPEATED)
def test_what_is_repeated(name, invariants):
    piece = REPEATED[name]
    invariants.check(piece * (240 // len(piece)))


@pytest.mark.parametrize("first", range(0, len(PIECES), 20))
def test_pieces(first, invariants):
    some = PIECES[first : first + 20]
    invariants.check("".join(some))
    invariants.check(" ".join(some))
    invariants.check("\n".join(some))


@pytest.mark.parametrize(
    "text",
    [
        "не" * 500_000,
        "а" * 1_000_000,
        '"' * 100_000,
        "." * 100_000,
        " " * 1_000_000,
        "\n" * 1_000_000,
        "\x00" * 60_000,
        "\ud800" * 60_000,
        "\u202e" * 60_000,
        "\u0301" * 60_000,
        "🚂" * 50_000,
        "中" * 60_000,
        "<p>" * 10_000,
        "0KHRgtCw0L3RhtC40Y8" * 2_000,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_a_flood(text, tagger):
    check_document(tagger.tag(text), text)


@given(TEXTS)
@examples(40)
def test_any_text(invariants, text):
    invariants.check(text)


@given(MANY, st.integers(1, 5))
@examples(12)
def test_the_batch_changes_nothing(tagger, texts, size):
    expected = [tagger.tag(text) for text in texts]
    assert list(tagger.tag_many(texts, batch_size=size)) == expected
    found = [sentence for document in expected for sentence in document.sentences]
    rows = tagger.predict_proba([sentence.text for sentence in found]).tolist()
    assert rows == [list(sentence.probabilities.values()) for sentence in found]


@given(MANY, st.sampled_from([1, 3, 30]))
@examples(12)
def test_what_was_tagged_before_changes_nothing(tagger, texts, remembered):
    expected = [tagger.tag(text) for text in texts]
    for cache in (lemmas.analyse, words._features, language._vote):
        cache.cache_clear()
    forgetful = Tagger(tagger.model, remembered=remembered)
    for order in (range(len(texts)), reversed(range(len(texts)))):
        for number in order:
            assert forgetful.tag(texts[number]) == expected[number]


@given(MANY)
@examples(8)
def test_threads_change_nothing(tagger, texts):
    expected = [tagger.tag(text) for text in texts] * 4
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(Tagger(tagger.model, remembered=9).tag, texts * 4)) == expected


@given(MANY)
@examples(4)
def test_processes_change_nothing(tagger, texts):
    found = list(tagger.tag_many(texts, n_jobs=2, batch_size=2))
    assert found == [tagger.tag(text) for text in texts]
    for document, text in zip(found, texts, strict=True):
        check_document(document, text)


def test_the_limit(tagger):
    assert tagger.max_length == MAX_LENGTH >= 50_000_000
    strict = Tagger.load(otgnlp.bundled_model(), max_length=6)
    assert strict.max_length == 6
    assert strict.tag("Порт. ") == tagger.tag("Порт. ")
    with pytest.raises(InputError, match="a text has 7 characters: more than 6"):
        strict.tag("Порты. ")
    for method in (strict.predict, strict.predict_proba, strict.decision_function):
        with pytest.raises(InputError, match="sentence 1 has 7 characters: more than 6"):
            method(["Порт.", "Порты.."])
    with pytest.raises(InputError, match="max_length must be 1 or more, not 0"):
        Tagger(tagger.model, max_length=0)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_the_limit_of_many(tagger, n_jobs):
    strict = Tagger.load(otgnlp.bundled_model(), max_length=6)
    texts = ["Порт.", "Порты..", "Газ."]
    options = {"n_jobs": n_jobs, "batch_size": 2}
    documents = strict.tag_many(texts, **options)
    assert next(documents) == tagger.tag("Порт.")
    with pytest.raises(InputError, match="text 1 has 7 characters"):
        next(documents)
    assert len(list(strict.tag_many(texts, on_error="skip", **options))) == 2
    kinds = [type(item) for item in strict.tag_many(texts, on_error="return", **options)]
    assert kinds == [otgnlp.Document, InputError, otgnlp.Document]


def test_long_sentences_are_split_piece_by_piece():
    for gap in (" ", "\u00a0\n ", "\x1f"):
        text = gap.join("порт" * (n % 9) + "а" for n in range(20_000))
        assert list(reader._split(text)) == text.split()
    assert list(reader._split("а" * 200_000)) == ["а" * 200_000]
    assert list(reader._split(" " * 200_000)) == []


def test_linear_splitting_is_razdels():
    for name, stream in splitting.texts(1_000):
        counts = splitting.compare(list(stream)[:100])
        assert counts["sentences"] >= 400, name
        assert counts["differences"] == 0, name


@pytest.mark.parametrize("shape", linear.SHAPES)
def test_eight_times_the_text_takes_no_more_than_twenty_times_as_long(shape, tagger):
    small, large = (seconds(tagger, linear.text_of(shape, size)) for size in (5_000, 40_000))
    assert large < 20 * small


@long_only
@pytest.mark.parametrize("shape", [linear.NEWS, *REPEATED])
def test_time_is_linear(shape, tagger):
    """Up to 1 MB; where other work disturbed the clock, the least of more repeats counts."""
    texts = [linear.text_of(shape, size) for size in linear.sizes(1_000_000)]
    least = [float("inf")] * len(texts)
    for _ in range(4):
        least = [min(one, seconds(tagger, text, 1)) for one, text in zip(least, texts, strict=True)]
        found = linear.exponent(list(zip(map(len, texts), least, strict=True)))
        if found.value <= linear.BOUND:
            break
    assert found.value <= linear.BOUND, found


@long_only
@pytest.mark.parametrize("shape", linear.SHAPES)
def test_memory_is_linear(shape, tagger):
    texts = [linear.text_of(shape, size) for size in linear.sizes(300_000)]
    found = linear.exponent([(len(text), peak_bytes(tagger, text)) for text in texts])
    assert found.value <= linear.BOUND, found


def seconds(tagger: Tagger, text: str, repeats: int = 2) -> float:
    times = []
    for _ in range(repeats):
        start = process_time()
        tagger.tag(text)
        times.append(process_time() - start)
    return min(times)


def peak_bytes(tagger: Tagger, text: str) -> int:
    tracemalloc.start()
    try:
        tagger.tag(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=60))
def test_every_input_of_the_fuzzer_is_a_text(data):
    assert isinstance(decode(data), str)


@given(TEXTS)
def test_every_text_is_an_input_of_the_fuzzer(text):
    assert decode(encode(text)) == text
