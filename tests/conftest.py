"""What several test modules need: the example text, a small data set, a small model."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import otgnlp
from otgnlp import TopicClassifier
from otgnlp.cli.main import main

ROOT = Path(__file__).resolve().parent.parent

_NOUNS = {
    "energy": "газ нефть уголь станция котельная подстанция турбина реактор ТЭЦ отопление".split(),
    "transport": "поезд порт автобус дорога самолёт паром вагон метро грузовик аэропорт".split(),
    "": "театр урожай школа выставка дождь музей матч врач книга праздник".split(),
}
_VERBS = "открыли обсудили построили закрыли показали проверили купили увидели".split()
_TAILS = ["в городе", "вчера вечером", "у реки", "по решению совета", "на окраине", "за год"]


@pytest.fixture(scope="session")
def summit() -> str:
    """The example text."""
    return (ROOT / "examples" / "summit.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small_data() -> tuple[list[str], list[tuple[str, ...]]]:
    """Two topics in two hundred made-up sentences, a quarter with both, a quarter with none."""
    chance = random.Random(7)
    sentences, topics = [], []
    for i in range(200):
        given = (("energy",), ("transport",), ("energy", "transport"), ())[i % 4]
        nouns = [chance.choice(_NOUNS[topic]) for topic in given or ("",)]
        words = [chance.choice(_VERBS), " и ".join(nouns), chance.choice(_TAILS)]
        sentences.append(" ".join(words).capitalize() + ".")
        topics.append(given)
    return sentences, topics


@pytest.fixture(scope="session")
def small_classifier(small_data) -> TopicClassifier:
    return TopicClassifier(embeddings=False).fit(*small_data)


@pytest.fixture
def small_model(small_classifier, tmp_path) -> Path:
    """The folder of a small saved model."""
    folder = tmp_path / "model"
    small_classifier.save(folder, name="small", version="1.2")
    return folder


@pytest.fixture(scope="session")
def document(summit) -> otgnlp.Document:
    return otgnlp.tag(summit)


@pytest.fixture
def command(capsys):
    """Run `otgnlp` in this process; return what it writes to standard output and error."""

    def call(*arguments, code=0):
        assert main([*map(str, arguments)]) == code
        return capsys.readouterr()

    return call
