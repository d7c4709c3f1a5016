"""The pages: their code runs, their links lead somewhere, and they make a site."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import textwrap
from importlib.metadata import metadata
from urllib.parse import unquote

import pytest
from console import ROOT, walk
from test_pages import PAGES
from test_retraining import alike

DOCS = ROOT / "docs"
MARKDOWN = [
    path
    for folder in (ROOT, DOCS, DOCS / "reference", ROOT / "models", ROOT / "training" / "corpus")
    for path in sorted(folder.glob("*.md"))
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"\n\n((?: {4}.*\n)+)")
FORMULA = re.compile(r"(?:score|core-hours) += |text → razdel")

# The pages whose blocks `walk` runs, in these tests and in those of the same name.
WALKED = {"README", "retraining", "tutorial", *PAGES}

# What no test runs: how the block begins, and why.
NOT_RUN = {
    ("README", "pip install '.[train]'"): "the steps of retraining.md, on the reader's files",
    ("CONTRIBUTING", ".venv/bin/ruff format"): "what CI does",
    ("CONTRIBUTING", ".venv/bin/python -m training.check training"): "what CI does",
    ("CONTRIBUTING", ".venv/bin/python -m training.build"): "reads 180 MB of public sentences",
    ("CONTRIBUTING", "python3 -m venv"): "test_install.py installs in the three ways there are",
    ("retraining", "python3 -m venv"): "likewise",
    ("retraining", "python -m training.corpora"): "fetches 180 MB",
    ("tutorial", "python3 -m venv"): "test_install.py installs in the three ways there are",
    ("command-line", "tail -f"): "test_cli.py::test_a_pipe_is_answered_line_by_line",
    ("command-line", "eval"): "changes the shell that one sits at",
    ("scaling", "for document in otgnlp.tag_many"): "test_many.py, on texts of its own",
    ("scaling", "import joblib"): "needs a cluster of Dask; test_dask.py starts one",
    ("scaling", "from otgnlp.integrations.spark"): "needs Spark; test_spark.py",
    ("scaling", "python examples/spark_job.py"): "needs Spark; test_spark.py runs the job",
    ("scaling", "# examples/spark_job.py"): "test_spark.py compares it with the example",
    ("scaling", "twice = sentences"): "needs Spark; test_spark.py",
    ("scaling", "spark.sql.execution"): "the name of a setting",
    ("reliability", "tagger = otgnlp.Tagger.load"): "test_hostile_text.py::test_the_limit",
    ("reliability", "pip install -e '.[fuzz]'"): "a minute of it in CI",
    ("quality", "pip install -e '.[compare]'"): "hours; test_compare.py runs it small",
    ("speed", "pip install -e '.[compare]'"): "an hour; test_benchmarks.py runs it small",
    (
        "models/README",
        "python -m training.build",
    ): "minutes, on 180 MB; test_corpora.py runs its steps",
    ("training/corpus/README", "python -m training.check"): "what CI does",
    ("service", "pip install '.[service]'"): "test_service.py starts the same",
    ("service", "import json"): "test_service.py runs it against the service",
}


def page_of(path):
    name = path.name.removesuffix(".md").removesuffix(".ru")
    return (
        name if path.parent in {ROOT, DOCS} else (path.parent.relative_to(ROOT) / name).as_posix()
    )


def blocks():
    """Each block of code in a page in English: page, language and text."""
    for path in MARKDOWN:
        if not path.name.endswith(".ru.md"):
            for language, text in BLOCK.findall(path.read_text(encoding="utf-8")):
                yield page_of(path), language, text
            rest = BLOCK.sub("", path.read_text(encoding="utf-8"))
            for text in map(textwrap.dedent, INDENTED.findall(rest)):
                if not FORMULA.match(text) and not re.fullmatch(r"pip install '\S+'\n", text):
                    yield page_of(path), "", text


def is_marked_command(page, text):
    """The README's commands under a mark, which CI takes from there and runs."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return page == "README" and re.search(f"<!-- command: .* -->\n```sh\n{re.escape(text)}", readme)


def excuse(page, text):
    return next((key for key in NOT_RUN if key[0] == page and text.startswith(key[1])), None)


def test_every_block_runs_or_says_why_not():
    excused = set()
    for page, language, text in blocks():
        if language == "json":
            for line in text.splitlines():
                json.loads(line)
        elif language == "python" and text.startswith(">>> "):
            pass  # a doctest, which pytest collects from README.md and docs/
        elif language in {"console", "python"}:
            assert page in WALKED or (page, language) == ("versions", "python"), (page, text)
        elif language in {"text", "mermaid"}:
            pass
        elif not is_marked_command(page, text):
            key = excuse(page, text)
            assert key is not None, f"{page}: nothing runs\n{text}"
            excused.add(key)
    assert excused == set(NOT_RUN), "excuses for what is no longer there"


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_extras_are_there(path):
    text = path.read_text(encoding="utf-8")
    for module in re.findall(r"python -m ((?:training|benchmarks|tests)[\w.]*)", text):
        file = ROOT / module.replace(".", "/")
        assert file.with_suffix(".py").exists() or (file / "__main__.py").exists(), module
    known = metadata("otgnlp").get_all("Provides-Extra")
    for names in re.findall(r"pip install (?:-e )?'(?:otgnlp|\.)\[([\w,]+)\]'", text):
        assert set(names.split(",")) <= set(known), names


def test_both_languages_show_the_same_code():
    for russian in DOCS.glob("*.ru.md"):
        english = russian.with_name(russian.name.replace(".ru.md", ".md"))
        here, there = (
            [block for block in BLOCK.findall(path.read_text(encoding="utf-8")) if block[0] != ""]
            for path in (russian, english)
        )
        assert here == there, russian.name


@pytest.mark.skipif(not os.environ.get("OTGNLP_LONG"), reason="a minute: OTGNLP_LONG is not set")
def test_the_tutorial_prints_what_it_says():
    _, shown = walk(DOCS / "tutorial.md")
    assert len(shown) > 8
    for command, written, printed in shown:
        assert alike(written, printed), f"$ {command}\n{printed}"


def test_a_kept_model_is_the_same():
    walk(DOCS / "versions.md")


def anchors(path):
    """The anchors of a page, as GitHub and the site make them of its headings, and its own."""
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    found, made = set(re.findall(r'<a id="([^"]+)">', text)), []
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        made.append(slug if slug not in made else f"{slug}-{made.count(slug)}")
    return found | set(made)


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_anchors_lead_somewhere(path):
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    text = re.sub(r"`[^`\n]*`", "", text)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", link):
            continue
        target, _, anchor = unquote(link).partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), link
        if anchor:
            assert anchor in anchors(file), link


def test_every_page_is_in_the_nav():
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    named = re.findall(r"^ +- [^#\n]+: (\S+\.md)$", nav, re.MULTILINE)
    english = [path for path in DOCS.rglob("*.md") if not path.name.endswith(".ru.md")]
    assert sorted(named) == sorted(path.relative_to(DOCS).as_posix() for path in english)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built strictly."""
    if not os.environ.get("OTGNLP_ALL_ENGINES"):
        for name in ("mkdocs", "material", "mkdocs_static_i18n", "mkdocstrings"):
            pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def pages(site):
    return {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}


def test_the_site_asks_nothing_of_other_hosts(site):
    tag = r"<(?:script|img|link|iframe|source|video)\b[^>]*?\b(?:src|href)=\"?(?:https?:)?//[^\s>]+"
    found = pages(site)
    assert len(found) > 40
    for path, page in found.items():
        assert re.findall(tag, page) == [], path
        assert 'class="mermaid"' not in page, path  # Material would fetch a script for it
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))


def test_the_site_has_every_public_name(site):
    import otgnlp

    reference = "".join(page for path, page in pages(site).items() if "reference" in path.parts)
    for name in otgnlp.__all__:
        assert re.search(rf'id="otgnlp\.[\w.]*\b{name}"', reference), name


def test_the_site_is_in_both_languages(site):
    for page, english, russian in (
        ("", "otgnlp reads", "otgnlp читает"),
        ("tutorial/", "Ten", "Десять"),
    ):
        assert english in (site / page / "index.html").read_text(encoding="utf-8")
        assert russian in (site / "ru" / page / "index.html").read_text(encoding="utf-8")
    assert ".ru/" not in "".join(str(path) for path in pages(site))


def test_the_site_draws_the_house(site):
    page = (site / "architecture" / "index.html").read_text(encoding="utf-8")
    assert "__main__ : cli" in html.unescape(page)
    assert "<strong>main</strong>" not in page
