"""Pages in a real browser: what a reader can do, what hostile texts cannot, how long it takes."""

from __future__ import annotations

import datetime
import itertools
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import otgnlp
from otgnlp import render
from tests.report import HOSTILE, HOSTILE_TEXT, make_document

BROWSER = os.environ.get("OTGNLP_BROWSER") == "1"
pytestmark = pytest.mark.skipif(
    not BROWSER,
    reason="needs Chromium (.ci/debian-packages) and otgnlp[browser]; OTGNLP_BROWSER=1 runs it",
)

LONGEST_TASK = 200  # ms
SENTENCES = ".s[tabindex]"

WATCH = """
window.attacked = [];
window.attack = (what) => window.attacked.push(what);
window.alert = window.confirm = window.prompt = window.attack;
window.long = [];
new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ type: "longtask", buffered: true });
"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def show(chromium, tmp_path):
    """Open HTML as a file; afterwards, assert that it failed at nothing and asked for nothing."""
    contexts, told = [], []

    def open_page(html, **options):
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        context = chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(8000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("console", lambda message: told.append(message.text))
        context.on(
            "request", lambda asked: told.append(asked.url) if asked.url != path.as_uri() else None
        )
        page.goto(path.as_uri())
        return page

    yield open_page
    assert all(
        page.evaluate("attacked") == [] for page in itertools.chain(*(c.pages for c in contexts))
    )
    for context in contexts:
        context.close()
    assert told == []


@pytest.fixture(scope="module")
def one(document):
    return render.html(document, title="Саммит")


@pytest.fixture(scope="module")
def parts(summit):
    return [otgnlp.tag(part) for part in summit.split("\n\n")]


@pytest.fixture(scope="module")
def many(parts):
    days = [
        datetime.date(2026, 1, 1) + datetime.timedelta(9 * number) for number in range(len(parts))
    ]
    names = [f"text-{number}.txt" for number in range(len(parts))]
    return render.html(parts, names=names, dates=[*days[:-1], None], title="Новости")


def settle(page):
    """Wait until the page has done what it was asked."""
    page.wait_for_timeout(250)


def percent(sentence, topic):
    value = sentence.probabilities[topic]
    return value if value in (0, 1) else min(max(round(value * 100), 1), 99)


def counts(page):
    return list(map(int, page.locator("#filters .count").all_inner_texts()))


# ---- what a reader can do ----


def test_filter_by_topic(show, one, document):
    page = show(one)
    page.get_by_role("checkbox", name="transport").uncheck()
    page.get_by_role("checkbox", name="no topic").uncheck()
    page.get_by_role("checkbox", name="Only sentences that match").check()
    settle(page)
    wanted = [
        sentence.text
        for sentence in document.sentences
        if any(score.topic != "transport" for score in sentence.topics)
    ]
    assert 0 < len(wanted) < len(document.sentences)
    assert page.locator(".s:visible bdi").all_text_contents() == wanted
    assert page.locator(".s .k.t0:visible, .a0, .b0, .c0").count() == 0
    page.get_by_role("checkbox", name="transport").check()
    page.get_by_role("checkbox", name="no topic").check()
    settle(page)
    assert page.locator(".s:visible").count() == len(document.sentences)


def test_threshold(show, one, document):
    page = show(one)
    settle(page)
    names = ["transport", "digital", "energy", "ai"]
    for keys, least in ((["End"], 100), (["Home", *["PageUp"] * 9], 90)):
        page.locator("#least").focus()
        for key in keys:
            page.keyboard.press(key)
        settle(page)
        assert page.locator("#least-shown").inner_text() == f"{least} %"
        reached = [
            [score.topic for score in sentence.topics if percent(sentence, score.topic) >= least]
            for sentence in document.sentences
        ]
        expected = [sum(name in topics for topics in reached) for name in names]
        assert counts(page) == [*expected, sum(not topics for topics in reached)]
        assert page.locator(SENTENCES).count() == sum(map(bool, reached))


def test_counts_and_shares_at_first(show, one, document):
    page = show(one)
    settle(page)
    n = len(document.sentences)
    expected = [
        sum(
            any(score.topic == name for score in sentence.topics) for sentence in document.sentences
        )
        for name in ("transport", "digital", "energy", "ai")
    ]
    untold = sum(not sentence.topics for sentence in document.sentences)
    assert counts(page) == [*expected, untold]
    shares = page.locator("#filters .share").all_inner_texts()
    assert shares == [f"{round(100 * count / n)} %" for count in (*expected, untold)]


def test_sort(show, many, parts):
    page = show(many)
    sizes = [len(part.sentences) for part in parts]
    button = page.get_by_role("button", name="Sentences")
    for key, direction, expected in (
        ("Enter", "descending", sorted(sizes, reverse=True)),
        ("Space", "ascending", sorted(sizes)),
    ):
        button.focus()
        page.keyboard.press(key)
        settle(page)
        assert list(map(int, page.locator("#documents td.size").all_inner_texts())) == expected
        assert (
            page.locator("#documents th[aria-sort]:not([aria-sort=none])").get_attribute(
                "aria-sort"
            )
            == direction
        )
    page.get_by_role("button", name="Date").click()
    settle(page)
    found = page.locator("#documents tbody .day").all_inner_texts()
    assert found == sorted(found)
    page.get_by_role("button", name="energy").click()
    settle(page)
    shares = list(map(int, page.locator("#documents tbody .of.t2").all_inner_texts()))
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0


def test_search(show, many, parts):
    page = show(many)
    page.locator("#search").fill("КАСПИЯ дну")
    page.wait_for_timeout(400)
    expected = sum("каспия" in part.text.lower() and "дну" in part.text.lower() for part in parts)
    assert 0 < expected < len(parts)
    assert page.locator("#documents tbody tr").count() == expected
    assert page.locator("#tally").inner_text() == f"{expected} of {len(parts)}"
    page.locator("#search").fill("text-3.txt")
    page.wait_for_timeout(400)
    assert page.locator("#documents tbody a").all_inner_texts() == ["text-3.txt"]
    page.locator("#search").fill("")
    page.wait_for_timeout(400)
    assert page.locator("#documents tbody tr").count() == len(parts)


def test_opening_a_text_and_going_back(show, many, parts):
    page = show(many)
    assert page.locator("article:visible").count() == 0
    page.get_by_role("link", name="text-2.txt").click()
    settle(page)
    assert page.locator("article:visible").count() == 1
    assert page.evaluate("document.activeElement.innerText") == "text-2.txt"
    assert sum(counts(page)[:4]) == sum(len(sentence.topics) for sentence in parts[2].sentences)
    page.get_by_role("link", name="Next text").click()
    settle(page)
    assert page.locator("article:visible h2").inner_text() == "text-3.txt"
    page.go_back()
    page.go_back()
    settle(page)
    assert page.locator("article:visible").count() == 0
    assert page.locator("#documents").is_visible()


def test_hover_shows_probabilities_and_scrolling_keeps_them(show, one, document):
    page = show(one)
    tip = page.locator("#tip")
    number = next(i for i, sentence in enumerate(document.sentences) if len(sentence.topics) == 2)
    sentence = document.sentences[number]
    place = page.locator(".s").nth(number)
    place.locator(":scope > .k").first.hover()
    assert tip.is_visible()
    lines = tip.locator("p").all_inner_texts()
    assert len(lines) == 4
    for line, score in zip(lines, sentence.topics, strict=False):
        assert f"{percent(sentence, score.topic)} %" in line
    page.mouse.wheel(0, 5)
    page.wait_for_timeout(300)
    assert tip.is_visible()
    assert place.get_attribute("aria-describedby") == "tip"
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    place.locator(":scope > .k").last.hover()
    assert tip.is_visible()
    page.mouse.move(1, 1)
    assert tip.is_hidden()


def test_keyboard_reaches_all_that_a_pointer_does(show, one, document):
    page = show(one)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.wait_for_timeout(1000)  # the page scrolls there
    first = page.locator(SENTENCES).first
    assert first.evaluate("element => element === document.activeElement")
    assert page.locator("#tip").is_visible()
    assert first.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    box, tip = first.bounding_box(), page.locator("#tip").bounding_box()
    assert tip["y"] + tip["height"] <= box["y"] or tip["y"] >= box["y"] + box["height"]
    n_told = sum(bool(sentence.topics) for sentence in document.sentences)
    for _ in range(n_told - 1):
        page.keyboard.press("Tab")
        page.wait_for_timeout(20)
    page.wait_for_timeout(1000)
    assert page.locator(SENTENCES).last.evaluate("element => element === document.activeElement")
    assert page.locator("#tip").is_visible()


def test_bar_leads_to_its_sentence(show, one, document):
    page = show(one, viewport={"width": 1280, "height": 500})
    lane = page.locator(".lane[data-topic='2'] svg")
    box = lane.bounding_box()
    sentence = [s for s in document.sentences if any(t.topic == "energy" for t in s.topics)][-1]
    middle = (sentence.start + sentence.stop) / 2 / len(document.text)
    lane.click(position={"x": box["width"] * middle, "y": box["height"] / 2})
    arrived = page.locator(".s.arrived")
    assert arrived.locator("bdi").text_content() == sentence.text
    top = arrived.bounding_box()["y"]
    assert 0 < top < 500


def test_theme(show, one):
    ground = "getComputedStyle(document.body).backgroundColor"
    for scheme, other in (("light", "dark"), ("dark", "light")):
        page = show(one, color_scheme=scheme)
        before = page.evaluate(ground)
        page.get_by_role("button", name="Light or dark").click()
        after = page.evaluate(ground)
        assert before != after
        plain = show(one, color_scheme=other)
        assert plain.evaluate(ground) == after


def test_language(show, many):
    page = show(many)
    page.get_by_role("button", name="По-русски").click()
    settle(page)
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.get_by_role("heading", name="Темы во времени").is_visible()
    assert page.get_by_role("checkbox", name="энергетика").is_visible()
    assert page.locator("#search").get_attribute("placeholder") == "Искать в названиях и текстах"
    letter = page.locator("#filters .k0").evaluate(
        "key => getComputedStyle(key, '::before').content"
    )
    assert letter == '"Т"'
    shown = page.locator("body").inner_text()
    for word in ("Topics", "Texts", "Sentences", "Show", "Probability"):
        assert word not in shown
    page.get_by_role("button", name="In English").click()
    settle(page)
    assert page.get_by_role("heading", name="Topics over time").is_visible()


def test_print(show, one, many, document, parts):
    page = show(one, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.s')).color") == "rgb(28, 33, 38)"
    )
    assert page.locator("button:visible, input[type=range]:visible").count() == 0
    assert page.locator(".s:visible").count() == len(document.sentences)
    assert page.locator(".s .k i").first.bounding_box()["width"] > 3
    assert page.pdf(format="A4").startswith(b"%PDF")
    page = show(many)
    page.emulate_media(media="print")
    assert page.locator("#documents tbody tr:visible").count() == len(parts)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(show, one, many, width):
    ten = render.html(
        [make_document(list("abcdefghij"))] * 3, dates=[datetime.date(2026, 1, 1)] * 3
    )
    for html in (one, many, ten):
        page = show(html, viewport={"width": width, "height": 800})
        settle(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_letters_of_a_list_stand_above_their_numbers_on_a_phone(show, many):
    page = show(many, viewport={"width": 390, "height": 800})
    for topic in range(4):
        head = page.locator(f"#documents thead th.of:has(.k{topic})").bounding_box()
        cell = page.locator(f"#documents tbody tr:first-child td.of.t{topic}").bounding_box()
        assert abs(head["x"] - cell["x"]) < 2
    tops = page.locator("#documents tbody tr:first-child td").evaluate_all(
        "cells => cells.map((cell) => Math.round(cell.getBoundingClientRect().top))"
    )
    assert len(set(tops)) == 1


def test_a_letter_never_stands_alone_on_a_line(show, one):
    page = show(one)
    alone = """() => {
      const found = [];
      for (const sentence of document.querySelectorAll(".s[tabindex]")) {
        const walk = document.createTreeWalker(sentence.querySelector("bdi"), NodeFilter.SHOW_TEXT);
        let last; while (walk.nextNode()) last = walk.currentNode;
        const range = document.createRange();
        range.setStart(last, last.length - 1); range.setEnd(last, last.length);
        const word = range.getBoundingClientRect();
        for (const key of sentence.querySelectorAll(":scope > .k")) {
          const box = key.getBoundingClientRect();
          if (box.top > word.bottom || box.bottom < word.top) found.push(sentence.textContent);
        }
      }
      return found;
    }"""
    for width in range(300, 700, 9):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(alone) == [], width


def test_without_scripts_the_text_is_there(chromium, tmp_path, one, document):
    path = tmp_path / "page.html"
    path.write_text(one, encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator(".s:visible").count() == len(document.sentences)
    assert page.locator("button:visible, input[type=range]:visible").count() == 0
    context.close()


# ---- what hostile texts cannot do ----


def drive(page):
    """Do what a reader may do."""
    settle(page)
    for box in page.locator("#filters input[type=checkbox]").all():
        box.click()
    page.locator("#language").click()
    page.locator("#theme").click()
    settle(page)


def read_all(page, document):
    """Assert that a text is shown as it is."""
    shown = page.locator("article:visible .s bdi").all_text_contents()
    assert len(shown) == len(document.sentences)
    for text, sentence in zip(shown, document.sentences, strict=True):
        if sentence.text.isascii() or "<" in sentence.text:
            assert text == sentence.text


def test_hostile_text_is_shown_and_never_run(show):
    document = otgnlp.tag(HOSTILE_TEXT)
    page = show(render.html(document, title=HOSTILE[5], names=[HOSTILE[1]]))
    read_all(page, document)
    for sentence in page.locator(SENTENCES).all():
        sentence.hover()
    drive(page)
    assert page.title() == HOSTILE[5]


def test_hostile_texts_that_are_unpacked_later_are_shown_and_never_run(show):
    document = otgnlp.tag(HOSTILE_TEXT)
    texts = [make_document(["energy", "ai"], 1600), *[document] * 3]
    page = show(render.html(texts, names=list(HOSTILE[:4]), title=HOSTILE[0]))
    assert page.locator("script.packed").count() in (0, 3)
    page.locator("#search").fill("attack")
    page.wait_for_timeout(500)
    page.locator("#documents tbody a").nth(2).click()
    settle(page)
    read_all(page, document)
    page.locator("article:visible .s[tabindex]").first.hover()
    drive(page)
    assert page.locator("img, iframe, svg[onload], .packed").count() == 0


def test_hostile_topics_and_models_are_shown_and_never_run(show):
    names = list(HOSTILE[:8])
    document = make_document(names, model=HOSTILE[0])
    page = show(render.html([document] * 2, titles={names[0]: HOSTILE[1]}))
    page.locator("#documents a").first.click()
    settle(page)
    page.locator(SENTENCES).first.hover()
    assert HOSTILE[1] in page.locator("#tip").inner_text()
    drive(page)


def test_hostile_text_in_a_notebook_is_never_run(show):
    document = otgnlp.tag(HOSTILE_TEXT)
    made = make_document(list(HOSTILE[:8]))
    html = "".join(item._repr_html_() for item in (document, *document.sentences, made))
    page = show(f'<!DOCTYPE html><meta charset="utf-8">{html}')
    assert page.locator(".otgnlp").count() == len(document.sentences) + 2


def test_right_to_left_marks_turn_nothing(show):
    page = show(render.html(otgnlp.tag("Порт \u202eткрыто и дорога."), title="a\u202eb"))
    sentence = page.locator(".s").first
    assert sentence.locator(".turn").get_attribute("data-mark") == "RLO"
    assert sentence.locator(".turn").bounding_box()["width"] > 10
    assert "\u202e" not in page.content()


@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.innerHTML = '<img src=x onerror=attack()>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>')",
        "new DOMParser().parseFromString('<b>', 'text/html')",
        "document.createElement('script').text = 'attack()'",
        "trustedTypes.createPolicy('otgnlp', { createHTML: (html) => html })",
        "trustedTypes.createPolicy('other', { createHTML: (html) => html })",
        "document.body.setAttribute('onclick', 'attack()')",
    ],
)
def test_policy_lets_no_script_make_html(chromium, tmp_path, many, attempt):
    """Even a script that got in could not use the page's own way to make HTML of packed texts."""
    path = tmp_path / "page.html"
    path.write_text(many, encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    refused = page.evaluate(
        f"() => {{ try {{ {attempt}; return '' }} catch (error) {{ return error.name }} }}"
    )
    assert refused == "TypeError"
    page.close()


@pytest.fixture
def listener():
    """Yield the address of a server and the list of what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.mark.parametrize("guarded", [True, False])
def test_policy_refuses_scripts_styles_and_requests(chromium, tmp_path, one, listener, guarded):
    """Even HTML that got in unescaped does nothing; without the policy, it does."""
    address, asked = listener
    evil = f"""
<script>window.ran = 1</script>
<style>#evil {{ color: rgb(1, 2, 3) }}</style>
<img src="{address}/image" onerror="window.ran = 2">
<iframe src="{address}/frame"></iframe>
<link rel="stylesheet" href="{address}/style">
<p id="evil" onclick="window.ran = 3">x</p>
<iframe name="answer"></iframe>
<form action="{address}/form" target="answer"><button id="send">x</button></form>
"""
    html = one.replace("</main>", f"{evil}</main>")
    if not guarded:
        html = html.replace('http-equiv="Content-Security-Policy"', "")
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.locator("#evil").click()
    page.locator("#send").dispatch_event("click")
    settle(page)
    colour = page.evaluate("getComputedStyle(document.querySelector('#evil')).color")
    found = (page.evaluate("window.ran"), colour == "rgb(1, 2, 3)", {item[:6] for item in asked})
    page.close()
    assert found == (
        (None, False, set()) if guarded else (3, True, {"/image", "/frame", "/style", "/form?"})
    )


# ---- accessibility ----


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(item["id"], [node["html"][:200] for node in item["nodes"]]) for item in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(show, one, many, scheme):
    ten = render.html(make_document(list("abcdefghij")))
    for html in (one, many, ten, render.html([])):
        page = show(html, color_scheme=scheme)
        settle(page)
        assert violations(page) == []
    page = show(one, color_scheme=scheme, viewport={"width": 390, "height": 800})
    page.locator(SENTENCES).first.hover()
    assert violations(page) == []
    page = show(many, color_scheme=scheme)
    page.locator("summary").click()
    page.locator("[name=percents]").check()
    page.locator("#language").click()
    settle(page)
    assert violations(page) == []
    page.locator("#documents a").nth(2).click()
    settle(page)
    page.locator("article:visible .s[tabindex]").first.focus()
    settle(page)
    assert page.locator("#tip").is_visible()
    assert violations(page) == []


# ---- large inputs ----


@pytest.fixture(scope="module")
def large(summit):
    """5,000 sentences and more: in one paragraph, in one text's paragraphs, in many texts."""
    n_times = -(-5000 // len(otgnlp.tag(summit).sentences))
    flat = otgnlp.tag(" ".join([" ".join(summit.split())] * n_times))
    whole = otgnlp.tag("\n\n".join([summit] * n_times))
    texts = list(otgnlp.tag_many([summit] * n_times))
    short = list(otgnlp.tag_many([sentence.text for sentence in flat.sentences[:5000]]))
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(number) for number in range(n_times)]
    pages = {
        "one paragraph": [flat],
        "one text": [whole],
        "many texts": texts,
        "a text a sentence": short,
    }
    assert all(sum(len(d.sentences) for d in docs) >= 5000 for docs in pages.values())
    return {
        name: render.html(docs, dates=days if name == "many texts" else None)
        for name, docs in pages.items()
    }


@pytest.mark.parametrize("kind", ["one paragraph", "one text", "many texts", "a text a sentence"])
def test_large_pages_keep_a_browser_free(show, large, kind):
    """Tasks are timed on a machine that may have other work: the best of three runs counts."""
    longest = {}
    for _ in range(3):
        page = show(large[kind])
        for step, worst in use(page):
            longest[step] = min(longest.get(step, worst), worst)
        page.close()
        if max(longest.values()) <= LONGEST_TASK:
            break
    assert max(longest.values()) <= LONGEST_TASK, longest


def use(page):
    """Open, scroll, filter and search a page; yield each step's longest task."""

    def worst(wait):
        page.wait_for_timeout(wait)
        return max(page.evaluate("long.splice(0)"), default=0)

    yield "open", worst(2500)
    if page.locator("#documents").count():
        page.locator("#documents thead button").nth(1).click()
        yield "sort", worst(800)
        page.locator("#search").fill("каспия")
        yield "search", worst(1500)
        page.locator("#documents a").first.click()
        yield "open a text", worst(800)
    for _ in range(30):
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(30)
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    yield "scroll", worst(500)
    page.locator("[name=topic]").first.uncheck()
    yield "filter", worst(1500)
    page.locator("#least").focus()
    page.keyboard.press("End")
    yield "threshold", worst(1500)
    page.locator("[name=hide]").check()
    yield "hide", worst(1500)
    page.locator("#language").click()
    yield "language", worst(1000)
    page.locator("#theme").click()
    yield "theme", worst(1000)
