"""Pages, notebooks and terminals show tagged texts whole, and nothing in them runs."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from html import unescape

import pytest
from rich.console import Console

import otgnlp
from otgnlp import Document, InputError, render
from otgnlp.cli.main import main
from otgnlp.render import dates
from otgnlp.render.characters import tame
from tests.report import HOSTILE, HOSTILE_TEXT, Page, check_harmless, make_document

DAY = datetime.date(2026, 11, 26)
PLAIN = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def hostile() -> Document:
    return otgnlp.tag(HOSTILE_TEXT)


def shown(html: str) -> str:
    """Return what HTML without a script shows, white space apart."""
    return "".join(unescape(PLAIN.sub("", html)).split())


def test_page_of_hostile_text_is_harmless_and_whole(hostile):
    assert hostile.topics
    page = render.html([hostile] * 2, names=[HOSTILE[0], HOSTILE[5]], title="".join(HOSTILE))
    page.encode("utf-8")
    seen = check_harmless(page, n_scripts=2)
    assert seen.texts["title"] == [tame("".join(HOSTILE))]
    text = shown(page)
    for piece in HOSTILE[:8]:
        assert "".join(piece.split()) in text
    assert [mark["data-mark"] for mark in seen.with_class("turn")].count("RLO") >= 2
    assert "\u202e" not in page
    assert "\x00" not in page


def test_hostile_topics_titles_and_models_are_only_shown():
    names = list(HOSTILE)
    for document in (make_document(names, model=HOSTILE[0]), make_document([])):
        page = render.html(document, titles={names[0]: HOSTILE[1]})
        check_harmless(page, n_scripts=2)
        check_harmless(document._repr_html_(), n_scripts=0)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)[1]
    assert "attack" not in style


def test_packed_texts_are_harmless_once_unpacked(hostile):
    page = render.html([make_document(["energy"], 1600), hostile], names=["first", HOSTILE[5]])
    seen = check_harmless(page, n_scripts=2)
    packed = [text for text in seen.texts["script"] if "<article" in text]
    assert len(packed) == 1
    unpacked = check_harmless(f"<table>{packed[0].replace('</tr>', '</tr></table>')}", n_scripts=0)
    assert len(unpacked.with_class("s")) == len(hostile.sentences)


def test_policy_allows_just_what_the_page_holds(hostile):
    page = render.html(hostile)
    policy = next(
        meta["content"]
        for meta in Page(page).named("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert "*" not in policy
    for directive, pattern in (
        ("script-src", "<script>(.*?)</script>"),
        ("style-src", "<style>(.*?)</style>"),
    ):
        found = re.findall(pattern, page, re.DOTALL)
        digests = [hashlib.sha256(text.encode("utf-8")).digest() for text in found]
        assert directives[directive].split() == [
            f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests
        ]


def test_page_shows_every_sentence_with_its_probabilities_and_evidence(document):
    seen = Page(render.html(document, title="Саммит"))
    drawn = seen.with_class("s")
    assert len(drawn) == len(document.sentences)
    by_name = ["transport", "digital", "energy", "ai"]
    for attributes, sentence in zip(drawn, document.sentences, strict=True):
        assert attributes["data-at"] == f"{sentence.start} {sentence.stop}"
        percents = list(map(int, attributes["data-p"].split()))
        for name, percent in zip(by_name, percents, strict=True):
            assert abs(percent - 100 * sentence.probabilities[name]) < 1
        assert ("tabindex" in attributes) == bool(sentence.topics)
        assert attributes["class"].split()[1:] == [
            "abc"[place] + str(by_name.index(score.topic))
            for place, score in enumerate(sentence.topics[:3])
        ]
    assert {"e1", "e2", "e3"} <= {
        word["class"].split()[1] for word in seen.named("u") if "data-e" in word
    }
    assert "".join(document.text.split()) in shown(
        re.sub(r"<b class=.k.*?</b>", "", render.html(document))
    )


def test_page_of_nothing_and_of_an_empty_text():
    nothing = Page(render.html([]))
    assert nothing.with_class("s") == []
    empty = Page(render.html(otgnlp.tag("")))
    assert empty.with_class("s") == []


def test_ten_topics_have_ten_letters_and_ten_colours():
    names = "health trade sport culture law science housing water tourism agriculture".split()
    page = render.html(make_document(names, 20))
    letters = re.findall(r'^:lang\(en\) \.k(\d+)::before\{content:"(.)"\}$', page, re.MULTILINE)
    assert len(letters) == len({letter for _, letter in letters}) == 10
    tints = re.findall(r"^\.t(\d+)\{--tint:var\(--tint(\d+)\)", page, re.MULTILINE)
    assert [number for number, _ in tints] == [colour for _, colour in tints]
    assert len(Page(page).with_class("lane")) == 10


def test_page_of_stored_texts_says_that_no_word_is_underlined(document):
    bare = Document.from_dict(document.to_dict(details=False))
    assert "stored without evidence" in render.html(bare)
    whole = Document.from_dict(json.loads(json.dumps(document.to_dict())))
    assert render.html(whole) == render.html(document)


def test_page_begins_with_the_topics_asked_for(document):
    boxes = Page(render.html(document, only=["energy"])).named("input")
    checked = [box["value"] for box in boxes if box.get("name") == "topic" and "checked" in box]
    assert checked == ["2"]


def test_topics_over_time_have_no_gaps(document):
    days = [DAY, None, DAY + datetime.timedelta(days=3)]
    page = render.html([document] * 3, dates=days, language="ru")
    labels = re.findall(r'<tr data-period="\d"><th scope="row">(.*?)</th><td>(\d+)</td>', page)
    n = str(len(document.sentences))
    assert labels == [
        ("2026-11-26", n),
        ("2026-11-27", "0"),
        ("2026-11-28", "0"),
        ("2026-11-29", n),
    ]
    assert "Текстов без даты</span>: 1" in page


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"names": []}, "names must be 1"),
        ({"dates": [None, None]}, "dates must be 1"),
        ({"language": "fr"}, "language must be one of en, ru"),
        ({"only": ["weather"]}, "unknown topic 'weather'"),
    ],
)
def test_page_refuses_what_does_not_fit(document, options, says):
    with pytest.raises(InputError, match=says):
        render.html(document, **options)


def test_both_languages_say_the_same_things():
    words = json.loads(render.engine.own_text("interface.json"))
    assert words["en"].keys() == words["ru"].keys()
    page = render.html([make_document(["energy"])] * 2, dates=[DAY, None])
    used = set(re.findall(r'data-(?:say|label)="(\w+)"', page))
    assert used <= words["en"].keys()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-11-26", DAY),
        ("20261126", DAY),
        ("26.11.2026 14:05", DAY),
        ("26.11.2026-2", None),
        ("26.11.2026", DAY),
        ("2026-11-26T14:05:00Z", DAY),
        ("2026-11", DAY.replace(day=1)),
        ("2026-02-30", None),
        ("0000-01-01", None),
        ("вчера", None),
        ("", None),
    ],
)
def test_dates(text, date):
    if date is None:
        with pytest.raises(InputError, match="no date"):
            dates.read_date(text)
    else:
        assert dates.read_date(text) == date


def test_notebook_shows_a_text_and_a_sentence_without_a_script(document, hostile):
    for shown_thing in (document, hostile, document.sentences[0], hostile.sentences[0]):
        html = shown_thing._repr_html_()
        check_harmless(html, n_scripts=0)
        assert "".join(shown_thing.text.split()[0]) in shown(html)
    long = make_document(["energy"], 4000)
    assert "more sentences" in long._repr_html_()


def test_terminal_shows_a_text_without_commanding_it(hostile, document):
    for item in (hostile, hostile.sentences[0], document, document.sentences[0]):
        stream = io.StringIO()
        Console(file=stream, width=80, force_terminal=False).print(item)
        drawn = stream.getvalue()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", drawn)
        assert item.text.split()[0] in drawn


# ---- the command line ----


@pytest.fixture
def news(tmp_path):
    for day in ("2026-11-24", "2026-11-26", "undated"):
        (tmp_path / f"{day}.txt").write_text(f"{day}: порт расширят.", encoding="utf-8")
    return tmp_path


def test_command_writes_a_page_with_dates_from_names(news, capsys):
    page = news / "report.html"
    files = sorted(map(str, news.glob("*.txt")))
    pattern = r"\d{4}-\d{2}-\d{2}(?=\.txt)"
    assert (
        main(["tag", *files, "-o", str(page), "--date-from-name", pattern, "--language", "ru"]) == 0
    )
    assert capsys.readouterr() == ("", "")
    html = page.read_text(encoding="utf-8")
    assert '<html lang="ru">' in html
    assert re.findall(r'<time datetime="(.*?)"', html) == ["2026-11-24", "2026-11-26"]
    assert (
        main(["tag", *files, "--format", "html", "--date-from-name", pattern, "--language", "ru"])
        == 0
    )
    assert capsys.readouterr().out == html


def test_command_reports_names_whose_dates_are_none(news, capsys):
    (news / "2026-13-01.txt").write_text("Мост открыт.", encoding="utf-8")
    files = sorted(map(str, news.glob("*.txt")))
    page = str(news / "report.html")
    assert main(["tag", *files, "-o", page, "--date-from-name", r"\d{4}-\d\d-\d\d"]) == 1
    assert "2026-13-01.txt: '2026-13-01' is no date" in capsys.readouterr().err
    assert "Мостоткрыт." in shown((news / "report.html").read_text(encoding="utf-8"))


def test_command_reads_rows_of_csv(tmp_path, capsys):
    table = tmp_path / "table.csv"
    table.write_text(
        "day;title;body\n"
        '26.11.2026;a;"Порт; первый.\nВторая строка."\n'
        ";b;Свет дали.\nnever;c;Мост.\n;d;\n",
        encoding="utf-8-sig",
    )
    page = tmp_path / "report.html"
    columns = ["--text-column", "body", "--date-column", "day"]
    assert main(["tag", str(table), *columns, "-o", str(page)]) == 1
    assert "table.csv#3: 'never' is no date" in capsys.readouterr().err
    html = page.read_text(encoding="utf-8")
    assert re.findall(r'<time datetime="(.*?)"', html) == ["2026-11-26"]
    assert len(Page(html).named("article")) == 4
    assert main(["tag", str(table), "--text-column", "body"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["text"] for record in records] == [
        "Порт; первый.",
        "Вторая строка.",
        "Свет дали.",
        "Мост.",
    ]
    assert main(["tag", str(table), "--text-column", "words"]) == 1
    assert "no column 'words'; it has: day, title, body" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "html", "--date-column", "day"], "--text-column"),
        (["--format", "csv", "--date-from-name", "x"], "add --format html"),
        (["--text-column", "a", "--date-column", "day"], "add --format html"),
    ],
)
def test_command_refuses_dates_that_nothing_shows(news, capsys, options, says):
    assert main(["tag", str(news / "undated.txt"), *options]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names must be text")
def test_command_shows_surrogates_in_texts_and_names(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff.txt"
    with open(name, "wb") as file:
        file.write("Порт \ud800 расширят.".encode("unicode_escape"))
    page = tmp_path / "page.html"
    command = [sys.executable, "-m", "otgnlp", "tag", name, "--encoding", "raw_unicode_escape"]
    done = subprocess.run([*command, "-o", page], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    html = page.read_text(encoding="utf-8")
    assert "Порт \ufffd расширят" in PLAIN.sub("", html)


def test_without_jinja2_it_is_said_what_to_install(news):
    program = f"""
import sys
sys.modules["jinja2"] = None
import otgnlp
from otgnlp.cli.main import main
document = otgnlp.tag("Порт <b>.")
print(document._repr_html_(), document.sentences[0]._repr_html_())
try:
    otgnlp.render.html(document)
except ImportError as error:
    assert isinstance(error, otgnlp.MissingExtraError)
    print(error)
sys.exit(main(["tag", {str(news / "undated.txt")!r}, "-o", {str(news / "page.html")!r}]))
"""
    environment = os.environ | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", env=environment
    )
    says = "pages need jinja2, which is not installed: pip install 'otgnlp[report]'"
    assert (done.returncode, done.stderr) == (1, f"otgnlp: {says}\n")
    assert done.stdout.count("<pre>") == 2
    assert "<b>" not in done.stdout
    assert done.stdout.endswith(f"{says}\n")
    assert sorted(path.name for path in news.glob("*.html")) == []
