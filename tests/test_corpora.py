"""The bundled model on labelled public sentences; they lie beside the checkout, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import razdel

import otgnlp
from otgnlp import Tagger
from otgnlp.evaluation import evaluate
from otgnlp.labelled import read_labelled
from otgnlp.text import split_sentences, split_tokens

CORPORA = os.environ.get("OTGNLP_CORPORA")

pytestmark = pytest.mark.skipif(
    not CORPORA, reason="OTGNLP_CORPORA is not set: the checks on public sentences did not run"
)


@pytest.fixture(scope="module")
def dev():
    (file,) = read_labelled([Path(CORPORA) / "dev.jsonl.gz"])
    return file.sentences


def test_quality_on_dev(dev):
    """The floor of a first version: macro-F1 0.73."""
    evaluation = evaluate(Tagger.load(otgnlp.bundled_model()), dev)
    assert len(dev) == 1688
    assert evaluation.macro.f1.value >= 0.73


def test_offsets_on_dev(dev):
    for sentence in dev:
        document = otgnlp.tag(sentence.text)
        for found in document.sentences:
            assert sentence.text[found.start : found.stop] == found.text


def test_same_sentences_and_tokens_as_razdel_on_dev(dev):
    for sentence in dev:
        for paragraph in sentence.text.splitlines():
            expected = [(s.start, s.stop) for s in razdel.sentenize(paragraph) if s.text]
            assert list(split_sentences(paragraph)) == expected
        expected = [(t.start, t.stop) for t in razdel.tokenize(sentence.text)]
        assert list(split_tokens(sentence.text)) == expected
