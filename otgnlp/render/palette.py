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
    "#fde89e #fcb6d1 #c4c9ff #b0ffd7 #e7c5c4 #8fe8e0 #c6dea4 #e0dfbf #d3c7e8 #fee7fc".split()
)
LIGHT_STRONG = (
    "#6c5a0c #7d184d #3d2da5 #2a7a58 #8e3b3f #00655f #5d723b #756f03 #7551a5 #6d2d6a".split()
)
DARK_TINTS = (
    "#5d4b00 #42182b #221f57 #215941 #682529 #0b4440 #232d12 #3d3a04 #523e6d #532950".split()
)
DARK_STRONG = (
    "#fdd530 #fe7bb5 #bec3ff #65fdbc #eba5a5 #9ce3dd #cdf58f #cdcb92 #b79ae5 #d6a8d2".split()
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
