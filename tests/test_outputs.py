"""What the command writes, and when it had better not: formats, Excel, dates, old files."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import partial

import pytest

FORMULAS = ("=1+2 порт.", "+7 поездов.", "-5 градусов в порту.", "@порт открыт.")


@pytest.fixture
def tag(command):
    return partial(command, "tag")


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Порт открыт.\n" + "\n".join(FORMULAS), encoding="utf-8")
    return path


def test_the_ending_names_the_format(tag, text, tmp_path):
    for name, begins in (("a.csv", "file,"), ("a.JSONL", "{"), ("bare", "{"), ("a.html", "<!DOC")):
        tag(text, "-o", tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    err = tag(text, "-o", tmp_path / "a.xlsx", code=1).err
    assert "'.xlsx' tells no format; name it with --format" in err
    assert not (tmp_path / "a.xlsx").exists()
    tag(text, "-o", tmp_path / "a.xlsx", "--format", "csv")


def test_csv_for_excel(tag, text):
    plain = list(csv.DictReader(io.StringIO(tag(text, "--format", "csv").out)))
    out = tag(text, "--excel").out
    assert out.startswith("\ufeff")
    found = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff")), delimiter=";"))
    assert [row["text"] for row in plain] == ["Порт открыт.", *FORMULAS]
    assert [row["text"] for row in found] == ["Порт открыт.", *(f"'{text}" for text in FORMULAS)]
    for here, there in zip(found, plain, strict=True):
        assert re.fullmatch(r"\d,\d{6}", here["transport"])
        assert here["transport"].replace(",", ".") == there["transport"]
        assert here["start"] == there["start"]
    assert "--excel is for csv" in tag(text, "--excel", "--format", "jsonl", code=1).err


@pytest.mark.parametrize("kind", ["csv", "html", "jsonl"])
def test_an_old_result_stays_if_nothing_can_be_read(tag, text, tmp_path, kind):
    old = tmp_path / f"old.{kind}"
    old.write_text("old", encoding="utf-8")
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xff\xfe\xfd")
    err = tag(tmp_path / "none.txt", bad, "-o", old, code=1).err
    assert f"nothing could be read: {old} is left as it was" in err
    assert old.read_text(encoding="utf-8") == "old"
    tag(bad, text, "-o", old, code=1)
    assert "Порт" in old.read_text(encoding="utf-8")


def test_a_text_without_a_date_stays(tag, tmp_path):
    table = tmp_path / "a.jsonl"
    records = [
        {"body": "Порт.", "day": "2026-11-26"},
        {"body": "Мост."},
        {"body": "Газ.", "day": None},
    ]
    table.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    page = tmp_path / "a.html"
    assert tag(table, "--text-column", "body", "--date-column", "day", "-o", page).err == ""
    html = page.read_text(encoding="utf-8")
    assert "Мост." in html
    assert "Газ." in html
    assert re.findall(r'<time datetime="(.*?)"', html) == ["2026-11-26"]


def test_dates_that_are_nowhere_are_told(tag, text, tmp_path):
    page = tmp_path / "a.html"
    err = tag(text, "--date-from-name", r"\d{8}", "-o", page).err
    assert "none of the texts has a date" in err
    assert tag(text, "-o", page).err == ""


def test_the_summary_tells_of_other_languages(tag, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Порт открыт.\nThe port is open to all ships again.", encoding="utf-8")
    assert tag(path, "--summary").err.endswith("; not Russian 50%\n")


def test_a_table_shows_texts_with_what_is_asked_for(tag, text, tmp_path):
    other = tmp_path / "b.txt"
    other.write_text("Поют птицы.", encoding="utf-8")
    out = tag(text, other, "--format", "table", "--topic", "transport").out
    assert "a.txt" in out
    assert "b.txt" not in out
    assert "b.txt" in tag(text, other, "--format", "table").out


def test_a_row_has_its_own_date_and_a_file_that_of_its_name(tag, tmp_path):
    table = tmp_path / "table-2020-01-01.csv"
    table.write_text("day,body\n2026-11-25,Порт.\n,Газ.\n", encoding="utf-8")
    (tmp_path / "2026-11-26.txt").write_text("Мост.", encoding="utf-8")
    page = tmp_path / "a.html"
    options = ["--text-column", "body", "--date-column", "day"]
    tag(tmp_path, *options, "--date-from-name", r"\d{4}-\d{2}-\d{2}", "-o", page)
    found = re.findall(r'<time datetime="(.*?)"', page.read_text(encoding="utf-8"))
    assert sorted(found) == ["2020-01-01", "2026-11-25", "2026-11-26"]
