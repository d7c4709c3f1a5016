"""Spark: on a session of its own, with workers killed in the middle, and as the example runs."""

from __future__ import annotations

import datetime
import decimal
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

import otgnlp
from otgnlp import InputError, ModelError, Tagger

if os.environ.get("OTGNLP_ALL_ENGINES"):
    import pyspark
else:
    pyspark = pytest.importorskip("pyspark")
    for name in ("pandas", "pyarrow"):
        pytest.importorskip(name)

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession, functions

from otgnlp.integrations import spark as integration
from otgnlp.integrations.spark import tag_table, topics_udf

pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    # Spark's gateway and its accumulator server leave their sockets to the end of the process.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

JOB = ROOT / "examples" / "spark_job.py"
LOCAL = {
    "PYSPARK_PYTHON": sys.executable,
    "PYSPARK_DRIVER_PYTHON": sys.executable,
    "SPARK_LOCAL_IP": "127.0.0.1",
}
SENTENCE = ["sentence", "start", "stop", "text", "topics"]


@pytest.fixture(scope="module")
def spark():
    """Two tasks at a time, each tried up to four times, and few rows in a batch."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LOCAL.items():
            patch.setenv(name, value)
        session = (
            SparkSession.builder.master("local[2,4]")
            .config("spark.ui.enabled", "false")
            .config("spark.buffer.size", "1024")  # rows go on when they are there
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "3")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        yield session
        session.stop()


@pytest.fixture(scope="module")
def examples() -> list[str]:
    """The texts of examples/: one long, many of a sentence, and some of the hard kinds."""
    lines = (ROOT / "examples" / "agriculture.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        (ROOT / "examples" / "summit.txt").read_text(encoding="utf-8"),
        *(json.loads(line)["text"] for line in lines[:40]),
        "",
        " \n ",
        "🚆 Поезд пришёл в порт. 🚢 Паром — нет.",
        "Бүгін Астанада көлік дәліздері туралы келіссөздер өтті.",
        "12 345, 67.",
    ]


def expected(key: object, text: str | None, tagger: Tagger, threshold: object = None) -> list:
    """The rows of one text, key first, as `tagger` itself tags it."""
    if text is None:
        return []
    return [
        (
            key,
            number,
            sentence.start,
            sentence.stop,
            sentence.text,
            [score.topic for score in sentence.topics],
            *(sentence.probabilities[topic] for topic in tagger.topics),
            None if sentence.caveat is None else str(sentence.caveat),
        )
        for number, sentence in enumerate(tagger.tag(text, threshold).sentences)
    ]


def rows(table) -> list:
    return sorted(map(tuple, table.collect()), key=lambda row: row[:2])


@pytest.fixture(scope="module")
def bundled() -> Tagger:
    return Tagger.load(otgnlp.bundled_model())


@pytest.fixture(scope="module")
def texts(spark, examples):
    """A table of the examples with a null among them, in three partitions."""
    values = [*examples, None]
    return spark.createDataFrame(list(enumerate(values)), "id long, body string").repartition(3)


def test_table_has_what_tag_says(texts, examples, bundled):
    table = tag_table(texts, "body")
    assert table.columns == ["id", *SENTENCE, *bundled.topics, "caveat"]
    wanted = [row for key, text in enumerate(examples) for row in expected(key, text, bundled)]
    assert rows(table) == wanted
    caveats = {row[-1] for row in wanted}
    assert caveats == {None, "not Russian", "no known word"}


def test_types_of_the_table(texts):
    found = {field.name: field.dataType.simpleString() for field in tag_table(texts, "body").schema}
    assert found == {
        "id": "bigint",
        "sentence": "int",
        "start": "int",
        "stop": "int",
        "text": "string",
        "topics": "array<string>",
        "ai": "double",
        "digital": "double",
        "energy": "double",
        "transport": "double",
        "caveat": "string",
    }


def test_offsets_are_pythons_characters(spark):
    text = "🚆 Поезд пришёл. 🚢 Паром ушёл."
    table = spark.createDataFrame([(text, text)], "body string, whole string")
    table = tag_table(table, "body")
    found = table.withColumn("cut", functions.expr("substring(whole, start + 1, stop - start)"))
    first, second = sorted(found.collect(), key=lambda row: row.sentence)
    assert second.start == text.index("🚢")
    for row in (first, second):
        assert text[row.start : row.stop] == row.text == row.cut


def test_other_columns_stay_exactly(spark):
    values = [
        (2**53 + 1, decimal.Decimal("0.10"), datetime.date(1, 1, 1), b"\xff", ["a", None]),
        (None, None, None, None, None),
        (2**63 - 1, decimal.Decimal("-7.25"), datetime.date(9999, 12, 31), b"", []),
    ]
    more = [
        (datetime.datetime(2300, 1, 2, 3, 4, 5, 6), {"k": 1}, (float("nan"), "x")),
        (None, None, None),
        (datetime.datetime(1800, 1, 2, 3, 4, 5, 6), {}, (None, None)),
    ]
    schema = (
        "i long, d decimal(5,2), day date, bytes binary, list array<string>, body string, "
        "time timestamp, map map<string,int>, struct struct<x: double, y: string>"
    )
    table = spark.createDataFrame(
        [
            (*left, "Поезд ушёл. Порт ждёт.", *right)
            for left, right in zip(values, more, strict=True)
        ],
        schema,
    ).coalesce(1)
    found = tag_table(table, "body").drop(*SENTENCE[1:], "caveat", *"ai digital energy".split())
    kept = table.drop("body").collect()
    assert [repr(row[:-2]) for row in found.collect()] == [
        repr(tuple(row)) for row in kept for _ in range(2)
    ]


def test_more_sentences_than_a_batch_holds(spark):
    table = spark.createDataFrame([("Порт ждёт. " * 5000, 7)], "body string, id int")
    found = tag_table(table, "body").select("id", "sentence", "start").collect()
    assert sorted(map(tuple, found)) == [(7, number, number * 11) for number in range(5000)]


def test_repeated_columns_do_not_burst_a_batch():
    pages = pa.array(["x" * (1 << 20), None])
    assert integration._rows_at_once([pages]) in (255, 256)
    assert integration._rows_at_once([pages] * 1000) == 1
    assert integration._rows_at_once([pa.array([1, 2])]) == integration._rows_at_once([]) == 4096


def test_topics_of_whole_texts(texts, examples, bundled):
    about = topics_udf()
    found = dict(texts.select("id", about("body").alias("about")).collect())
    assert found.pop(len(examples)) is None
    assert found == {
        key: [(score.topic, score.probability) for score in bundled.tag(text).topics]
        for key, text in enumerate(examples)
    }
    assert found[0]
    assert [] in found.values()
    kind = texts.select(about("body").alias("about")).schema["about"].dataType
    assert kind.simpleString() == "array<struct<topic:string,probability:double>>"


@pytest.mark.parametrize("threshold", [0.05, {"ai": 0.01, otgnlp.Topic.ENERGY: 1}])
def test_threshold(texts, examples, bundled, threshold):
    found = rows(tag_table(texts, "body", threshold=threshold).where("id = 0"))
    assert found == expected(0, examples[0], bundled, threshold)
    assert found != expected(0, examples[0], bundled)
    about = topics_udf(threshold=threshold)
    (row,) = texts.where("id = 0").select(about("body").alias("about")).collect()
    scores = bundled.tag(examples[0], threshold).topics
    assert row.about == [(score.topic, score.probability) for score in scores]


def test_nulls_alone_and_no_rows_at_all(spark):
    nulls = spark.createDataFrame([(None,), (None,)], "body string")
    for table, count in ((nulls, 2), (nulls.limit(0), 0)):
        assert tag_table(table, "body").collect() == []
        found = table.select(topics_udf()("body").alias("about")).collect()
        assert [row.about for row in found] == [None] * count


def test_a_folder_that_every_machine_has(texts, examples, small_model):
    tagger = Tagger.load(small_model)
    found = rows(tag_table(texts, "body", small_model).where("id < 9"))
    assert found == [row for key in range(9) for row in expected(key, examples[key], tagger)]


@pytest.mark.parametrize("how", ["folder", "archive"])
def test_a_model_that_travels_with_the_job(spark, texts, examples, small_model, tmp_path, how):
    tagger = Tagger.load(small_model)
    name = f"travels-as-{how}"
    if how == "folder":
        spark.sparkContext.addFile(str(small_model.rename(tmp_path / name)), recursive=True)
    else:
        archive = shutil.make_archive(tmp_path / "packed", "zip", small_model)
        spark.sparkContext.addArchive(f"{archive}#{name}")
    found = rows(tag_table(texts, "body", name).where("id < 9"))
    assert found == [row for key in range(9) for row in expected(key, examples[key], tagger)]
    about = texts.where("id = 0").select(topics_udf(name)("body").alias("about")).collect()
    scores = tagger.tag(examples[0]).topics
    assert about[0].about == [(score.topic, score.probability) for score in scores] != []


def test_a_worker_loads_the_model_once(spark, small_model):
    wanted, _ = integration._choose(small_model, None)
    load = integration._load

    def work(number):
        before = load.cache_info().misses
        topics = wanted.tagger().topics
        return os.getpid(), load.cache_info().misses - before, topics

    found = spark.sparkContext.parallelize(range(12), 12).map(work).collect()
    workers = {pid for pid, _, _ in found}
    assert len(workers) < 12
    assert sorted(pid for pid, loaded, _ in found for _ in range(loaded)) == sorted(workers)
    assert {topics for _, _, topics in found} == {("energy", "transport")}


def test_a_worker_with_another_model_refuses(spark, texts, small_model, small_data):
    about = texts.select(topics_udf(small_model)("body"))
    sentences, topics = small_data
    other = otgnlp.TopicClassifier(embeddings=False).fit(sentences[:100], topics[:100])
    other.save(small_model)
    with pytest.raises(pyspark.errors.PySparkException, match="not the model that the job was"):
        about.collect()


def test_errors_of_models_are_told_at_once(spark, texts, tmp_path):
    for make in (topics_udf, lambda model: tag_table(texts, "body", model)):
        with pytest.raises(ModelError, match="no such folder travels with this job"):
            make("nowhere")
        with pytest.raises(ModelError, match="there is no such folder"):
            make(tmp_path / "nowhere")


def test_errors_of_thresholds_are_told_at_once(texts):
    for make in (topics_udf, lambda threshold: tag_table(texts, "body", threshold=threshold)):
        with pytest.raises(InputError, match="from 0 to 1, not 2"):
            make(threshold=2)
        with pytest.raises(InputError, match="unknown topic 'sport'"):
            make(threshold={"sport": 0.5})


def test_errors_of_tables(spark, small_model):
    def table(schema: str):
        return spark.createDataFrame([], schema)

    with pytest.raises(InputError, match="no column 'text': the table has id, body"):
        tag_table(table("id long, body string"), "text")
    with pytest.raises(InputError, match="column 'id' must hold strings, not bigint"):
        tag_table(table("id long, body string"), "id")
    with pytest.raises(InputError, match="column 'body' must hold strings, not array<string>"):
        tag_table(table("body array<string>"), "body")
    twice = table("body string").crossJoin(table("body string"))
    with pytest.raises(InputError, match="more than one column 'body'"):
        tag_table(twice, "body")
    for name in ("stop", "Text", "AI", "caveat"):
        with pytest.raises(InputError, match=rf"two columns '{name}'|rename .* {name}"):
            tag_table(table(f"`{name}` long, body string"), "body")
    tag_table(table("ai long, body string"), "body", small_model)
    tag_table(table("text string"), "text")


def test_what_holds_no_strings_is_told_by_the_worker(spark):
    table = spark.createDataFrame([(7,)], "number long")
    with pytest.raises(
        pyspark.errors.PySparkException, match=r"InputTypeError: .*must be a string"
    ):
        table.select(topics_udf()("number")).collect()


def kill_once(marker: Path):
    """Return a step that lets rows through, but kills the Python workers when the first come.

    It stands behind the tagging, so the first rows have left the worker that tags when it dies;
    the marker tells the next attempt, and the test, that it has happened.
    """

    def workers_beside_this_one() -> list[int]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            except OSError:  # it has just ended
                continue
            if parent == os.getppid() and stat.parent.name != str(os.getpid()):
                found.append(int(stat.parent.name))
        return found

    def step(batches):
        for batch in batches:
            if batch.num_rows and not marker.exists():
                victims = workers_beside_this_one()
                marker.write_text(f"{batch.num_rows} {len(victims)}", encoding="utf-8")
                for pid in (*victims, os.getpid()):
                    os.kill(pid, signal.SIGKILL)
            yield batch

    return step


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_each_sentence_once_though_workers_are_killed(spark, summit, bundled, tmp_path):
    values = [f"{summit}\nПоезд номер {key}." for key in range(24)]
    source, target, marker = (str(tmp_path / name) for name in ("in", "out", "killed"))
    texts = spark.createDataFrame(list(enumerate(values)), "id long, body string")
    texts.repartition(4).write.parquet(source)

    table = tag_table(spark.read.parquet(source).repartition(4), "body")
    spark.sparkContext.setJobGroup("killed", "workers are killed in the middle")
    table.mapInArrow(kill_once(Path(marker)), table.schema).write.parquet(target)

    n_rows, n_victims = map(int, Path(marker).read_text(encoding="utf-8").split())
    assert n_rows >= 1
    assert n_victims >= 1
    tracker = spark.sparkContext.statusTracker()
    stages = [
        tracker.getStageInfo(stage)
        for job in tracker.getJobIdsForGroup("killed")
        for stage in tracker.getJobInfo(job).stageIds
    ]
    assert sum(stage.numFailedTasks for stage in stages if stage) >= 1
    wanted = [row for key, text in enumerate(values) for row in expected(key, text, bundled)]
    assert rows(spark.read.parquet(target)) == wanted


@pytest.fixture
def small_cluster():
    """What makes Spark start two executors, processes of their own, for one program."""
    work = Path(pyspark.__file__).with_name("work")
    yield LOCAL | {
        "PYSPARK_SUBMIT_ARGS": "--master local-cluster[2,1,700] --conf spark.executor.memory=512m "
        "--conf spark.ui.enabled=false pyspark-shell"
    }
    shutil.rmtree(work, ignore_errors=True)  # the executors' logs


def test_the_example_from_parquet_to_parquet(small_cluster, examples, small_model, tmp_path):
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    keys = [f"doc-{key:02}" for key in range(len(examples))]
    pq.write_table(pa.table({"id": keys, "page": examples}), source)
    archive = shutil.make_archive(tmp_path / "packed", "zip", small_model)

    command = [sys.executable, JOB, source, target, "--text", "page", "--model", archive]
    done = subprocess.run(
        [*map(str, command), "--partitions", "2"],
        cwd=tmp_path,
        env=os.environ | small_cluster,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    found = pq.read_table(target).to_pylist()
    found.sort(key=lambda row: (row["id"], row["sentence"]))
    tagger = Tagger.load(small_model)
    wanted = [
        row for key, text in zip(keys, examples, strict=True) for row in expected(key, text, tagger)
    ]
    assert [tuple(row.values()) for row in found] == wanted
    assert len(list(target.glob("part-*.parquet"))) == 2


def test_the_document_shows_the_example():
    code = JOB.read_text(encoding="utf-8")
    page = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    (shown,) = re.findall(
        r"^```py\n# examples/spark_job.py\n(.*?)^```", page, re.DOTALL | re.MULTILINE
    )
    assert shown.strip() in code
