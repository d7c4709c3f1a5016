"""Label Studio's exports and filled-in spreadsheets become labelled data."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_cli import ROOT, SUMMIT, lines, run

from otgnlp.errors import InputError
from otgnlp.labelling import label_studio, spreadsheet
from otgnlp.labelling.exchange import Annotation
from otgnlp.labelling.suggestion import Candidate, Suggestion

EXPORT = Path(__file__).resolve().parent / "data" / "label-studio-export.json"
SCHEMA = json.loads((ROOT / "docs" / "labelled.schema.json").read_text(encoding="utf-8"))

# UTF-8 holds no surrogates, and Python 3.10 reads no CSV with a zero in it.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.text(characters, min_size=1).filter(str.strip)
names = st.text(characters, min_size=1, max_size=8).filter(str.strip)
files = st.none() | texts


def annotations(topic_names):
    one = st.builds(Annotation, texts, st.lists(topic_names, unique=True).map(tuple), files)
    return st.lists(one, max_size=5)


def suggestions_of(given_annotations):
    return [
        Suggestion(Candidate(given.text, given.file or ""), given.topics, {}, 1.0, "")
        for given in given_annotations
    ]


def annotate(tasks):
    """Return what Label Studio exports once a person has accepted every prediction."""
    return [
        {
            "id": number,
            "data": task["data"],
            "annotations": [{"id": number, "result": prediction["result"], "was_cancelled": False}],
            "predictions": [number],
        }
        for number, task in enumerate(tasks, start=1)
        for prediction in task["predictions"]
    ]


def flatten(export):
    """Return the JSON-MIN of an export: data and decisions side by side, a record each."""
    return [
        {
            **task["data"],
            "id": task["id"],
            **{result["from_name"]: as_min(result) for result in annotation["result"] or []},
            "annotator": 1,
            "annotation_id": annotation["id"],
            "created_at": annotation.get("created_at"),
            "updated_at": annotation.get("updated_at"),
            "lead_time": 3.5,
        }
        for task in export
        for annotation in task["annotations"]
        if not annotation["was_cancelled"]
    ]


def as_min(result):
    choices = result["value"]["choices"]
    return choices[0] if len(choices) == 1 else {"choices": choices}


def test_label_studio_export():
    out, err = run("import", EXPORT)
    assert err == (
        f"{EXPORT}: 6 sentences; ai 1, digital 1, energy 2, transport 2; 1 skipped; 1 open\n"
    )
    records = lines(out)
    for record in records:
        jsonschema.validate(record, SCHEMA)
    assert records[0]["file"] == "ports.txt"
    assert "file" not in records[2]
    assert [(record["text"].split()[0], record["topics"]) for record in records] == [
        ("Паром", ["transport"]),
        ("Накладную", ["transport", "digital"]),  # and not the choice of another control
        ("Насосную", ["energy"]),  # of two annotations the one changed last
        ("Учёные", ["ai", "energy"]),  # the one that was not skipped
        ("Гостям", []),
        ("В", []),
    ]


def test_json_min_says_the_same():
    content = EXPORT.read_text(encoding="utf-8")
    export = json.loads(content)
    records = flatten(export)
    records.append({"text": "Ждёт.", "id": 99, "annotation_id": None})
    found = label_studio.read(json.dumps(records), "min.json")
    assert found.sentences == label_studio.read(content, "export.json").sentences
    assert (found.n_skipped, found.n_open) == (0, 1)


def test_of_annotations_without_a_date_the_last_counts():
    first, second = (
        {"text": "Порт.", "id": 1, "topics": topic, "annotation_id": number}
        for number, topic in enumerate(["ai", "transport"])
    )
    (found,) = label_studio.read(json.dumps([first, second]), "a").sentences
    assert found.topics == ("transport",)
    dated = {**first, "created_at": "2025-04-02T08:00:00"}  # no time zone: taken for UTC
    (found,) = label_studio.read(json.dumps([dated, second]), "a").sentences
    assert found.topics == ("ai",)


@settings(deadline=None)
@given(annotations(names))
def test_label_studio_round_trip(given_annotations):
    tasks = json.loads(label_studio.write(suggestions_of(given_annotations), "small 1.2"))
    export = annotate(tasks)
    for content in (export, flatten(export)):
        found = label_studio.read(json.dumps(content), "export.json")
        assert found.sentences == tuple(given_annotations)


@settings(deadline=None)
@given(annotations(names.map(str.strip)), st.sampled_from(spreadsheet.SEPARATORS))
@example([Annotation("=1+1", ("-ai", "a; b", '"в кавычках"'), "-"), Annotation("'=x", ())], ",")
@example([Annotation("-5 градусов\r\nнаутро", ("a\rb", "a\nb"), "@list")], ";")
def test_csv_round_trip(given_annotations, separator):
    content = spreadsheet.write(suggestions_of(given_annotations), [], separator)
    assert spreadsheet.read(content, "a.csv").sentences == tuple(given_annotations)
    saved = as_excel_saves(content, separator)
    assert spreadsheet.read(saved, "a.csv").sentences == tuple(given_annotations)


def as_excel_saves(content, separator, into=";"):
    """Return a table with only the quotes that it needs, other separators and empty rows."""
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    saved = io.StringIO(newline="")
    csv.writer(saved, delimiter=into).writerows([*rows, [""] * len(rows[0]), []])
    return saved.getvalue()


def test_csv_runs_no_formula():
    hostile = Suggestion(Candidate("=HYPERLINK(1)", "@file"), ("+ai",), {}, 1.0, "-reason")
    rows = csv.DictReader(io.StringIO(spreadsheet.write([hostile], [])))
    assert all(row[cell][0] == "'" for row in rows for cell in ("text", "topics", "file", "reason"))


@pytest.mark.parametrize("byte_order_mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_by_hand(tmp_path, separator, byte_order_mark):
    table = [
        ["Topics ", "TEXT"],
        ["energy; зелёная энергия;", "Панели, батареи; и ветер."],
        ["", "Дождь."],
        ["", ""],
    ]
    saved = io.StringIO(newline="")
    csv.writer(saved, delimiter=separator).writerows(table)
    file = tmp_path / "table.csv"
    file.write_text(byte_order_mark + saved.getvalue(), encoding="utf-8", newline="")
    out, err = run("import", file)
    assert lines(out) == [
        {"text": "Панели, батареи; и ветер.", "topics": ["energy", "зелёная энергия"]},
        {"text": "Дождь.", "topics": []},
    ]
    assert "2 sentences; energy 1, зелёная энергия 1\n" in err


def test_csv_in_the_encoding_of_old_windows(tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes("text;topics\r\nПорт открыт.;transport\r\n".encode("cp1251"))
    _, err = run("import", file, code=1)
    assert "--encoding" in err
    output = tmp_path / "data.jsonl"
    out, _ = run("import", file, "--encoding", "cp1251", "-o", output)
    assert out == ""
    assert output.read_text(encoding="utf-8").startswith('{"text": "Порт открыт."')
    _, err = run("import", file, "--encoding", "klingon", code=1)
    assert "klingon" in err


def test_standard_input_and_format():
    content = "text,topics\n[1] Порт открыт.,transport\n".encode()
    assert lines(run("import", "-", stdin=content)[0])[0]["topics"] == ["transport"]
    _, err = run("import", "-", "--format", "label-studio", stdin=content, code=1)
    assert "-: no JSON" in err
    _, err = run("import", EXPORT, "--format", "csv", code=1)
    assert "the first row must name the columns text and topics" in err
    _, err = run("import", EXPORT.with_name("none.json"), code=1)
    assert "none.json" in err
    _, err = run("import", EXPORT, "-o", EXPORT / "data.jsonl", code=1)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ({}, "expected a list of tasks"),
        ([1], "task 1: expected an object"),
        ([{"data": {"text": "а"}}], "task 1: the key 'annotations' is missing"),
        ([{"data": [], "annotations": []}], "'data' must be dict"),
        ([{"data": {"message": "а"}, "annotations": []}], "the key 'text' is missing"),
        ([{"data": {"text": "а"}, "annotations": [3]}], "an annotation must be an object"),
        ([{"data": {"text": "а"}, "annotations": [{}]}], "the key 'result' is missing"),
        ([{"data": {"text": "а"}, "annotations": [{"was_cancelled": "no"}]}], "must be bool"),
        ([{"id": 1}], "the key 'text' is missing"),
        ([{"text": "а"}, {"text": " "}], "task 2: the text is empty"),
        ([{"text": "а", "topics": 3}], "expected a mapping with the key 'choices'"),
        ([{"text": "а", "topics": {"choices": [["a", "b"]]}}], "a choice must be a name"),
        ([{"text": "а", "topics": [" "]}], "a topic has no name"),
        ([{"text": "а", "topics": "\ud800"}], "half a character"),
        ([{"text": "а", "updated_at": "вчера"}], "'updated_at' must be a date and time"),
        ([{"text": "а", "updated_at": 3}], "'updated_at' must be str"),
        ([{"text": "а", "sector": {"choices": ["ai"]}}], "must be 'topics', not 'sector'"),
    ],
)
def test_malformed_exports(tasks, message):
    with pytest.raises(InputError) as caught:
        label_studio.read(json.dumps(tasks), "export.json")
    assert str(caught.value).startswith("export.json")
    assert message in str(caught.value)


def test_choices_under_another_name():
    content = EXPORT.read_text(encoding="utf-8").replace(
        '"from_name": "topics"', '"from_name": "x"'
    )
    with pytest.raises(InputError, match="must be 'topics', not 'quality', 'x'"):
        label_studio.read(content, "export.json")


@pytest.mark.parametrize("content", ["[", "[1", "", "[" * 10**5, "9" * 10**5])
def test_no_json(content):
    with pytest.raises(InputError, match=r"export\.json: "):
        label_studio.read(content, "export.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must name the columns"),
        ("Порт открыт.,transport\n", "must name the columns"),
        ("text\nПорт.\n", "must name the columns"),
        ('text,topics\n"Порт,ai\n', "row 2: unexpected end of data"),
        ('text,topics\n"Порт"а,ai\n', "row 2: ',' expected"),
        ("text,topics\nПорт.,\nПоезд ушёл, дождь,ai\n", "row 3: 'ai' stands beyond"),
        ("text,topics\nПорт.\n", "row 2: the row ends before"),
        ("text,topics\n ,ai\n", "row 2: the text is empty"),
        ('text,topics\nПорт.,"""ai;digital"\n', "is no list of topics"),
        (f"text,topics\n{'а' * 200_000},ai\n", "row 2: field larger"),
    ],
)
def test_malformed_tables(content, message):
    with pytest.raises(InputError) as caught:
        spreadsheet.read(content, "table.csv")
    assert str(caught.value).startswith("table.csv")
    assert message in str(caught.value)


def nodes(value, path=()):
    """Yield the path to every place in a JSON value."""
    yield path
    items = {dict: dict.items, list: enumerate}.get(type(value), lambda _: ())
    for key, item in items(value):
        yield from nodes(item, (*path, key))


def replaced(value, path, item):
    """Return a JSON value with another item in one place."""
    if not path:
        return item
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], item)
    return copy


TASKS = json.loads(EXPORT.read_text(encoding="utf-8"))[1:4]
RECORDS = flatten(TASKS)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda item: (
        st.lists(item, max_size=2) | st.dictionaries(st.text(max_size=5), item, max_size=2)
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.data())
def test_hostile_exports_raise_one_kind_of_error(data):
    export = data.draw(st.sampled_from([TASKS, RECORDS]))
    path = data.draw(st.sampled_from(list(nodes(export))))
    hostile = json.dumps(replaced(export, path, data.draw(anything)))
    try:
        found = label_studio.read(hostile, "export.json")
    except InputError as error:
        assert str(error).startswith("export.json")
    else:
        for sentence in found.sentences:
            jsonschema.validate(sentence.to_dict(), SCHEMA)


@settings(deadline=None)
@given(st.sampled_from(["", "text,topics\n", "topics;text\n"]), st.text("\"';,\n\r\0аб=\ud800 "))
def test_hostile_tables_raise_one_kind_of_error(header, rest):
    try:
        found = spreadsheet.read(header + rest, "table.csv")
    except InputError as error:
        assert str(error).startswith("table.csv")
    else:
        for sentence in found.sentences:
            jsonschema.validate(sentence.to_dict(), SCHEMA)


def test_from_texts_through_a_spreadsheet_to_a_model(small_data, small_model, tmp_path):
    known = {text: [*topics] for text, topics in zip(*small_data, strict=True)}
    news = tmp_path / "news.txt"
    news.write_text("\n".join(known), encoding="utf-8")
    table = tmp_path / "table.csv"
    options = ["--model", small_model, "-n", 60, "--format", "csv"]
    table.write_text(run("suggest", news, *options)[0], encoding="utf-8", newline="")

    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert len(rows) > 30
    corrected = io.StringIO(newline="")
    writer = csv.DictWriter(corrected, list(rows[0]), delimiter=";")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "topics": "; ".join(known[row["text"]])})
    table.write_text(corrected.getvalue(), encoding="utf-8-sig", newline="")

    data = tmp_path / "data.jsonl"
    run("import", table, "-o", data)
    records = lines(data.read_text(encoding="utf-8"))
    assert {record["text"]: record["topics"] for record in records} == {
        row["text"]: known[row["text"]] for row in rows
    }
    assert {record["file"] for record in records} == {str(news)}
    model = tmp_path / "new-model"
    run("train", data, "-o", model, "--no-embeddings", "--jobs", 1)
    out, _ = run("tag", "--model", model, stdin="Газ и нефть вчера вечером.".encode())
    assert set(lines(out)[0]["probabilities"]) == {"energy", "transport"}


def test_from_texts_through_label_studio(tmp_path):
    out, _ = run("suggest", SUMMIT, "-n", 12, "--format", "label-studio")
    tasks = json.loads(out)
    export = tmp_path / "export.json"
    export.write_text(json.dumps(annotate(tasks)), encoding="utf-8")
    records = lines(run("import", export)[0])
    assert records == [
        {
            "text": task["data"]["text"],
            "topics": [
                topic
                for prediction in task["predictions"]
                for result in prediction["result"]
                for topic in result["value"]["choices"]
            ],
            "file": SUMMIT,
        }
        for task in tasks
    ]
