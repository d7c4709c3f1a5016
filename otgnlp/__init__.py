"""otgnlp reads Russian text and tags every sentence with the policy topics it is about.

>>> import otgnlp
>>> document = otgnlp.tag("Министры обсудили энергетику и цифровизацию портов.")
>>> sorted(score.topic for score in document.sentences[0].topics)
['digital', 'energy', 'transport']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otgnlp import render as render
    from otgnlp.bundled import bundled_model, tag, tag_many
    from otgnlp.errors import (
        InputError,
        InputTypeError,
        MissingDetailsError,
        MissingExtraError,
        ModelError,
        OtgnlpError,
        OtgnlpWarning,
        WorkerError,
    )
    from otgnlp.fitting.classifier import TopicClassifier
    from otgnlp.fitting.vectorizer import LemmaVectorizer
    from otgnlp.schema import Caveat, Document, Evidence, Sentence, Token, TopicScore
    from otgnlp.tagger import Tagger
    from otgnlp.topics import Topic

__version__ = "0.1.0"

__all__ = [
    "Caveat",
    "Document",
    "Evidence",
    "InputError",
    "InputTypeError",
    "LemmaVectorizer",
    "MissingDetailsError",
    "MissingExtraError",
    "ModelError",
    "OtgnlpError",
    "OtgnlpWarning",
    "Sentence",
    "Tagger",
    "Token",
    "Topic",
    "TopicClassifier",
    "TopicScore",
    "WorkerError",
    "bundled_model",
    "tag",
    "tag_many",
]

_MODULES = {
    "otgnlp.bundled": ("bundled_model", "tag", "tag_many"),
    "otgnlp.errors": (
        "InputError",
        "InputTypeError",
        "MissingDetailsError",
        "MissingExtraError",
        "ModelError",
        "OtgnlpError",
        "OtgnlpWarning",
        "WorkerError",
    ),
    "otgnlp.fitting.classifier": ("TopicClassifier",),
    "otgnlp.fitting.vectorizer": ("LemmaVectorizer",),
    "otgnlp.schema": ("Caveat", "Document", "Evidence", "Sentence", "Token", "TopicScore"),
    "otgnlp.tagger": ("Tagger",),
    "otgnlp.topics": ("Topic",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import otgnlp` costs nothing."""
    if name == "render":
        return import_module("otgnlp.render")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
