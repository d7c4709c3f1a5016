"""What otgnlp is set beside: each reads texts as its users would, in a few plain lines.

A rival is made once (loaded, or trained for a moment: speed does not depend on quality), and then
called with texts. It does its own splitting into sentences, by line breaks and razdel as otgnlp
does, unless it has a splitter of its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import razdel

from otgnlp.labelled import read_labelled
from training.paths import corpus_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Reader = Callable[[Sequence[str]], None]

RAZDEL = "razdel alone"
LEMMAS = "razdel + pymorphy3, every token parsed"

_TOPICS = ("ai", "digital", "energy", "transport")
_LESSONS = 1_000  # sentences that a rival is trained on


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of a text."""
    for line in text.splitlines():
        for sentence in razdel.sentenize(line):
            if sentence.text:
                yield sentence.text


def razdel_alone() -> Reader:
    """Sentences and tokens, and nothing else."""

    def read(texts: Sequence[str]) -> None:
        for text in texts:
            for sentence in sentences_of(text):
                list(razdel.tokenize(sentence))

    return read


def razdel_and_pymorphy3() -> Reader:
    """Each token's first parse; nothing is remembered."""
    from pymorphy3 import MorphAnalyzer

    parse = MorphAnalyzer(lang="ru").parse

    def read(texts: Sequence[str]) -> None:
        for text in texts:
            for sentence in sentences_of(text):
                for token in razdel.tokenize(sentence):
                    _ = parse(token.text)[0].normal_form

    return read


def natasha() -> Reader:
    """Segments, morphology by a neural net, lemmas."""
    from natasha import Doc, MorphVocab, NewsEmbedding, NewsMorphTagger, Segmenter

    segmenter, vocabulary = Segmenter(), MorphVocab()
    tagger = NewsMorphTagger(NewsEmbedding())

    def read(texts: Sequence[str]) -> None:
        for text in texts:
            document = Doc(text)
            document.segment(segmenter)
            document.tag_morph(tagger)
            for token in document.tokens:
                token.lemmatize(vocabulary)

    return read


def spacy() -> Reader:
    """`textcat_multilabel`, spaCy's default, on a blank Russian pipeline."""
    import spacy as library
    from spacy.training import Example
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(0)
    pipeline: Any = library.blank("ru")
    component = pipeline.add_pipe("textcat_multilabel")
    for topic in _TOPICS:
        component.add_label(topic)
    examples = [
        Example.from_dict(
            pipeline.make_doc(text), {"cats": {topic: topic in given for topic in _TOPICS}}
        )
        for text, given in _lessons()
    ]
    optimizer = pipeline.initialize(lambda: examples[:100])
    for batch in minibatch(examples, 64):
        pipeline.update(batch, sgd=optimizer)

    def read(texts: Sequence[str]) -> None:
        sentences = (sentence for text in texts for sentence in sentences_of(text))
        for document in pipeline.pipe(sentences, batch_size=256):
            _ = document.cats

    return read


def fasttext_lemmas() -> Reader:
    """Topics by fastText on pymorphy3's lemmas, each word's looked up once and remembered."""
    import tempfile
    from pathlib import Path

    import fasttext
    from pymorphy3 import MorphAnalyzer

    analyzer = MorphAnalyzer(lang="ru")

    @cache
    def lemma(word: str) -> str:
        return str(analyzer.parse(word)[0].normal_form)

    def line(sentence: str) -> str:
        return " ".join(lemma(token.text.lower()) for token in razdel.tokenize(sentence))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lessons.txt"
        lines = [
            " ".join([*(f"__label__{topic}" for topic in given or ("none",)), line(text)])
            for text, given in _lessons()
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        model = fasttext.train_supervised(
            str(file), loss="ova", dim=100, epoch=1, wordNgrams=2, minn=3, maxn=5,
            bucket=100_000, thread=1, verbose=0,
        )  # fmt: skip
    lemma.cache_clear()

    def read(texts: Sequence[str]) -> None:
        for text in texts:
            for sentence in sentences_of(text):
                # The inner call, since the outer one of 0.9.2 fails under NumPy 2.
                model.f.predict(line(sentence) + "\n", -1, 0.0, "")

    return read


def _lessons() -> list[tuple[str, tuple[str, ...]]]:
    topics = {s.text: s.topics for file in read_labelled(corpus_files()) for s in file.sentences}
    step = max(1, len(topics) // _LESSONS)
    return list(topics.items())[::step]


RIVALS: dict[str, Callable[[], Reader]] = {
    RAZDEL: razdel_alone,
    LEMMAS: razdel_and_pymorphy3,
    "natasha, morphology and lemmas": natasha,
    "spaCy, textcat_multilabel": spacy,
    "fastText on pymorphy3's lemmas": fasttext_lemmas,
}

# What a rival needs beyond what otgnlp itself does; the extra `compare` brings it.
LIBRARIES = {
    "natasha, morphology and lemmas": "natasha",
    "spaCy, textcat_multilabel": "spacy",
    "fastText on pymorphy3's lemmas": "fasttext",
}
