"""spaCy: the component in real pipelines, saved and loaded, in one process and in two."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys

import pytest

import otgnlp
from otgnlp import InputError, ModelError, Tagger, TopicScore
from otgnlp.bundled import bundled_tagger

if os.environ.get("OTGNLP_ALL_ENGINES"):
    import spacy
else:
    spacy = pytest.importorskip("spacy")

from spacy.tokens import Doc, DocBin, Span

HOSTILE = ["", " ", "\n\n", "порт", "🚆 Поезд ушёл.\u00a0 \n🚢 Паром.", "а. " * 300]


def make(*before, name="otgnlp", **config):
    nlp = spacy.blank("ru")
    for pipe in before:
        nlp.add_pipe(pipe)
    nlp.add_pipe("otgnlp", name=name, config=config)
    return nlp


@pytest.fixture(scope="module")
def nlp():
    return make()


def found(doc):
    """What a document's sentences are, and what they and it are about."""
    return [(span.text.strip(), span._.topics) for span in doc.sents], dict(doc.cats)


def expected(text, threshold=None, tagger=None):
    """The same, as a tagger of otgnlp says it."""
    tagger = tagger or bundled_tagger()
    scores = {score.topic: score.probability for score in tagger.tag(text, 0.0).topics}
    document = tagger.tag(text, threshold)
    return [(sentence.text, sentence.topics) for sentence in document.sentences], scores


def test_found_by_its_entry_point():
    """In a process that does not import the component's module itself."""
    program = (
        "import spacy; nlp = spacy.blank('ru'); nlp.add_pipe('otgnlp');"
        "(span,) = nlp('Поезд прибыл в порт.').sents;"
        "print(span._.topics[0].topic, nlp.pipe_labels)"
    )
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", env=environment
    )
    assert done.stdout == ("transport {'otgnlp': ['ai', 'digital', 'energy', 'transport']}\n"), (
        done.stderr
    )


def test_own_sentences_are_those_of_otgnlp(nlp, summit):
    assert found(nlp(summit)) == expected(summit)
    topics = [span._.topics for span in nlp(summit).sents]
    assert () in topics
    assert all(isinstance(score, TopicScore) for scores in topics for score in scores)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text(nlp, text):
    assert found(nlp(text)) == expected(text) or text.isspace()
    assert nlp(text).cats == expected(text)[1]
    assert nlp(text).text == text


def test_after_a_sentence_splitter(summit):
    nlp = make("sentencizer")
    text = "Поезд ушёл т. е. в порт Актау! Дождь"
    doc = nlp(text)
    sentences = [span.text for span in doc.sents]
    assert sentences == [span.text for span in spacy_sentences(text)]
    assert sentences != [sentence.text for sentence in otgnlp.tag(text).sentences]
    tagger = bundled_tagger()
    for span, row in zip(doc.sents, tagger.predict_proba(sentences), strict=True):
        wanted = dict(zip(tagger.topics, row.tolist(), strict=True))
        assert {score.topic: score.probability for score in span._.topics} == {
            topic: value for topic, value in wanted.items() if value >= tagger.thresholds[topic]
        }
    forced = make("sentencizer", own_sentences=True)
    assert found(forced(summit)) == expected(summit)


def spacy_sentences(text):
    nlp = spacy.blank("ru")
    nlp.add_pipe("sentencizer")
    return nlp(text).sents


def test_sentences_that_a_user_set(nlp):
    doc = Doc(nlp.vocab, words="Порт ждёт поезд едет".split(), sent_starts=[True, False] * 2)
    assert [span.text for span in nlp(doc).sents] == ["Порт ждёт", "поезд едет"]
    assert all(span._.topics for span in doc.sents)


def test_after_a_parser_sentences_are_the_parsers(nlp):
    def parsed():
        words = ["Порт", "ждёт", ".", "Поезд", "едет"]
        return Doc(nlp.vocab, words=words, heads=[1, 1, 1, 4, 4], deps=["dep"] * 5)

    assert [len(span) for span in nlp(parsed()).sents] == [3, 2]
    with pytest.raises(InputError, match="put otgnlp before it"):
        make(own_sentences=True)(parsed())


def test_a_sentence_that_begins_within_a_token():
    nlp = spacy.blank("ru")
    nlp.tokenizer = lambda text: Doc(nlp.vocab, words=text.split(" "))
    nlp.add_pipe("otgnlp")
    text = "Поезд ушёл.\nПорт ждёт судно. Дождь"
    assert [span.text for span in nlp(text).sents] == ["Поезд ушёл.\nПорт", "ждёт судно.", "Дождь"]


def test_what_is_no_sentence_has_no_topics(nlp):
    doc = nlp("Поезд прибыл в порт. Дождь.")
    assert [span._.topics[0].topic for span in list(doc.sents)[:1]] == ["transport"]
    assert doc[0:2]._.topics == ()
    assert Doc(nlp.vocab, words=["Порт"])[0:1]._.topics == ()


@pytest.mark.parametrize("threshold", [0.0, 0.6, {"ai": 0.99, "energy": 0.01}])
def test_threshold(summit, threshold):
    assert found(make(threshold=threshold)(summit)) == expected(summit, threshold)


def test_configuration_is_kept_and_checked(small_model):
    nlp = make(model=str(small_model), threshold={"energy": 0.7}, own_sentences=True)
    assert nlp.config["components"]["otgnlp"] == {
        "factory": "otgnlp",
        "model": str(small_model),
        "threshold": {"energy": 0.7},
        "own_sentences": True,
    }
    assert nlp.analyze_pipes()["summary"]["otgnlp"]["assigns"] == [
        "span._.topics",
        "doc.cats",
        "doc.sents",
        "token.is_sent_start",
    ]
    with pytest.raises(InputError, match="from 0 to 1, not 2"):
        make(threshold=2)
    with pytest.raises(InputError, match="unknown topic 'sport'"):
        make(threshold={"sport": 0.5})
    with pytest.raises(ValueError, match="own_sentences"):  # by spaCy's validation
        make(own_sentences="never")


def test_a_model_of_ones_own(small_model, summit):
    nlp = make(model=str(small_model))
    tagger = Tagger.load(small_model)
    assert found(nlp(summit)) == expected(summit, tagger=tagger)
    assert nlp.get_pipe("otgnlp").labels == ("energy", "transport")
    with pytest.raises(ModelError, match="no such folder"):
        make(model="nowhere")("Порт.")


def test_saved_and_loaded_without_the_first_model(small_model, tmp_path, summit):
    nlp = make("sentencizer", model=str(small_model), threshold=0.4)
    before = found(nlp(summit))
    assert any(topics for _, topics in before[0])
    nlp.to_disk(tmp_path / "pipeline")
    shutil.rmtree(small_model)
    loaded = spacy.load(tmp_path / "pipeline")
    assert loaded.pipe_names == ["sentencizer", "otgnlp"]
    assert found(loaded(summit)) == before
    loaded.to_disk(tmp_path / "pipeline")  # in the place of what is mapped
    assert found(spacy.load(tmp_path / "pipeline")(summit)) == before
    assert Tagger.load(tmp_path / "pipeline" / "otgnlp").topics == ("energy", "transport")


def test_saved_pipeline_holds_the_bundled_model(nlp, tmp_path, summit):
    nlp.to_disk(tmp_path / "pipeline")
    program = (
        "import sys, json, spacy; doc = spacy.load(sys.argv[1])(sys.stdin.read());"
        "print(json.dumps([[s.text.strip(), [[t.topic, t.probability] for t in s._.topics]]"
        " for s in doc.sents] + [doc.cats]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "pipeline"],
        input=summit,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=True,
    )
    *sentences, cats = json.loads(done.stdout)
    wanted, scores = expected(summit)
    assert cats == scores
    assert [text for text, _ in sentences] == [text for text, _ in wanted]
    assert [topics for _, topics in sentences] == [
        [[score.topic, score.probability] for score in topics] for _, topics in wanted
    ]


def test_bytes(small_model, summit):
    nlp = make(model=str(small_model))
    content = nlp.to_bytes()
    other = make().from_bytes(content)
    assert found(other(summit)) == found(nlp(summit))
    shutil.rmtree(small_model)
    again = pickle.loads(pickle.dumps(other.get_pipe("otgnlp")))
    assert again.labels == ("energy", "transport")
    assert found(again(spacy.blank("ru")(summit))) == found(nlp(summit))


def test_bytes_cannot_write_elsewhere(nlp, tmp_path):
    import srsly

    component = make().get_pipe("otgnlp")
    for name in ("../evil", str(tmp_path / "evil"), "a/b", ".."):
        with pytest.raises(ModelError, match="no name of a model's file"):
            component.from_bytes(srsly.msgpack_dumps({name: b""}))
    assert not (tmp_path / "evil").exists()
    with pytest.raises(ModelError, match=r"model\.json"):
        component.from_bytes(srsly.msgpack_dumps({}))
    files = srsly.msgpack_loads(component.to_bytes())
    array = next(name for name in files if name.startswith("bias"))
    with pytest.raises(ModelError, match="damaged"):
        component.from_bytes(srsly.msgpack_dumps({**files, array: files[array][:-1] + b"x"}))


def test_pipe_in_one_and_two_processes(nlp, summit):
    texts = [summit, *HOSTILE, *(f"Поезд {number} прибыл в порт." for number in range(20))]
    wanted = [expected(text)[1] for text in texts]
    for n_process in (1, 2):
        docs = list(nlp.pipe(texts, n_process=n_process, batch_size=4))
        assert [doc.cats for doc in docs] == wanted
        assert found(docs[0]) == expected(summit)
        assert found(docs[-1]) == expected(texts[-1])


SPAWNED = """
import multiprocessing, spacy
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    nlp = spacy.blank("ru")
    nlp.add_pipe("otgnlp")
    docs = list(nlp.pipe(["Поезд прибыл в порт.", "Дождь."] * 4, n_process=2, batch_size=2))
    print([[t.topic for s in d.sents for t in s._.topics] for d in docs])
"""


@pytest.mark.skipif(not os.environ.get("OTGNLP_LONG"), reason="takes 15 s: set OTGNLP_LONG=1")
def test_pipe_in_spawned_processes(tmp_path):
    """As on Windows and macOS, where the component travels pickled."""
    (tmp_path / "run.py").write_text(SPAWNED, encoding="utf-8")
    done = subprocess.run([sys.executable, tmp_path / "run.py"], capture_output=True, text=True)
    assert done.stdout.strip() == str([["transport"], []] * 4), done.stderr


def test_stored_documents(nlp, tmp_path, summit):
    docs = list(nlp.pipe([summit, "Поезд прибыл в порт."]))
    DocBin(docs=docs, store_user_data=True).to_disk(tmp_path / "docs.spacy")
    stored = list(DocBin().from_disk(tmp_path / "docs.spacy").get_docs(spacy.blank("ru").vocab))
    joined = Doc.from_docs(docs)
    for before, after in zip(docs, stored, strict=True):
        assert found(after)[0] == found(before)[0]
        assert after.cats == before.cats
    assert [span._.topics for span in joined.sents] == [s._.topics for d in docs for s in d.sents]


def test_two_models_in_a_pipeline(nlp, small_model, summit):
    both = make(name="general")
    both.add_pipe("otgnlp", name="own", config={"model": str(small_model), "threshold": 0.0})
    doc = both(summit)
    own = expected(summit, 0.0, Tagger.load(small_model))[0]
    for span, (_, general), (_, more) in zip(doc.sents, expected(summit)[0], own, strict=True):
        assert list(span._.topics) == sorted(general + more, key=lambda s: -s.probability)
    assert found(both(both(summit)))[0] == found(doc)[0]  # once more changes nothing


def test_errors_go_to_the_pipelines_handler(small_model):
    nlp = make(model=str(small_model / "gone"))
    seen = []
    nlp.set_error_handler(lambda name, proc, docs, error: seen.append((name, str(error))))
    assert list(nlp.pipe(["Порт.", "Поезд."])) == []
    assert [name for name, _ in seen] == ["otgnlp"] * 2
    assert "no such folder" in seen[0][1]


def test_an_extension_of_other_code_is_left_alone(nlp):
    ours = Span.get_extension("topics")
    Span.set_extension("topics", default="mine", force=True)
    try:
        with pytest.raises(InputError, match=r"span\._\.topics .* other code"):
            make()
        assert spacy.blank("ru")("Порт.")[:]._.topics == "mine"
    finally:
        Span.set_extension("topics", getter=ours[2], force=True)
