"""Colours that hold for those who see fewer, and on both grounds.

Simulation: Machado et al. 2009 at full severity; distance: CAM02-UCS, both by colorspacious.
"""

from itertools import pairwise

import numpy as np
import pytest
from colorspacious import cspace_convert

from dashboard import style

DIVERGING = ("CHEM_DIV", "CRYO_DIV", "TEMP_DIV", "PREC_DIV")
SEQUENTIAL = ("CHEM_SEQ", "DEPTH_SEQ", "WATER_SEQ")
SEEN = {
    "all": None, "deuteranopia": "deuteranomaly", "protanopia": "protanomaly",
    "tritanopia": "tritanomaly",
}  # fmt: skip
OUTER = 0.15  # of the way to an end; nearer to zero all differences are small
MIRRORED = 8.0  # between +x and −x: cmocean's curl and tarn and RdYlGn have 0 to 2, diff has 7
ENDS = 10.0
LINES = 8.0
DEEP = 60.0  # of 100, by which both ends are darker than the middle
GROUNDS = {False: "#FFFFFF", True: "#121212"}  # of the page, by whether it is dark
GRAPHIC = 3.0  # to 1, WCAG 1.4.11


def channels(colours):
    return np.array([[int(one[i : i + 2], 16) / 255 for i in (1, 3, 5)] for one in colours])


def seen(colours, how):
    """Return *colours* [colour, J a b] as someone sees them."""
    values = channels(colours)
    if SEEN[how]:
        less = {"name": "sRGB1+CVD", "cvd_type": SEEN[how], "severity": 100}
        values = np.clip(cspace_convert(values, less, "sRGB1"), 0, 1)
    return cspace_convert(values, "sRGB1", "CAM02-UCS")


def grey(colours):
    """Return how light *colours* are: what is left of them in print without colour."""
    return seen(colours, "all")[:, 0]


def contrast(one, other):
    values = channels((one, other))
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    low, high = sorted(light @ [0.2126, 0.7152, 0.0722])
    return (high + 0.05) / (low + 0.05)


def mirrored(colours):
    """Return how far apart +x and −x are, from `OUTER` to the end."""
    middle = len(colours) // 2
    x = np.arange(round(OUTER * middle), middle + 1)
    return np.linalg.norm(colours[middle + x] - colours[middle - x], axis=1)


@pytest.mark.parametrize("how", SEEN)
@pytest.mark.parametrize("name", DIVERGING)
def test_gain_and_loss_are_told_apart(name, how):
    apart = mirrored(seen(style.shades(getattr(style, name)), how))
    assert apart.min() >= MIRRORED
    assert apart[-1] >= ENDS


def test_a_palette_that_is_to_be_avoided_would_be_found():
    assert mirrored(seen(style.shades(("#D73027", "#FFFFBF", "#1A9850")), "deuteranopia")).min() < 5


@pytest.mark.parametrize("name", DIVERGING)
def test_without_colour_the_size_of_a_change_is_seen(name):
    """Its sign is not: that is under the pointer, at the cursor and on the bar."""
    light = grey(style.shades(getattr(style, name)))
    middle = style.STEPS // 2
    assert min(light[middle] - light[0], light[middle] - light[-1]) > DEEP
    assert (np.diff(light[: middle + 1]) > -0.2).all()
    assert (np.diff(light[middle:]) < 0.2).all()


@pytest.mark.parametrize("how", SEEN)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_amounts_run_from_light_to_dark(name, how):
    light = seen(style.shades(getattr(style, name)), how)[:, 0]
    steps = np.diff(light) * np.sign(light[-1] - light[0])
    assert (steps > -0.2).all()
    assert abs(light[-1] - light[0]) > DEEP


@pytest.mark.parametrize("how", SEEN)
@pytest.mark.parametrize("dark", GROUNDS)
def test_lines_are_told_apart(dark, how):
    lines = [style.rcp(name, dark=dark) for name in style.RCP]
    colours = seen([*lines, style.what_if(dark=dark)], how)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.linalg.norm(colours[one] - colours[other]) >= LINES


@pytest.mark.parametrize("dark", GROUNDS)
def test_without_colour_a_what_if_is_told_from_the_baseline(dark):
    """The scenarios are not: that which is not chosen is dashed."""
    changed = grey([style.what_if(dark=dark)])[0]
    for name in style.RCP:
        assert abs(changed - grey([style.rcp(name, dark=dark)])[0]) >= LINES
    assert style.OTHER_DASH


@pytest.mark.parametrize("how", SEEN)
@pytest.mark.parametrize(
    "colours", [(style.GAIN, style.LOSS), (style.LOWER, style.HIGHER), style.PARTS]
)
def test_bars_beside_each_other_are_told_apart(colours, how):
    for one, other in pairwise(seen(colours, how)):
        assert np.linalg.norm(one - other) >= LINES


@pytest.mark.parametrize("dark", GROUNDS)
def test_what_is_drawn_stands_out_from_the_ground(dark):
    drawn = [style.rcp(name, dark=dark) for name in style.RCP]
    drawn += [style.what_if(dark=dark), style.GAIN, style.LOSS, style.LOWER, style.HIGHER]
    for colour in (*drawn, *style.PARTS, style.CONTEXT):
        assert contrast(colour, GROUNDS[dark]) >= GRAPHIC, colour


@pytest.mark.parametrize("name", [*DIVERGING, *SEQUENTIAL])
def test_the_cursor_stands_out_from_every_colour_of_a_map(name):
    for colour in style.shades(getattr(style, name)):
        assert max(contrast(ring, colour) for ring in style.RINGS) >= GRAPHIC, colour
