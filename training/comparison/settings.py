"""What is trained on, what is judged on: development set, left-out sources, left-out registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from otgnlp.labelled import read_labelled
from training.paths import corpus_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from otgnlp.labelled import LabelledSentence

# Sources that are left out together: the small ones by their kind of text.
SOURCES = {
    "television": ("1tv", "1tv-title"),
    "news": ("nerel", "factru", "lenta"),
    "officials, blog, reference": ("rurebus", "zlonov", "sib", "gsd"),
}

# Registers of the own corpus that are left out together.
REGISTERS = {
    "news": ("wire", "headline", "lead", "regional", "business"),
    "officials, people, reference": (
        *("communique", "speech", "strategy", "press"),
        *("interview", "complaint", "social", "tech", "reference", "opinion"),
    ),
}


@dataclass(frozen=True)
class Fold:
    """A training set and what is judged with it; `setting` names the results it belongs to."""

    setting: str
    name: str
    train: tuple[LabelledSentence, ...]
    test: tuple[LabelledSentence, ...]


def read_own(files: Sequence[Path] = ()) -> list[LabelledSentence]:
    """Return the sentences of the own corpus, or of the files that stand for it."""
    read = read_labelled(files or corpus_files())
    return [sentence for file in read for sentence in file.sentences]


def folds(public: Path, dev: Path, own_files: Sequence[Path]) -> Iterator[Fold]:
    """Yield the folds of the three settings.

    Every training set holds all public and own sentences but those that its fold leaves out, and
    what is left out is judged. Raises `InputError` for a source or register in none of the folds.
    """
    real, judged = (file.sentences for file in read_labelled([public, dev]))
    own = tuple(read_own(own_files))
    yield Fold("dev", "dev", (*real, *own), judged)
    for name, kept, rest in _leave_out(real, "source", SOURCES):
        yield Fold("sources", name, (*kept, *own), rest)
    for name, kept, rest in _leave_out(own, "register", REGISTERS):
        yield Fold("registers", name, (*real, *kept), rest)


def _leave_out(
    sentences: Sequence[LabelledSentence], field: str, groups: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[LabelledSentence, ...], tuple[LabelledSentence, ...]]]:
    """Yield each group's name, the sentences without it, and its own."""
    group_of = {value: name for name, values in groups.items() for value in values}
    unknown = {sentence.fields.get(field, "") for sentence in sentences} - set(group_of)
    if unknown:
        raise InputError(f"no fold has the {field} {', '.join(sorted(unknown))!r}")
    for name in groups:
        left_out = [group_of[sentence.fields[field]] == name for sentence in sentences]
        pairs = list(zip(sentences, left_out, strict=True))
        rest = tuple(sentence for sentence, out in pairs if out)
        if rest:
            # A contrast group may reach into other registers: it is judged or learnt, not both.
            taken = {sentence.group for sentence in rest}
            yield (
                name,
                tuple(s for s, out in pairs if not out and s.group not in taken),
                rest,
            )
