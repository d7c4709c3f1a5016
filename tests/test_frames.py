"""Frames and Parquet files hold what otgnlp says, to the last digit."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from conftest import ROOT

import otgnlp
from otgnlp import InputError, InputTypeError, Tagger, TopicClassifier

if os.environ.get("OTGNLP_ALL_ENGINES"):
    import pyarrow as pa
else:
    pa = pytest.importorskip("pyarrow")
    for name in ("pandas", "polars"):
        pytest.importorskip(name)

import pandas as pd
import polars as pl
import pyarrow.parquet as pq

from otgnlp.cli import parquet as writer
from otgnlp.integrations import arrow
from otgnlp.integrations import pandas as for_pandas
from otgnlp.integrations import polars as for_polars
from otgnlp.integrations.arrow import to_table

TOPICS = ("ai", "digital", "energy", "transport")
PLACE = ["document", "sentence", "start", "stop", "text"]
TEXTS = [
    "Порт Актау принял поезд. Гостям показали концерт.",
    "",
    "Бүгін Астанада көлік дәліздері туралы келіссөздер өтті.",
    "🚆 Нейросеть ищет тайники. 🚢 Паром — нет.",
]


def row_of(label, number, sentence, topics=TOPICS):
    """The row of one sentence, made from the sentence itself."""
    given = [score.topic for score in sentence.topics]
    return (
        label,
        number,
        sentence.start,
        sentence.stop,
        sentence.text,
        *(sentence.probabilities[topic] for topic in topics),
        *(topic in given for topic in topics),
        None if sentence.caveat is None else str(sentence.caveat),
    )


def expected(docs, names=None):
    return [
        row_of(names[place] if names else place, number, sentence)
        for place, document in enumerate(docs)
        for number, sentence in enumerate(document.sentences)
    ]


def rows(table):
    return [tuple(row.values()) for row in table.to_pylist()]


def read(frame):
    """The rows of a frame of pandas, with None for whatever is missing."""
    plain = frame.astype(object).where(frame.notna(), None)
    return list(plain.itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def docs(summit):
    return list(otgnlp.tag_many([*TEXTS, summit]))


@pytest.fixture(scope="module")
def columns():
    return [*PLACE, *TOPICS, *(f"about_{topic}" for topic in TOPICS), "caveat"]


def test_table(docs, columns):
    table = to_table(iter(docs))
    assert table.column_names == columns
    assert rows(table) == expected(docs)
    assert {row[-1] for row in rows(table)} == {None, "not Russian"}
    types = ["int64", *["int32"] * 3, "string", *["double"] * 4, *["bool"] * 4, "string"]
    assert list(map(str, table.schema.types)) == types


def test_pandas(docs, columns):
    frame = for_pandas.to_frame(docs)
    assert list(frame) == columns
    assert read(frame) == expected(docs)
    assert frame.index.equals(pd.RangeIndex(len(frame)))
    kinds = "".join(frame[name].dtype.kind for name in columns if name not in ("text", "caveat"))
    assert kinds == "iiii" + "ffff" + "bbbb"
    frame.loc[0, "ai"] = 1.0  # an ordinary frame, to be changed at will
    frame["energy"] *= 2
    assert frame.loc[0, "ai"] == 1.0
    assert frame[frame["about_transport"]]["text"].iloc[0] == "Порт Актау принял поезд."


def test_polars(docs, columns):
    frame = for_polars.to_frame(docs)
    assert frame.columns == columns
    assert frame.rows() == expected(docs)
    assert frame.filter(pl.col("about_ai"))["text"][0] == "🚆 Нейросеть ищет тайники."


def addresses(array):
    """Where the values of each chunk lie."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    return [chunk.buffers()[1].address for chunk in chunks]


def test_frames_take_over_arrows_memory(docs, monkeypatch):
    made = []

    def keep(*arguments, **options):
        made.append(to_table(*arguments, **options))
        return made[-1]

    for module in (for_pandas, for_polars):
        monkeypatch.setattr(module, "to_table", keep)
    monkeypatch.setattr(arrow, "BATCH_ROWS", 10)
    frame = for_pandas.to_frame(docs, dtype_backend="pyarrow")
    for name in ("start", "ai", "text", "about_ai"):
        assert isinstance(frame[name].dtype, pd.ArrowDtype)
        held = frame[name].array.__arrow_array__()
        assert addresses(held) == addresses(made[0][name])
    assert read(frame) == expected(docs)
    polars_frame = for_polars.to_frame(docs)
    for name in ("start", "ai"):
        chunks = [chunk.to_arrow() for chunk in polars_frame[name].get_chunks()]
        assert [a for chunk in chunks for a in addresses(chunk)] == addresses(made[1][name])
    assert made[1]["ai"].num_chunks > 1


@pytest.mark.parametrize("size", [1, 3, 4096])
def test_batches_change_nothing(docs, monkeypatch, size):
    monkeypatch.setattr(arrow, "BATCH_ROWS", size)
    names = list("abcde")
    assert rows(to_table(docs, names=names)) == expected(docs, names)


def test_documents_are_let_go(monkeypatch):
    """No more of them than a batch needs are alive, however many there are."""
    monkeypatch.setattr(arrow, "BATCH_ROWS", 8)

    class Text(str):
        """A string that a weak reference can follow."""

    alive, most = weakref.WeakSet(), 0

    def docs():
        nonlocal most
        for number in range(100):
            text = Text(f"Поезд {number} ушёл.")
            alive.add(text)
            document = otgnlp.tag(text)
            del text
            most = max(most, len(alive))
            yield document
            del document

    assert to_table(docs()).num_rows == 100
    assert 1 <= most <= 20


def test_one_document_and_names(docs):
    assert rows(to_table(docs[0])) == expected(docs[:1])
    paths = [Path("news") / f"{number}.txt" for number in range(len(docs))]
    assert rows(to_table(docs, names=paths)) == expected(docs, list(map(str, paths)))
    days = pd.date_range("2025-01-31", periods=len(docs))
    frame = for_pandas.to_frame(docs, names=days)
    assert frame["document"].dt.day.tolist()[:2] == [31, 31]
    assert for_pandas.to_frame(docs, names=range(7, 7 + len(docs)))["document"].max() == 11


def test_names_may_be_found_on_the_way():
    seen = []

    def texts():
        for name in ("a", "b"):
            seen.append(name)
            yield f"Порт {name}."

    assert to_table(otgnlp.tag_many(texts()), names=seen)["document"].to_pylist() == ["a", "b"]


def test_names_that_do_not_fit(docs):
    with pytest.raises(InputError, match="5 documents, but 2 names"):
        to_table(docs, names=["a", "b"])
    with pytest.raises(InputTypeError, match="not one string"):
        to_table(docs, names="abcde")
    with pytest.raises(InputError, match="make no column"):
        to_table(docs, names=["a", 1, None, {}, b""])
    with pytest.raises(InputError, match="make no column"):
        to_table(docs, names=["\ud800"] * 5)


def test_what_is_no_document(docs):
    for wrong in ("text", 3, None):
        with pytest.raises(InputTypeError, match="docs must be documents"):
            to_table(wrong)
    with pytest.raises(InputTypeError, match="item 1 must be a Document, not str"):
        to_table([docs[0], "text"])


def test_an_error_in_a_documents_place_takes_a_number():
    docs = otgnlp.tag_many(["Порт.", None, "Поезд."], on_error="return")
    assert to_table(docs)["document"].to_pylist() == [0, 2]


def test_no_sentence_at_all(docs, columns):
    short = [name for name in columns if not name.endswith(TOPICS)]
    for nothing in ([], [docs[1]], iter(())):
        assert to_table(nothing).column_names == short
    empty = for_pandas.to_frame([], topics=TOPICS)
    assert list(empty) == columns
    assert empty.dtypes.equals(for_pandas.to_frame(docs).dtypes)
    assert for_polars.to_frame([], topics=TOPICS).schema == for_polars.to_frame(docs).schema
    assert to_table([], names=[]).num_rows == 0


def test_topics_of_ones_own_and_of_two_models(docs, small_classifier):
    own = small_classifier.tagger().tag("Поезд привёз уголь. Прошёл дождь.")
    assert to_table(own).column_names[5:7] == ["energy", "transport"]
    chosen = to_table([own, docs[0]], topics=[otgnlp.Topic.TRANSPORT])
    assert chosen.column_names[5:7] == ["transport", "about_transport"]
    assert chosen["transport"].to_pylist() == [
        s.probabilities["transport"] for d in (own, docs[0]) for s in d.sentences
    ]
    for both in ([own, docs[0]], [docs[0], own]):
        with pytest.raises(InputError, match="other topics than the first"):
            to_table(both)
    with pytest.raises(InputError, match="no topic 'sport'"):
        to_table(docs, topics=["sport"])
    with pytest.raises(InputTypeError, match="not one string"):
        to_table(docs, topics="ai")


def test_topics_called_like_columns():
    names = ["text", "about_text", "сельское хозяйство"]
    fitted = TopicClassifier(embeddings=False).fit(["Поле.", "Порт.", "Сад."], [[n] for n in names])
    document = fitted.tagger().tag("Поле.")
    with pytest.raises(InputError, match="two columns would be called 'text'"):
        to_table(document)
    found = to_table(document, prefix="p ").to_pylist()[0]
    assert found["text"] == "Поле."
    for name in names:
        assert found[f"p {name}"] == document.sentences[0].probabilities[name]
        assert f"about_{name}" in found


def test_surrogates_become_what_arrow_can_hold():
    text = "Порт \ud83d Актау. Поезд."
    table = to_table(otgnlp.tag(text))
    assert table["text"].to_pylist() == ["Порт \ufffd Актау.", "Поезд."]
    (start, stop), *_ = zip(table["start"].to_pylist(), table["stop"].to_pylist(), strict=True)
    assert text[start:stop] == "Порт \ud83d Актау."


def scores_of(text, limits):
    found = {score.topic: score.probability for score in otgnlp.tag(text, 0.0).topics}
    return [*(found[t] for t in TOPICS), *(found[t] >= limits[t] for t in TOPICS)]


@pytest.mark.parametrize("dtype", ["object", "string", "category", pd.ArrowDtype(pa.string())])
def test_tag_series_of_pandas(summit, dtype):
    limits = Tagger.load(otgnlp.bundled_model()).thresholds
    index = pd.Index(["b", "a", "a", "c", "d"], name="key")
    texts = pd.Series([TEXTS[0], None, TEXTS[0], summit, ""], index, dtype=dtype, name="body")
    for backend in ("numpy", "pyarrow"):
        frame = for_pandas.tag_series(texts, dtype_backend=backend)
        assert frame.index.equals(index)
        assert frame.index.name == "key"
        assert list(frame) == [*TOPICS, *(f"about_{topic}" for topic in TOPICS)]
        gone = [None] * 8
        wanted = [scores_of(text, limits) for text in (TEXTS[0], summit, "")]
        assert [list(row) for row in read(frame)] == [wanted[0], gone, wanted[0], *wanted[1:]]
    joined = texts.drop("a").to_frame().join(for_pandas.tag_series(texts.drop("a")))
    assert joined.loc["b", "about_transport"]
    assert joined[joined["about_ai"]].index.tolist() == ["c"]


def test_tag_series_of_polars(summit):
    limits = Tagger.load(otgnlp.bundled_model()).thresholds
    texts = pl.Series("body", [TEXTS[0], None, summit])
    wanted = [tuple(scores_of(text, limits)) for text in (TEXTS[0], summit)]
    for series in (texts, texts.cast(pl.Categorical)):
        assert for_polars.tag_series(series).rows() == [wanted[0], (None,) * 8, wanted[1]]
    frame = texts.to_frame().hstack(for_polars.tag_series(texts))
    assert frame.filter("about_ai")["body"].to_list() == [summit]


def test_dtypes_of_tag_series_do_not_depend_on_the_data():
    full = for_pandas.tag_series(pd.Series(["Порт."])).dtypes
    for texts in ([None], [], ["Порт.", None]):
        assert for_pandas.tag_series(pd.Series(texts, dtype=object)).dtypes.equals(full)
    schema = for_polars.tag_series(pl.Series(["Порт."])).schema
    for texts in ([None], []):
        assert for_polars.tag_series(pl.Series(texts, dtype=pl.String)).schema == schema


def test_tag_series_by_a_model_of_ones_own(small_classifier):
    tagger = small_classifier.tagger()
    frame = for_pandas.tag_series(
        pd.Series(["Поезд ушёл.", "Дождь."]), tagger=tagger, threshold=0.0, prefix="p_"
    )
    assert list(frame) == ["p_energy", "p_transport", "about_energy", "about_transport"]
    assert frame[["about_energy", "about_transport"]].all(axis=None)
    probabilities = tagger.predict_proba(["Поезд ушёл.", "Дождь."])
    assert (frame[["p_energy", "p_transport"]].to_numpy() == probabilities).all()


def test_tag_series_in_two_processes(summit):
    texts = pd.Series([*TEXTS, None, summit], index=list("fedcba"))
    alone = for_pandas.tag_series(texts)
    pd.testing.assert_frame_equal(for_pandas.tag_series(texts, n_jobs=2), alone)


def test_what_is_no_series_of_texts():
    for module, series in ((for_pandas, pd.Series), (for_polars, pl.Series)):
        with pytest.raises(InputTypeError, match="tag_series needs a"):
            module.tag_series(["Порт."])
        with pytest.raises(InputTypeError, match="text 0 must be a string or missing, not int"):
            module.tag_series(series([1, 2]))
        with pytest.raises(InputError, match="from 0 to 1, not 3"):
            module.tag_series(series(["Порт."]), threshold=3)
    with pytest.raises(InputTypeError, match="text 1 must be a string or missing, not float"):
        for_pandas.tag_series(pd.Series(["Порт.", 2.5]))
    for call in (for_pandas.to_frame, for_pandas.tag_series):
        with pytest.raises(InputError, match="numpy or pyarrow"):
            call(pd.Series([], dtype=object), dtype_backend="polars")


def run(*arguments, stdin=b"", code=0):
    command = [sys.executable, "-m", "otgnlp", "tag", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True)
    assert done.returncode == code, done.stderr.decode("utf-8")
    return done.stdout, done.stderr.decode("utf-8")


def test_parquet_from_the_command_line(tmp_path, summit):
    source, target = tmp_path / "порт.txt", tmp_path / "found.parquet"
    source.write_text(summit * 80, encoding="utf-8", newline="\n")  # several blocks
    assert run(source, "-o", target) == (b"", "")
    table = pq.read_table(target)
    wanted = to_table(otgnlp.tag(summit * 80), names=[source])
    assert table.column_names == ["file", *wanted.column_names[1:], "model"]
    assert rows(table.drop_columns("model")) == rows(wanted)
    assert set(table["model"].to_pylist()) == {otgnlp.tag("").model}
    assert {path.name for path in tmp_path.iterdir()} == {source.name, target.name}
    piped, _ = run("-", "--format", "parquet", stdin=source.read_bytes())
    assert (
        pq.read_table(pa.BufferReader(piped))
        .drop_columns("file")
        .equals(table.drop_columns("file"))
    )


def test_parquet_of_chosen_sentences_with_evidence(summit):
    example = ROOT / "examples" / "summit.txt"
    out, _ = run(example, "--topic", "ai", "--explain", "--format", "parquet")
    table = pq.read_table(pa.BufferReader(out))
    document = otgnlp.tag(summit)
    numbers = [n for n, s in enumerate(document.sentences) if "ai" in {t.topic for t in s.topics}]
    assert table["sentence"].to_pylist() == numbers
    for number, evidence in zip(numbers, table["evidence"].to_pylist(), strict=True):
        sentence = document.sentences[number]
        assert [tuple(item.values()) for item in evidence] == [
            (score.topic, item.lemma, item.contribution)
            for score in sentence.topics
            for item in sentence.evidence(score.topic)
        ]


def test_row_groups(monkeypatch, tmp_path, summit, capfdbinary):
    monkeypatch.setattr(writer, "BATCH_ROWS", 8)
    monkeypatch.setattr(writer, "_GROUP_ROWS", 20)
    from otgnlp.cli.main import main

    target = tmp_path / "a.parquet"
    assert main(["tag", str(ROOT / "examples" / "summit.txt"), "-o", str(target)]) == 0
    file = pq.ParquetFile(target)
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [24, 8]
    assert file.read()["text"].to_pylist() == [s.text for s in otgnlp.tag(summit).sentences]


def test_no_sentence_makes_a_parquet_file_without_rows():
    out, _ = run("-", "--format", "parquet")
    table = pq.read_table(pa.BufferReader(out))
    assert table.num_rows == 0
    assert "about_ai" in table.column_names


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_run_that_fails_leaves_the_old_file(tmp_path, monkeypatch, ending, capsys):
    from otgnlp.cli import tag
    from otgnlp.cli.main import main

    def fail(*arguments):
        yield from list(tagged(*arguments))[:1]
        raise otgnlp.WorkerError("a worker process died")

    tagged = tag._tag
    monkeypatch.setattr(tag, "_tag", fail)
    target = tmp_path / f"found.{ending}"
    target.write_bytes(b"before")
    assert main(["tag", str(ROOT / "examples" / "summit.txt"), "-o", str(target)]) == 1
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_output_that_cannot_be_written(tmp_path):
    _, err = run("-o", tmp_path / "nowhere" / "x.csv", code=1)
    assert "x.csv: cannot be written: No such file or directory" in err
    _, err = run("-o", tmp_path, code=1)
    assert "cannot be written" in err


def test_output_may_be_the_input(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("Поезд ушёл.", encoding="utf-8")
    run(file, "--format", "csv", "-o", file)
    assert "Поезд ушёл.,transport," in file.read_text(encoding="utf-8")


MEMORY = """
import resource, sys
from otgnlp.cli.main import main
assert main(["tag", sys.argv[1], "-o", sys.argv[2]]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(not os.environ.get("OTGNLP_LONG"), reason="takes a minute: set OTGNLP_LONG=1")
def test_parquet_in_constant_memory(tmp_path, summit):
    peaks = []
    for n_copies in (6_000, 30_000):  # of 32 sentences: 3 and 15 row groups
        source, target = tmp_path / "long.txt", tmp_path / "long.parquet"
        with open(source, "w", encoding="utf-8") as file:
            file.writelines(summit.replace("Самарканде", f"городе {n}") for n in range(n_copies))
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, source, target], capture_output=True, check=True
        )
        peaks.append(int(done.stdout))
        assert pq.ParquetFile(target).metadata.num_rows == 32 * n_copies
    assert peaks[1] < peaks[0] + 60, peaks  # megabytes
