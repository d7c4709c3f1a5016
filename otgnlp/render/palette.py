"""The colours of topics, and of all else, on light and on dark ground.

Each topic has a strong colour, for its letter, its bars and the lines under words, and a tint that
its sentences lie on. They stay apart to normal eyes and to those without the red, the green or the
blue cones; tests/test_palette.py works the differences out. No picture tells topics by colour
alone, so an eleventh topic has the first one's colours again.
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
    "#d9cf9d #fabac4 #d8d8fb #c7fdf3 #fedbd8 #b9cdfe #edf3be #e0f9d5 #d0cae2 #e9d7e7".split()
)
LIGHT_STRONG = (
    "#7c6b07 #841238 #433a85 #007a6e #854a48 #324eb1 #535800 #517640 #725f9e #662f64".split()
)
DARK_TINTS = (
    "#41390e #451722 #262347 #18524a #5b2928 #283760 #474b27 #3f4b3a #312c40 #5b3a59".split()
)
DARK_STRONG = (
    "#f6e382 #ec8c9d #bdbcfa #8dfcea #f7b6b2 #96a7d0 #c2c989 #c6f2b3 #b79bf9 #dcb8d9".split()
)

N_COLOURS = len(LIGHT_TINTS)

# The least CIEDE2000 difference between two of the first four colours, and of all, to any eyes.
LEAST_DIFFERENCE_OF_FOUR = 10
LEAST_DIFFERENCE = 4


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
