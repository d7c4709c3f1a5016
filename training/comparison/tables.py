"""The tables of docs/quality.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from otgnlp.evaluation import Judged, compare, macro_f1_gain
from training.comparison.rivals import DESIGN, YARDSTICK
from training.comparison.runs import TOPICS, pool
from training.report import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from otgnlp.evaluation import Evaluation
    from otgnlp.labelled import LabelledSentence
    from training.comparison.runs import Run
    from training.comparison.settings import Fold

    Results = dict[str, list[tuple[Fold, Run]]]
    Figures = dict[str, dict[str, Evaluation]]

SETTINGS = {
    "dev": "development set",
    "sources": "left-out sources",
    "registers": "left-out registers",
}

_FEWEST_LABELS = 10  # an F1 over fewer is not worth printing
_FEWEST_SENTENCES = 25
_WORST_SUBJECTS = 12


def render(results: Results, figures: Figures) -> dict[str, str]:
    """Return each table under its name."""
    rival = best_rival(figures)
    return {
        "rivals": _rivals(results, figures),
        "differences": _differences(results),
        "topics": _topics(figures),
        "calibration": _calibration(figures),
        "sources": _by_field(results, rival, "sources", "source"),
        "registers": _by_field(results, rival, "registers", "register"),
        "errors": _errors(results),
        "subjects": _subjects(results),
    }


def judged(results: Results, entrant: str, setting: str) -> Judged:
    """Return what an entrant said in a setting, its folds one after another."""
    return pool([run.judged(fold) for fold, run in results[entrant] if fold.setting == setting])


def sentences(results: Results, setting: str) -> list[LabelledSentence]:
    """Return a setting's judged sentences, in the same order."""
    return [
        sentence for fold, _ in results[DESIGN] if fold.setting == setting for sentence in fold.test
    ]


def settings(results: Results) -> list[str]:
    """Return the settings that there are results of, in order."""
    return [name for name, _ in groupby(fold.setting for fold, _ in results[DESIGN])]


def evaluations(results: Results) -> Figures:
    """Return each setting's figures of each entrant."""
    return {
        name: {entrant: compare(judged(results, entrant, name)) for entrant in results}
        for name in settings(results)
    }


def best_rival(figures: Figures) -> str:
    """Return the rival with the highest mean of macro-F1 over the settings."""
    rivals = [entrant for entrant in next(iter(figures.values())) if entrant != DESIGN]

    def mean(entrant: str) -> float:
        return float(np.mean([found[entrant].macro.f1.value for found in figures.values()]))

    return max(rivals, key=mean)


def _rivals(results: Results, figures: Figures) -> str:
    names = list(figures)
    head = [
        "",
        *(f"{SETTINGS[name]}, macro-F1" for name in names),
        "size, MB",
        "sentences a second",
    ]
    speeds = {entrant: _speed(results, entrant) for entrant in results}
    rows = [
        [
            f"**{entrant}**" if entrant == DESIGN else entrant,
            *(figures[name][entrant].macro.f1 for name in names),
            f"{results[entrant][0][1].size / 1e6:.1f}",
            f"× {speeds[entrant] / speeds[YARDSTICK]:.2g}" if YARDSTICK in speeds else "",
        ]
        for entrant in results
    ]
    return table(head, rows)


def _speed(results: Results, entrant: str) -> float:
    """Return sentences a second over all that an entrant judged."""
    n_sentences = sum(len(fold.test) for fold, _ in results[entrant])
    return n_sentences / sum(run.tagging_seconds for _, run in results[entrant])


def _differences(results: Results) -> str:
    names = settings(results)
    rows = [
        [
            entrant,
            *(
                macro_f1_gain(
                    judged(results, entrant, name), judged(results, DESIGN, name)
                ).signed()
                for name in names
            ),
        ]
        for entrant in results
        if entrant != DESIGN
    ]
    return table([f"{DESIGN} minus", *(SETTINGS[name] for name in names)], rows)


def _topics(figures: Figures) -> str:
    head = ["F1", *(f"{name} {topic}" for name in figures for topic in TOPICS)]
    rows = [
        [
            entrant,
            *(
                f"{found[entrant].topics[topic].f1.value:.2f}"
                for found in figures.values()
                for topic in TOPICS
            ),
        ]
        for entrant in next(iter(figures.values()))
    ]
    return table(head, rows)


def _calibration(figures: Figures) -> str:
    rows = [
        [entrant, *(found[entrant].calibration_error for found in figures.values())]
        for entrant in next(iter(figures.values()))
    ]
    return table(["expected calibration error", *(SETTINGS[name] for name in figures)], rows)


def _by_field(results: Results, rival: str, setting: str, field: str) -> str:
    if setting not in settings(results):
        return ""
    values = np.array([sentence.fields[field] for sentence in sentences(results, setting)])
    pair = [judged(results, entrant, setting) for entrant in (DESIGN, rival)]
    rows = []
    for value in sorted(set(values.tolist())):
        design, other = (compare(one.among(values == value), 300) for one in pair)
        rows.append(
            [
                value,
                design.n_sentences,
                design.micro.support,
                design.micro.f1,
                other.micro.f1,
                *(_f1(design, topic) for topic in TOPICS),
            ]
        )
    head = [field, "sentences", "labels", f"{DESIGN}, micro-F1", f"{rival}, micro-F1"]
    return table([*head, *(f"{DESIGN}, {topic}" for topic in TOPICS)], rows)


def _f1(found: Evaluation, topic: str) -> str:
    scores = found.topics[topic]
    return f"{scores.f1.value:.2f}" if scores.support >= _FEWEST_LABELS else "–"


def _errors(results: Results) -> str:
    """Count errors by kind, a column a setting, with the surest own sentence of each kind."""
    names = settings(results)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    surest: dict[str, tuple[float, str]] = {}
    for name in names:
        found = sentences(results, name)
        one = judged(results, DESIGN, name)
        for row, column, kind in kinds(one):
            counts[kind][name] += 1
            probability = float(one.probabilities[row, column])
            surety = probability if one.flags[row, column] else 1.0 - probability
            if name == "registers" and surety > surest.get(kind, (0.0, ""))[0]:
                surest[kind] = surety, f"{found[row].text} ({TOPICS[column]}, {probability:.2f})"
    rows = [
        [kind, *(counts[kind][name] for name in names), surest.get(kind, (0.0, ""))[1]]
        for kind in sorted(counts, key=lambda kind: -sum(counts[kind].values()))
    ]
    return table(["error", *(SETTINGS[name] for name in names), "the surest of our own"], rows)


def kinds(one: Judged) -> Iterator[tuple[int, int, str]]:
    """Yield row, column and kind of each wrong topic."""
    for row, column in np.argwhere(one.flags != one.truth).tolist():
        truth, flags = one.truth[row], one.flags[row]
        if flags[column]:
            if not truth.any():
                kind = "a topic given to a sentence without one"
            elif (truth & ~flags).any():
                kind = "a topic given in another's stead"
            else:
                kind = "a topic given beside the right ones"
        elif not flags.any():
            kind = "the only topic missed" if truth.sum() == 1 else "all of several topics missed"
        elif (flags & ~truth).any():
            kind = "a topic missed, another in its stead"
        else:
            kind = "a topic missed beside right ones"
        yield row, column, kind


def _subjects(results: Results) -> str:
    """Show the subjects of the own corpus on which most left-out sentences go wrong."""
    if "registers" not in settings(results):
        return ""
    found = sentences(results, "registers")
    one = judged(results, DESIGN, "registers")
    wrong = (one.flags != one.truth).any(axis=1)
    by_subject: dict[str, list[bool]] = defaultdict(list)
    for sentence, fault in zip(found, wrong.tolist(), strict=True):
        by_subject[sentence.fields["subject"]].append(fault)
    shares = sorted(
        (-sum(faults) / len(faults), subject)
        for subject, faults in by_subject.items()
        if len(faults) >= _FEWEST_SENTENCES
    )
    rows: Sequence[Sequence[object]] = [
        [subject, len(by_subject[subject]), f"{-share:.0%}"]
        for share, subject in shares[:_WORST_SUBJECTS]
    ]
    return table(["subject", "sentences", "wrong in some topic"], rows)
