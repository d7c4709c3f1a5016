"""The colours of topics, and of all else, on light and on dark ground.

Each topic has a strong colour, for its letter, its bars and the lines under words, and a tint that
its sentences lie on. The first four stay apart by a CIEDE2000 difference of at least 9, all ten by
at least 4, to normal eyes and to those without the red, the green or the blue cones;
tests/test_palette.py works these differences out. No picture tells topics by colour alone, so an
eleventh topic has the first one's colours again.
"""

from __future__ import annotations

LIGHT = {
    "page": "#faf9f6",
    "card": "#ffffff",
    "ink": "#1c2126",
    "soft": "#575f69",
    "line": "#e4e1da",
    "edge": "#8b9099",
    "link": "#1c5791",
}
DARK = {
    "page": "#14171b",
    "card": "#1b1f24",
    "ink": "#e8eaec",
    "soft": "#a9b1ba",
    "line": "#343a42",
    "edge": "#767f8a",
    "link": "#8ec1f5",
}

LIGHT_TINTS = (
    "#e7d064 #fba7c9 #d9dbff #9ddeb7 #c3e6a8 #b6c4e4 #b3dae8 #c4ca99 #dfc0d6 #d9b3f6".split()
)
LIGHT_STRONG = (
    "#4a3f01 #984f6f #4630aa #296243 #4d6836 #3d589d #006983 #585e14 #7d4570 #5a3970".split()
)
DARK_TINTS = (
    "#55490f #41222f #261e5d #395946 #415133 #203469 #1e4c5b #26290c #581b4c #64417c".split()
)
DARK_STRONG = (
    "#c8ae2f #fe9fc7 #a2a1f6 #79c598 #b5f67a #a9c1fa #5cbfdf #c3cd6a #efbfe2 #e8cdfd".split()
)

N_COLOURS = len(LIGHT_TINTS)


def declarations(*, dark: bool) -> str:
    """Return all colours of light or dark ground as CSS custom properties."""
    tints, strong = (DARK_TINTS, DARK_STRONG) if dark else (LIGHT_TINTS, LIGHT_STRONG)
    colours = dict(DARK if dark else LIGHT)
    colours |= {f"tint{number}": colour for number, colour in enumerate(tints)}
    colours |= {f"strong{number}": colour for number, colour in enumerate(strong)}
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def themes() -> str:
    """Return the rules of a page: as the reader's system has it, as asked for, light on paper."""
    light = f"color-scheme:light;{declarations(dark=False)}"
    dark = f"color-scheme:dark;{declarations(dark=True)}"
    return (
        f":root{{{light}}}\n"
        f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
        f"@media print{{:root:root:root{{{light}}}}}\n"
    )
