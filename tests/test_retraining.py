"""The walk-through of retraining, run from beginning to end; both languages show the same."""

from __future__ import annotations

import re

import pytest
from console import ROOT, walk

DOCUMENT = ROOT / "docs" / "retraining.md"
TOLERANCE = 0.1  # of shares and thresholds, between versions of libraries


def test_output_is_real():
    _, shown = walk(DOCUMENT)
    assert len(shown) > 10
    for command, written, printed in shown:
        assert alike(written, printed), f"$ {command}\n{printed}"


def test_both_languages_show_the_same():
    texts = [DOCUMENT, DOCUMENT.with_suffix(".ru.md")]
    blocks = [
        re.findall(r"^```.*?^```$", text.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        for text in texts
    ]
    assert blocks[0] == blocks[1] != []


def alike(written: str, printed: str) -> bool:
    """Tell whether texts are the same but for seconds, and shares that differ a little."""
    words, others = (re.sub(r"after \d+ s", "", text).split() for text in (written, printed))
    return len(words) == len(others) and all(map(_same_word, words, others))


def _same_word(word: str, other: str) -> bool:
    numbers = [re.fullmatch(r"\D*(\d\.\d+)\D*", text) for text in (word, other)]
    if all(numbers):
        return abs(float(numbers[0][1]) - float(numbers[1][1])) <= TOLERANCE
    return word == other


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("ai: 5 sentences, threshold 0.36, after 9 s", True),
        ("ai: 5 sentences, threshold 0.56, after 7 s", False),
        ("ai: 6 sentences, threshold 0.36, after 7 s", False),
        ("ai: 5 sentences, threshold", False),
    ],
)
def test_what_is_alike(printed, same):
    assert alike("ai: 5 sentences, threshold 0.35, after 7 s", printed) is same
