"""The figures of docs/quality.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.comparison.rivals import DESIGN
from training.comparison.runs import TOPICS
from training.comparison.tables import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

    from training.comparison.tables import Figures

COLOURS = {"ai": "#d55e00", "digital": "#0072b2", "energy": "#e69f00", "transport": "#009e73"}
_INK, _FAINT, _OURS = "#333333", "#999999", "#0072b2"


def draw(figures: Figures, folder: Path) -> None:
    """Draw the comparison and the reliability diagrams as SVG."""
    save(_comparison(figures), folder / "comparison.svg")
    save(_reliability(figures), folder / "reliability.svg")


def plots(n: int, size: tuple[float, float], **options: Any) -> tuple[Any, list[Any]]:
    """Return a figure and its axes side by side, in the style of the documents."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update(
        {
            "axes.spines.top": False,
            "axes.spines.right": False,
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": "otgnlp",
        }
    )
    figure, axes = pyplot.subplots(1, n, figsize=size, layout="constrained", **options)
    return figure, list(axes) if n > 1 else [axes]


def save(figure: Any, path: Path) -> None:
    """Write a figure; the same figure gives the same bytes."""
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def _comparison(figures: Figures) -> Any:
    entrants = list(next(iter(figures.values())))[::-1]
    figure, axes = plots(len(figures), (9, 0.9 + 0.3 * len(entrants)), sharey=True)
    for axis, (name, found) in zip(axes, figures.items(), strict=True):
        for height, entrant in enumerate(entrants):
            f1 = found[entrant].macro.f1
            colour = _OURS if entrant == DESIGN else _INK
            axis.plot([f1.low, f1.high], [height, height], color=colour, linewidth=1.5)
            axis.plot([f1.value], [height], "o", color=colour, markersize=5)
        axis.set_title(SETTINGS[name], fontsize=9)
        axis.set_xlabel("macro-F1, 95 % interval")
        axis.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes[0].set_yticks(range(len(entrants)), entrants)
    return figure


def _reliability(figures: Figures) -> Any:
    figure, axes = plots(len(figures), (9, 3.4), sharey=True)
    for axis, (name, entrants) in zip(axes, figures.items(), strict=True):
        axis.plot([0, 1], [0, 1], color=_FAINT, linewidth=0.8)
        for topic in TOPICS:
            full = [
                part for part in entrants[DESIGN].calibration[topic].bins if part.n_sentences >= 10
            ]
            axis.plot(
                [part.probability for part in full],
                [part.share for part in full],
                "o-",
                color=COLOURS[topic],
                markersize=3,
                linewidth=1,
                label=topic,
            )
        axis.set_title(SETTINGS[name], fontsize=9)
        axis.set_xlabel("probability said")
        axis.set_aspect("equal")
    axes[0].set_ylabel("share that carries the topic")
    axes[0].legend(frameon=False, fontsize=8)
    return figure
