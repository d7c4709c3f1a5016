"""Texts to draw, hostile and plain, and a reader of the HTML that is drawn."""

from __future__ import annotations

from html.parser import HTMLParser

from otgnlp import Document, Sentence
from otgnlp.schema import TopicScore

# Each would run, ask the network or break out of where it stands if it were not only shown.
HOSTILE = (
    '</script><script>attack("script")</script>',
    '<img src="http://attack.test/image" onerror=attack("image")>',
    "\"'><svg onload=attack('svg')><style>@import 'http://attack.test/style';</style>",
    "\" onmouseover='attack(\"event\")' autofocus onfocus=attack('focus') x=\"",
    '<iframe srcdoc="<script>parent.attack()</script>" src="javascript:attack()"></iframe>',
    "<!--<script>--></title></style></textarea></noscript></template></table><b>out</b>",
    "&lt;img src=x onerror=attack(1)&gt; &amp;amp; &#60;script&#62;",
    "{{ 7 * 7 }} {% raw %} ${attack()} \\u003cscript\\u003e ]]>",
    "javascript:attack() #d1 \x00\x08\x1b[31m\x85\ufffe\ufeff\ud800\udfff",
    "ab\u202edc\u2066\u200f\u061c конец",
)
HOSTILE_TEXT = "\n\n".join(f"Порт и электростанцию расширят: {piece}." for piece in HOSTILE)


class Page(HTMLParser):
    """HTML as a browser would take it apart: elements with their attributes, and texts."""

    VOID = frozenset({"br", "img", "input", "link", "meta", "path", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data):
        tag = self._open[-1] if self._open else ""
        self.texts.setdefault(tag, []).append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a class."""
        return [
            attributes
            for _, attributes in self.elements
            if name in (attributes.get("class") or "").split()
        ]


def check_harmless(html: str, n_scripts: int) -> Page:
    """Assert that HTML holds only its own scripts, no handler and no way to the network."""
    page = Page(html)
    scripts = page.named("script")
    assert [script for script in scripts if "src" in script] == []
    assert len([script for script in scripts if "type" not in script]) == n_scripts
    known = {"img", "iframe", "object", "embed", "link", "base", "audio", "video"}
    assert [tag for tag, _ in page.elements if tag in known] == []
    for _, attributes in page.elements:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "srcdoc", "style", "action"}
            assert name != "href" or (value or "").startswith("#")
    return page


def make_document(names: list[str], n_sentences: int = 12, model: str = "made 1") -> Document:
    """Return a document whose sentences are about two of the topics in turn, without evidence."""
    sentences = []
    for number in range(n_sentences):
        text = f"Предложение номер {number} о чём-то."
        start = sum(len(sentence.text) + 1 for sentence in sentences)
        given = [names[number % len(names)], names[(number + 1) % len(names)]] if names else []
        scores = tuple(TopicScore(name, 0.9 - 0.2 * place) for place, name in enumerate(given[:2]))
        probabilities = dict.fromkeys(names, 0.01)
        probabilities |= {score.topic: score.probability for score in scores}
        sentences.append(Sentence(text, start, start + len(text), scores, probabilities))
    text = " ".join(sentence.text for sentence in sentences)
    return Document(text, tuple(sentences), tuple(TopicScore(n, 0.8) for n in names[:1]), model)
