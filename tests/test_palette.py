"""Colours of topics stay apart, also to eyes without one kind of cones, and texts stay readable."""

from __future__ import annotations

from itertools import combinations

import pytest
from coloraide import Color

from otgnlp.render import palette

# Two models of each kind, and a third where it is made for the kind.
EYES = {
    "all cones": None,
    **{
        f"{kind}, {model}": (kind, model)
        for kind, models in {
            "protan": ("brettel", "machado", "vienot"),
            "deutan": ("brettel", "machado", "vienot"),
            "tritan": ("brettel", "machado"),
        }.items()
        for model in models
    },
}
SETS = ("LIGHT_TINTS", "LIGHT_STRONG", "DARK_TINTS", "DARK_STRONG")


def seen(colour, eyes):
    if eyes is None:
        return Color(colour)
    kind, model = eyes
    return Color(colour).filter(kind, 1, method=model).clip("srgb")


def least_difference(colours):
    return min(one.delta_e(other, method="2000") for one, other in combinations(colours, 2))


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("name", SETS)
def test_colours_stay_apart(name, eyes):
    colours = [seen(colour, EYES[eyes]) for colour in getattr(palette, name)]
    assert least_difference(colours[:4]) >= palette.LEAST_DIFFERENCE_OF_FOUR
    assert least_difference(colours) >= palette.LEAST_DIFFERENCE


@pytest.mark.parametrize(
    ("ground", "tints", "strong"),
    [
        (palette.LIGHT, palette.LIGHT_TINTS, palette.LIGHT_STRONG),
        (palette.DARK, palette.DARK_TINTS, palette.DARK_STRONG),
    ],
    ids=["light", "dark"],
)
def test_texts_are_readable(ground, tints, strong):
    def contrast(one, other):
        return Color(one).contrast(other, method="wcag21")

    assert len(tints) == len(strong) == palette.N_COLOURS == 10
    for under in ("page", "card"):
        assert contrast(ground["ink"], ground[under]) >= 7
        assert contrast(ground["soft"], ground[under]) >= 4.5
        assert contrast(ground["link"], ground[under]) >= 4.5
        assert contrast(ground["edge"], ground[under]) >= 3
    for tint, colour in zip(tints, strong, strict=True):
        assert contrast(ground["ink"], tint) >= 4.5
        assert contrast(ground["card"], colour) >= 4.5  # a letter on its key
        assert contrast(colour, tint) >= 3  # a line under a word
