"""Model folders: what is saved comes back, of this format and of older ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from forgery import SENTENCES, array_file, edit_manifest, refused, replace_array

import otgnlp
from otgnlp import ModelError, Tagger, manifest

ARRAYS = {*manifest.ARRAYS, *manifest.LEXICON_ARRAYS}
DATA = Path(__file__).parent / "data"


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


def test_a_lexicon_of_another_dictionary_is_not_used(small_model, small_classifier):
    def lie(data):
        data["lexicon"]["dictionary"] = "0.1"

    entries = np.load(array_file(small_model, "form_entries"))
    replace_array(small_model, "form_entries", np.full_like(entries, 2))  # all are the first word
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


def test_a_model_replaced_during_a_job_is_noticed(small_model, small_data):
    tagger = Tagger.load(small_model)
    otgnlp.TopicClassifier(embeddings=False, C=10.0).fit(*small_data).save(small_model)
    with pytest.raises(ModelError, match="another model"):
        list(tagger.tag_many(["порт"], n_jobs=2))


@pytest.mark.parametrize(
    ("number", "needs", "message"),
    [
        (3, "0.4", "format 3; this otgnlp reads formats up to 2: install otgnlp 0.4 or newer"),
        (3, None, "it needs a newer otgnlp"),
        (3, "1; rm -rf /", "it needs a newer otgnlp"),
        (3, "1\x1b[2J", "it needs a newer otgnlp"),
        (3, 4, "it needs a newer otgnlp"),
        (2**70, "0.4", "install otgnlp 0.4 or newer"),
        (10**300, "0.4", "format 10{39}; this"),
        (0, None, "no model of otgnlp"),
        (-1, None, "no model of otgnlp"),
        (2.0, None, "no model of otgnlp"),
        (True, None, "no model of otgnlp"),
        ("2", None, "no model of otgnlp"),
        (None, None, "format None"),
    ],
)
def test_other_formats_are_refused_with_what_reads_them(small_model, number, needs, message):
    edit_manifest(small_model, lambda data: data.update(format=number, needs_otgnlp=needs))
    refused(small_model, message)


def test_a_model_says_which_otgnlp_reads_it(small_model):
    data = json.loads((small_model / "model.json").read_text(encoding="utf-8"))
    assert data["needs_otgnlp"] == manifest.READ_SINCE


def test_other_features_are_refused(small_model):
    edit_manifest(small_model, lambda data: data.update(features=99))
    refused(small_model, "features of version 99")
