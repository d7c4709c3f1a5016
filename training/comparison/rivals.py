"""The entrants, by name; those whose library is missing are told apart."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from otgnlp.fitting.embeddings import find_archive, load_embeddings
from training.comparison.design import Design
from training.comparison.lexicon import Lexicon
from training.comparison.linear import MeanEmbeddings, TfidfCharacters, TfidfLemmas
from training.comparison.spacy_textcat import SpacyBag, SpacyEnsemble
from training.comparison.subwords import FastText, FastTextLemmas

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.comparison.rival import Rival

DESIGN = Design.name

# What speed is measured against: the first that a Python user would try.
YARDSTICK = TfidfLemmas.name


def entrants() -> tuple[dict[str, Callable[[], Rival]], list[str]]:
    """Return what makes each entrant, the design first, and the names of those left out.

    Left out are those whose library (the extra ``compare``) is not installed.
    """
    makers: dict[str, Callable[[], Rival]] = {
        kind.name: kind for kind in (Design, TfidfLemmas, TfidfCharacters, Lexicon)
    }
    missing = []
    archive = find_archive()
    if archive is None:
        missing.append(MeanEmbeddings.name)
    else:
        embeddings = load_embeddings(archive)
        makers[MeanEmbeddings.name] = lambda: MeanEmbeddings(embeddings)
    for library, kinds in (
        ("fasttext", (FastText, FastTextLemmas)),
        ("spacy", (SpacyBag, SpacyEnsemble)),
    ):
        for kind in kinds:
            if find_spec(library) is None:
                missing.append(kind.name)
            else:
                makers[kind.name] = kind
    return makers, missing
