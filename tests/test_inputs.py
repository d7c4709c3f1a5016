"""What the command reads besides plain files: folders, rows of CSV and JSON Lines, pages."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
import tracemalloc
from unittest import mock

import jsonschema
import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from processes import COMMAND, start, without_privilege
from test_cli import lines, run

from otgnlp.cli import decoding, rows
from otgnlp.cli.main import _parser
from otgnlp.cli.reading import Blocks
from otgnlp.errors import InputError
from otgnlp.integrations import html

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX names and links")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's capabilities")

ROWS = ["--text-column", "body", "--id-column", "url"]
PORT, POWER, RAIN = "Поезд ушёл в порт.", "Газ дорожает.", "Идёт дождь."
SCHEMA = json.loads((ROOT / "docs" / "tag-output.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def tag(command):
    """Run `otgnlp tag` in this process; return standard output, and the lines of the error."""

    def call(*arguments, code=0):
        out, err = command("tag", *arguments, code=code)
        return out, err.splitlines()

    return call


def read(*arguments):
    """The blocks that a command line names, and what reads them."""
    blocks = Blocks(_parser().parse_args(["tag", *map(str, arguments)]), whole=False)
    return list(blocks), blocks


def cells(*arguments):
    """The names and texts of the rows that a command line names, none of which is damaged."""
    found, blocks = read(*arguments)
    assert not blocks.failed
    return [(block.id, block.text) for block in found]


def files(out):
    return list(dict.fromkeys(record["file"] for record in lines(out)))


# Folders


@pytest.fixture
def folder(tmp_path):
    """Texts at three depths, a hidden file and folder, and files of other kinds."""
    top = tmp_path / "news"
    for name in ("b.txt", "a.txt", "2024/may/c.TXT", "2024/d.txt", ".e.txt", ".git/f.txt"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(f"{PORT}\n{name}", encoding="utf-8")
    (top / "notes.md").write_text(POWER, encoding="utf-8")
    (top / "2024" / "notes.md").write_text(RAIN, encoding="utf-8")
    (top / "rows.csv").write_text(f"body\n{RAIN}\n", encoding="utf-8")
    (top / "image.png").write_bytes(b"\xff\xd8")
    return top


def inside(folder, *names):
    return [str(folder / name) for name in names]


def test_a_folder_is_its_texts_named_one_by_one(folder, tag):
    names = inside(folder, "2024/d.txt", "2024/may/c.TXT", "a.txt", "b.txt")
    out, err = tag(folder)
    assert err == []
    assert files(out) == names
    assert out == tag(*names)[0]
    assert run("tag", folder, "--jobs", "2")[0] == out
    assert files(tag(f"{folder}{os.sep}")[0]) == names


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["*.md"], ["2024/notes.md", "notes.md"]),
        (["2024/*.md"], ["2024/notes.md"]),
        (["2024/*"], ["2024/d.txt", "2024/may/c.TXT", "2024/notes.md"]),
        (["**/*.md"], ["2024/notes.md", "notes.md"]),
        (["2024/**/d.*"], ["2024/d.txt"]),
        (["a.*", "b.*"], ["a.txt", "b.txt"]),
        (["[!b].txt"], ["2024/d.txt", "a.txt"]),
    ],
)
def test_glob(folder, tag, patterns, names):
    options = [word for pattern in patterns for word in ("--glob", pattern)]
    out, err = tag(folder, *options)
    assert (files(out), err) == (inside(folder, *names), [])


def test_a_folder_without_such_a_file_stops_nothing(folder, tag):
    out, err = tag(folder, folder / "a.txt", "--glob", "*.doc", "--glob", "2025/*", code=1)
    assert err == [f"otgnlp: {folder}: no file in this folder matches *.doc or 2025/*"]
    assert files(out) == inside(folder, "a.txt")


def test_rows_of_a_folder_are_read_where_a_column_is_named(folder, tag):
    out, err = tag(folder, "--text-column", "body")
    assert err == []
    found = {record["file"]: record.get("id") for record in lines(out)}
    assert found[str(folder / "rows.csv")] == 1
    assert found[str(folder / "a.txt")] is None
    assert len(found) == 5


@posix
def test_links_to_folders_are_not_followed(folder, tag, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "g.txt").write_text(POWER, encoding="utf-8")
    (folder / "loop").symlink_to(folder)
    (folder / "elsewhere").symlink_to(elsewhere)
    (folder / "linked.txt").symlink_to(elsewhere / "g.txt")
    (folder / "broken.txt").symlink_to(elsewhere / "none")
    os.mkfifo(folder / "pipe.txt")
    out, err = tag(folder)
    assert err == []
    names = ("2024/d.txt", "2024/may/c.TXT", "a.txt", "b.txt", "linked.txt")
    assert files(out) == inside(folder, *names)
    assert files(tag(folder / "elsewhere")[0]) == inside(folder, "elsewhere/g.txt")


@posix
def test_folders_below_folders_as_deep_as_they_go(folder):
    before, depth = os.getcwd(), 2_500
    os.chdir(folder)
    try:
        for _ in range(depth):
            os.mkdir("a")
            os.chdir("a")
        found, blocks = read(folder)
        for _ in range(depth):  # what cleans up after tests does not go so deep
            os.chdir("..")
            os.rmdir("a")
    finally:
        os.chdir(before)
    assert len({block.name for block in found}) == 4
    assert blocks.failed  # the system takes no path of that length


@linux
def test_folders_that_cannot_be_listed_are_reported(folder):
    (folder / "2024").chmod(0)
    try:
        process = start(*COMMAND, "tag", folder, preexec_fn=without_privilege)
        out, err = process.communicate(timeout=60)
        assert err.decode() == f"otgnlp: {folder / '2024'}: Permission denied\n"
        assert files(out.decode()) == inside(folder, "a.txt", "b.txt")
        assert process.returncode == 1
        process = start(*COMMAND, "tag", folder / "2024", preexec_fn=without_privilege)
        out, err = process.communicate(timeout=60)
        assert err.decode() == f"otgnlp: {folder / '2024'}: Permission denied\n"  # and only that
        assert (out, process.returncode) == (b"", 1)
    finally:
        (folder / "2024").chmod(0o755)


# Rows


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"body,url\n{PORT},a\n{RAIN},b\n", [("a", PORT), ("b", RAIN)]),
        (f"url;body\r\na;{PORT}\r\n\r\nb;{RAIN}", [("a", PORT), ("b", RAIN)]),
        (f"url\tx\tbody\na\t\t{PORT}\n", [("a", PORT)]),
        (f"url,body\ra,{PORT}\rb,{RAIN}\r", [("a", PORT), ("b", RAIN)]),
        (f'url, body \na,"{PORT}\r\n\n""{RAIN}"""\n', [("a", f'{PORT}\r\n\n"{RAIN}"')]),
        (f"\ufeffurl,body\na,{PORT}\n", [("a", PORT)]),
        (f'\ufeff"url","body"\n"a","{PORT}"\n', [("a", PORT)]),
        ("\n \nurl,body\na,x\n", [("a", "x")]),
        ("url,body\na,\n,b\n", [("a", ""), ("", "b")]),
        ("url,body\na,b,,\n", [("a", "b")]),
        ("url,body", []),
        ("body,url,body\nx,a,y\n", [("a", "x")]),
    ],
)
def test_csv(tmp_path, content, expected):
    file = tmp_path / "rows.csv"
    file.write_bytes(content.encode())
    assert cells(file, "--text-column", "body", "--id-column", "url") == expected
    numbered = [(number, text) for number, (_, text) in enumerate(expected, 1)]
    assert cells(file, "--text-column", "body") == numbered
    text = tmp_path / "rows.txt"
    text.write_bytes(content.encode())
    assert cells(text, "--input-format", "csv", "--text-column", "body") == numbered


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("body\nПорт, газ; ток\tи \ufdd0\n", ["Порт, газ; ток\tи \ufdd0"]),
        ('body\n"Порт, газ"\n""\n', ["Порт, газ", ""]),
    ],
)
def test_csv_of_one_column_has_no_separator(tmp_path, content, expected):
    file = tmp_path / "rows.csv"
    file.write_bytes(content.encode())
    assert [text for _, text in cells(file, "--text-column", "body")] == expected


def test_csv_in_another_encoding(tmp_path, tag):
    file = tmp_path / "rows.csv"
    content = f"текст;имя\r\n{PORT};первый\r\n"
    options = ["--text-column", "текст", "--id-column", "имя"]
    for encoding in ("cp1251", "utf-16", "utf-8-sig"):
        file.write_bytes(content.encode(encoding))
        assert cells(file, *options, "--encoding", encoding) == [("первый", PORT)]
    file.write_bytes(content.encode("cp1251"))
    out, (told,) = tag(file, *options, code=1)
    assert out == ""
    assert told.startswith(f"otgnlp: {file}: not in utf-8 (byte 0: ")
    assert "--encoding" in told


@pytest.mark.parametrize(
    ("content", "texts", "messages"),
    [
        (
            "url,body\na\nb,x\n",
            ["x"],
            ["{}, row 1: ends before 'body'"],
        ),
        (
            f"url,body\na,Порт, вагон\nb,{PORT}\n",
            [PORT],
            ["{}, row 1: 3 cells, but the header has 2"],
        ),
        (
            "url,body\n" + "a\n" * 9 + "b,x\n",
            ["x"],
            [*(f"{{}}, row {n}: ends before 'body'" for n in range(1, 6)), "{}: 4 more such rows"],
        ),
        ('url,body\na,x\nb,"y\n', ["x"], ["{}, after row 1: unexpected end of data"]),
        ('url,body\na,"x"y\n', [], ["{}, after row 0: ',' expected after '\"'"]),
        ("url;text\na;x\n", [], ["{}: no column 'body'; it has: url, text"]),
        (f"{PORT}\n{RAIN}\n", [], [f"{{}}: no column 'body'; it has: {PORT}"]),
        ("", [], ["{}: no column 'body'; it has: none"]),
        ("\n\n", [], ["{}: no column 'body'; it has: none"]),
        ("ж" * 900, [], [f"{{}}: no column 'body'; it has: {'ж' * 500} …"]),
    ],
)
def test_csv_that_is_damaged(tmp_path, capsys, content, texts, messages):
    file = tmp_path / "rows.csv"
    file.write_text(content, encoding="utf-8", newline="")
    found, blocks = read(file, "--text-column", "body")
    assert [block.text for block in found] == texts
    assert blocks.failed
    told = [f"otgnlp: {message.format(file)}" for message in messages]
    assert capsys.readouterr().err.splitlines() == told


def test_cells_and_lines_have_a_limit(tmp_path, capsys, monkeypatch):
    long = "Порт и газ. " * 100_000
    file = tmp_path / "rows.csv"
    file.write_text(f'id,body\n1,"{long}"\n2,x\n', encoding="utf-8")
    limit = csv.field_size_limit()
    assert cells(file, "--text-column", "body") == [(1, long), (2, "x")]
    assert csv.field_size_limit() == limit
    monkeypatch.setattr(rows, "_LONGEST_CELL", 1_000)
    assert read(file, "--text-column", "body")[1].failed
    assert "after row 0: field larger than field limit (1000)" in capsys.readouterr().err
    lined = tmp_path / "rows.jsonl"
    lined.write_text(json.dumps({"body": long}), encoding="utf-8")
    assert cells(lined, "--text-column", "body") == [(1, long)]
    monkeypatch.setattr(rows, "_LONGEST_LINE", 200_000)
    for name in (file, lined):
        assert read(name, "--text-column", "body")[1].failed
        assert "a line is longer than 200,000 characters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"body": "a"}\r\n\r\n{"body": "b"}', [(1, "a"), (3, "b")]),
        ('\ufeff{"body": null, "x": [1]}\n', [(1, "")]),
        ('{"body": "\\ud83d\\ude80 \\ud800"}', [(1, "\U0001f680 \ud800")]),
        ('{"body": "\u2028\x85\\n\\u0000"}', [(1, "\u2028\x85\n\x00")]),
    ],
)
def test_json_lines(tmp_path, content, expected):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(content.encode())
    assert cells(file, "--text-column", "body") == expected
    other = tmp_path / "rows.csv"
    other.write_bytes(content.encode())
    assert cells(other, "--input-format", "jsonl", "--text-column", "body") == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "x"}', "no column 'body'; it has: text"),
        ("{}", "no column 'body'; it has: none"),
        ('{"body": 7}', "'body' is no text"),
        ('{"body": ["x"]}', "'body' is no text"),
        ('{"body": "x"', "no JSON (Expecting ',' delimiter"),
        ("body", "no JSON (Expecting value"),
        ('["body"]', "no JSON object"),
        ('{"body": "x", "n": ' + "1" * 5_000 + "}", "no JSON (Exceeds the limit"),
        ('{"body": ' + "[" * 100_000, "no JSON (maximum recursion depth"),
        ('{"\\ud800": 1}', "no column 'body'; it has: "),
    ],
)
def test_json_lines_that_are_damaged(tmp_path, capsys, line, message):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"body": "a"}\n' + line + '\n{"body": "b"}\n', encoding="utf-8")
    found, blocks = read(file, "--text-column", "body")
    assert [(block.id, block.text) for block in found] == [(1, "a"), (3, "b")]
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"otgnlp: {file}, line 2: {message}")
    assert blocks.failed


def test_nested_ids_of_any_depth(tmp_path, capsys):
    ids = ["a", 7, 1.5, None, True, ["б", {"k": 1}], "\ud800"]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps({"b": "x", "i": i}) for i in ids), encoding="utf-8")
    names = ["a", 7, "1.5", "null", "true", '["б", {"k": 1}]', "\ud800"]
    assert [name for name, _ in cells(file, "--text-column", "b", "--id-column", "i")] == names
    deep = [f'{{"b": "x", "i": {"[" * depth}{"]" * depth}}}' for depth in range(850, 1_000)]
    file.write_text("\n".join(deep), encoding="utf-8")
    found, _ = read(file, "--text-column", "b", "--id-column", "i", "--date-column", "i")
    assert 0 < len(found) < len(deep)
    assert "recursion" in capsys.readouterr().err


UNICODE = st.characters(blacklist_categories=["Cs"])
if sys.version_info < (3, 11):  # whose csv reads no NUL
    UNICODE = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
CELL = st.text(',;\t"\n\r Пя', max_size=5) | st.text(UNICODE)
PIECE = st.integers(1, 40)  # bytes that are read at a time


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("rows")


@settings(deadline=None, max_examples=300)
@given(
    table=st.lists(st.tuples(CELL, CELL), max_size=9),
    header=st.sampled_from([("body",), ("id", "body"), ("body", "id")]),
    separator=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    size=PIECE,
)
@example([("a,b", "")], ("body",), ";", csv.QUOTE_MINIMAL, 1)
@example([("a\r\nb", "\r")], ("id", "body"), "\t", csv.QUOTE_MINIMAL, 1)
def test_csv_as_it_was_written(scratch, table, header, separator, quoting, size):
    file = scratch / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=separator, quoting=quoting)
        writer.writerow(header)
        for text, name in table:
            writer.writerow([text if column == "body" else name for column in header])
    options = ["--id-column", "id"] if "id" in header else []
    with mock.patch.object(decoding, "_BLOCK_BYTES", size):
        found = cells(file, "--text-column", "body", *options)
    names = [name for _, name in table] if options else range(1, len(table) + 1)
    assert found == list(zip(names, [text for text, _ in table], strict=True))


@settings(deadline=None, max_examples=150)
@given(table=st.lists(st.tuples(CELL | st.text(), st.text() | st.integers())), size=PIECE)
def test_json_lines_as_they_were_written(scratch, table, size):
    file = scratch / "rows.jsonl"
    records = [json.dumps({"body": text, "id": name}) for text, name in table]
    file.write_text("\n".join(records), encoding="utf-8")
    with mock.patch.object(decoding, "_BLOCK_BYTES", size):
        found = cells(file, "--text-column", "body", "--id-column", "id")
    assert found == [(record["id"], record["body"]) for record in map(json.loads, records)]


def test_rows_are_read_as_they_are_asked_for(tmp_path):
    """Memory does not grow with the file."""
    contents = {
        "rows.csv": "id,body\n" + f"a,{PORT * 4}\n" * 30_000,
        "rows.jsonl": json.dumps({"body": PORT}) + "\n" + f'{{"body": "{PORT * 4}"}}\n' * 29_999,
    }
    for name, content in contents.items():
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        arguments = _parser().parse_args(["tag", str(file), "--text-column", "body"])
        tracemalloc.start()
        try:
            assert sum(1 for _ in Blocks(arguments, whole=False)) == 30_000
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 2_000_000 < file.stat().st_size


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_pipe_of_rows_is_answered_row_by_row(kind):
    process = subprocess.Popen(
        [*COMMAND, "tag", "--text-column", "body", "--input-format", kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process.stdin.write(b"url,body\n" if kind == "csv" else b"")
    for number in range(1, 4):
        row = f"u,Поезд {number}.\n" if kind == "csv" else f'{{"body": "Поезд {number}."}}\n'
        process.stdin.write(row.encode())
        process.stdin.flush()
        record = json.loads(process.stdout.readline())  # while the pipe stays open
        assert (record["id"], record["text"]) == (number, f"Поезд {number}.")
    assert process.communicate(timeout=30) == (b"", None)
    assert process.returncode == 0


def test_rows_keep_their_names_with_more_processes(tmp_path, tag):
    file = tmp_path / "rows.csv"
    rows_of_it = "".join(f"{number},Поезд {number}. Порт.\n" for number in range(700))
    file.write_text(f"url,body\n{rows_of_it}", encoding="utf-8")
    out, _ = tag(file, *ROWS)
    assert [record["id"] for record in lines(out)[::2]] == [str(number) for number in range(700)]
    assert run("tag", file, *ROWS, "--jobs", "2")[0] == out


# What is written of rows


@pytest.fixture
def table(tmp_path):
    """Rows with names, of two sentences, of one and of none."""
    file = tmp_path / "rows.csv"
    content = f'url,body\nа/1,"  {PORT}\n{POWER}"\n\ud800,{RAIN}\n3,\n'
    file.write_bytes(content.encode("utf-8", "replace"))
    return file


def test_offsets_point_into_the_cell(table, tag):
    texts = dict(cells(table, *ROWS))
    for options in ([], ["--explain"]):
        records = lines(tag(table, *ROWS, *options)[0])
        assert [record["id"] for record in records] == ["а/1", "а/1", "?"]
        for record in records:
            jsonschema.validate(record, SCHEMA)
            text = texts[record["id"]]
            assert text[record["start"] : record["stop"]] == record["text"]
            for items in record.get("evidence", {}).values():
                for token in (token for item in items for token in item["tokens"]):
                    assert text[token["start"] : token["stop"]] == token["text"]
    assert [record["id"] for record in lines(tag(table, *ROWS[:2])[0])] == [1, 1, 2]


def test_csv_and_tables_name_the_rows(table, tag):
    rows_with = list(csv.DictReader(io.StringIO(tag(table, *ROWS, "--format", "csv")[0])))
    assert [row["id"] for row in rows_with] == ["а/1", "а/1", "?"]
    assert [row["start"] for row in rows_with] == ["2", str(3 + len(PORT)), "0"]
    without = tag(table, "--input-format", "text", "--format", "csv")[0]
    assert without.startswith("file,start,stop,text,topics,")
    shown = tag(table, *ROWS, "--format", "table")[0]
    assert f"{table}#а/1 2 sentences, about" in shown
    assert f"{table}#3 0 sentences, about no topic" in shown


def test_parquet_names_the_rows(table, tag, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    target = tmp_path / "out.parquet"
    tag(table, *ROWS, "-o", target)
    found = parquet.read_table(target)
    assert found.column_names[:2] == ["file", "id"]
    assert found["id"].to_pylist() == ["а/1", "а/1", "?"]
    assert found["sentence"].to_pylist() == [0, 1, 0]
    tag(table, "--input-format", "text", "-o", target)
    assert "id" not in parquet.read_table(target).column_names


def test_lone_surrogates_come_through_in_every_format(tmp_path, tag):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"body": "Порт \\ud800 открыт.", "url": "\\udfff"}', encoding="utf-8")
    target = tmp_path / "out"
    for kind in ("jsonl", "csv", "table", "html", "parquet"):
        if kind == "parquet":
            pytest.importorskip("pyarrow")
        assert tag(file, *ROWS, "--format", kind, "-o", target) == ("", [])
    tag(file, *ROWS, "-o", target, "--format", "jsonl")
    (record,) = lines(target.read_text(encoding="utf-8"))
    assert (record["id"], record["text"]) == ("\udfff", "Порт \ud800 открыт.")


def test_columns_that_go_with_another_option(table, tag):
    for option in ("--id-column", "--date-column"):
        _, err = tag(table, option, "url", "--format", "html", code=1)
        assert err == [f"otgnlp: {option} goes with --text-column"]
    _, err = tag(table, *ROWS, "--date-column", "url", code=1)
    assert err == [
        "otgnlp: --date-column and --date-from-name are for pages: add --format html",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", f",body\n0,{PORT}\n", "{}: name the column of texts with --text-column; "),
        ("rows.jsonl", '{"": "x", "body": "y"}', "{}, line 1: name the column of texts with "),
    ],
)
def test_rows_whose_column_is_not_named(tmp_path, tag, name, content, message):
    file, other = tmp_path / name, tmp_path / "other.txt"
    file.write_text(content, encoding="utf-8")
    other.write_text(POWER, encoding="utf-8")
    out, err = tag(file, other, code=1)
    assert files(out) == [str(other)]
    (told,) = err
    assert told.startswith(f"otgnlp: {message.format(file)}")
    assert told.endswith("it has: '', body")
    assert len(lines(tag(file, "--text-column", "")[0])) == 1  # a column may be without a name


# Pages


PARAGRAPHS = [
    "Порт Актау принял первый поезд с контейнерами из Китая, сообщила железная дорога.",
    "Новый терминал построили за два года, и суда теперь ждут погрузки вдвое меньше.",
]
HEAD = "<html><head>{}<title>Новости</title></head>"
BODY = (
    "<body><nav><ul><li><a href='/'>Подписка на погоду</a></li></ul></nav><main><article>"
    f"<h1>Порт открыт</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></article></main>"
    "<footer>Все права защищены</footer></body></html>"
)


def page(declared="", encoding="utf-8"):
    return (HEAD.format(declared) + BODY).encode(encoding)


def test_the_article_of_a_page_and_not_its_menu(tmp_path, tag):
    names = [tmp_path / "a.html", tmp_path / "b.HTM", tmp_path / "c"]
    for name in names:
        name.write_bytes(page())
    text = html.article(page())
    assert "погоду" not in text
    assert "права" not in text
    for arguments in (names[:1], names[1:2], [*names[2:], "--input-format", "html"], [tmp_path]):
        out, err = tag(*arguments)
        assert err == []
        for record in lines(out):
            jsonschema.validate(record, SCHEMA)
            assert text[record["start"] : record["stop"]] == record["text"]
        assert {record["text"] for record in lines(out)} >= set(PARAGRAPHS)
    assert len(files(out)) == 2


@pytest.mark.parametrize(
    "content",
    [
        page('<meta charset="windows-1251">', "cp1251"),
        page("<META http-equiv=Content-Type content='text/html; charset=cp1251'>", "cp1251"),
        b'<?xml version="1.0" encoding="windows-1251"?>' + page("", "cp1251"),
        page('<meta charset="koi8-r">', "utf-8-sig"),  # a mark overrules what is declared
        page("", "utf-16"),
        page('<meta charset="utf-16">'),
        page(),
    ],
)
def test_encodings_of_pages(tmp_path, tag, content):
    file = tmp_path / "page.html"
    file.write_bytes(content)
    assert {record["text"] for record in lines(tag(file)[0])} >= set(PARAGRAPHS)


def test_encodings_that_a_page_does_not_tell(tmp_path, tag):
    file, other = tmp_path / "page.html", tmp_path / "other.txt"
    other.write_text(POWER, encoding="utf-8")
    contents = [
        (page("", "cp1251"), "not in utf-8 ("),
        (page('<meta charset="klingon">', "cp1251"), "the page declares the encoding 'klingon'"),
        (page('<meta charset="rot13">', "cp1251"), "the page declares the encoding 'rot13'"),
    ]
    for content, message in contents:
        file.write_bytes(content)
        out, (told,) = tag(file, other, code=1)
        assert told.startswith(f"otgnlp: {file}: {message}")
        assert "--encoding" in told
        assert files(out) == [str(other)]
        out, err = tag(file, "--encoding", "cp1251")
        assert err == []
        assert {record["text"] for record in lines(out)} >= set(PARAGRAPHS)
    file.write_bytes(page('<meta charset="cp1251">'))
    assert {r["text"] for r in lines(tag(file, "--encoding", "utf-8")[0])} >= set(PARAGRAPHS)


@pytest.mark.parametrize(
    "content",
    [
        f"<p>{PARAGRAPHS[0]}</p>",
        f"<!-- {'saved ' * 20} --><div><p>{PARAGRAPHS[0]}</p></div>",
        f"<body><article><p>{PARAGRAPHS[0]}",
        f"<!DOCTYPE html><HTML><main><p>{PARAGRAPHS[0]}</p></main>",
    ],
)
def test_parts_of_pages(content):
    assert html.article(content) == PARAGRAPHS[0]


def test_pages_without_an_article_or_too_large(tmp_path, tag, monkeypatch):
    empty, whole = tmp_path / "empty.html", tmp_path / "whole.html"
    empty.write_text("<html><body></body></html>", encoding="utf-8")
    whole.write_bytes(page())
    out, err = tag(empty, whole, tmp_path / "none.html", code=1)
    assert err == [
        f"otgnlp: {empty}: no article is found in the page",
        f"otgnlp: {tmp_path / 'none.html'}: No such file or directory",
    ]
    assert files(out) == [str(whole)]
    monkeypatch.setattr(html, "LARGEST_PAGE", 200)
    out, err = tag(empty, whole, code=1)
    assert err[1] == f"otgnlp: {whole}: the page is larger than 200 bytes"


PROSE = f"<p>{PARAGRAPHS[0]}</p>"


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 100_000 + PROSE,
        "<b>" * 100_000 + PROSE + "</b>" * 100_000,
        "<ul><li>" * 50_000 + PROSE,
        "<table><tr><td>" * 30_000 + PROSE,
        "<div>" * 250 + PROSE,
        "<div>" * 250 + PROSE + "</div>" * 250 + PROSE,
        "<article>" + f"<p>{PARAGRAPHS[0]}" * 5_000,
        "<article>" + "<a href=x>Порт</a> " * 5_000,
        "<script>while(1){}" * 10_000 + "</script>" + PROSE,
        "<article><p>" + "&#1055;&amp;&bogus;&#x110000;&#0;" * 20_000,
        "<!DOCTYPE html [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><article>&c;" + PROSE,
        "\0" * 1_000 + f"<article>{PROSE}\0{PROSE}</article>",
        "<div " + "a=1 " * 100_000 + ">" + PROSE,
        "<!--" + "-" * 500_000 + PROSE,
        "<" * 500_000 + PROSE,
        f"<article><p>{PARAGRAPHS[0]} \ud800</p></article>",
        "\x1b]0;порт\x07" + PROSE,
    ],
    ids=range(17),
)
def test_hostile_pages_give_an_article_or_our_error(content, capfd):
    started = time.monotonic()
    try:
        assert html.article(content).strip()
    except InputError as error:
        assert "article" in str(error)
    assert time.monotonic() - started < 10
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("library", "arguments", "message"),
    [
        (
            "trafilatura",
            ["tag", "a.html", "b.html", str(ROOT / "examples" / "summit.txt")],
            "the article of an HTML page needs trafilatura: pip install 'otgnlp[html]'",
        ),
        (
            "pyarrow",
            ["tag", str(ROOT / "examples" / "summit.txt"), "--format", "parquet"],
            "Parquet needs pyarrow: pip install 'otgnlp[parquet]'",
        ),
        (
            "argcomplete",
            ["completion", "bash"],
            "completion needs argcomplete: pip install 'otgnlp[completion]'",
        ),
        (
            "jinja2",
            ["tag", str(ROOT / "examples" / "summit.txt"), "--format", "html"],
            "pages need jinja2, which is not installed: pip install 'otgnlp[report]'",
        ),
    ],
)
def test_without_an_extra_one_line_says_what_to_install(library, arguments, message):
    code = (
        f"import sys; sys.modules['{library}'] = None\n"
        "from otgnlp.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8"
    )
    assert (done.stdout, done.stderr) == ("", f"otgnlp: {message}\n")
    assert done.returncode == 1
