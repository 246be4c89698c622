"""Maps and curves on paper: one sheet that says what it shows, with matplotlib.

Colours are those of the page in light; the numbers come from a `Selection`, as on the page.
"""

import textwrap
import threading
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from dashboard import context, style, words
from dashboard.frames import clipped, needed
from dashboard.grid import BOX
from dashboard.results import DECLARED, SAVED
from data import YEARS
from data.store import replacing

POINTS = 72  # to the inch
LETTER, BOLD = 0.57, 0.62  # width of a letter, in its size
EXTENDS = {(False, False): "neither", (True, False): "min", (False, True): "max",
           (True, True): "both"}  # fmt: skip
ROOM = (12.8, 7.2)  # inches that a sheet needs for its letters, across and down
DASHED = (0, (5, 3))
_drawing = threading.Lock()  # matplotlib is not made for threads


class Paper(NamedTuple):
    """How large a sheet is, and how large its letters are."""

    width: float  # inches
    height: float
    dpi: float
    letters: float  # points
    slide: bool = False  # the sentence large, and one line of source below

    @classmethod
    def of_pixels(cls, width, height, *, slide=False):
        """Return a sheet of so many pixels, whose letters grow with it."""
        dpi = min(width / ROOM[0], height / ROOM[1])
        return cls(width / dpi, height / dpi, dpi, 9 if slide else 8, slide)


A4 = Paper(11.69, 8.27, 200, 8)


def write_sheet(selection, said, path, paper: Paper) -> Path:
    """Draw what *selection* shows and write it by the ending of *path*: .png, .svg or .pdf.

    *said*: attributes as `receipt.said` has them. Raises OSError if the disk refuses.
    """
    path = Path(path)
    kind = path.suffix.removeprefix(".")
    with _drawing, mpl.rc_context({"font.size": paper.letters, "svg.fonttype": "none"}):
        drawn = _drawn(selection, said, paper)
        with replacing(path) as temporary:
            drawn.savefig(temporary, format=kind, dpi=paper.dpi, metadata=_metadata(said, kind))
    return path


def _metadata(said, kind) -> dict:
    """Return what a viewer of the file can tell of it, under the names of its format."""
    told = f"{said['receipt']}\n{said['share_link']}\n{said['references']}"
    names = {
        "png": {"Title": "headline", "Source": "share_link", "Software": "program",
                "Copyright": "license"},
        "svg": {"Title": "headline", "Source": "share_link", "Creator": "program",
                "Rights": "license"},
        "pdf": {"Title": "headline", "Creator": "program", "Author": "creator_name"},
    }[kind]  # fmt: skip
    found = {name: str(said[key]) for name, key in names.items()}
    return found | {"Subject" if kind == "pdf" else "Description": told}


def _drawn(selection, said, paper):
    sheet = Figure((paper.width, paper.height), layout="constrained")
    FigureCanvasAgg(sheet)
    top, foot = _headline(sheet, said, paper), _footer(sheet, said, paper)
    sheet.get_layout_engine().set(rect=(0.01, foot, 0.98, top - foot), w_pad=0.08, h_pad=0.04)
    names = selection.state.variables
    across = len(names) if paper.slide else len(names) // 2
    maps, key, curves = sheet.add_gridspec(
        3, 1, height_ratios=_heights(paper, (top - foot) * paper.height)
    )
    frames = selection.frames()
    for picture, place in zip(frames.pictures, maps.subgridspec(1, 3), strict=True):
        _map(sheet.add_subplot(place), picture, frames.cells, selection)
    drawn, more, units = selection.curves(), selection.more_lines(), selection.units()
    _explain(sheet.add_subplot(key), _key(selection, drawn), columns=5 if paper.slide else 6)
    places = curves.subgridspec(len(names) // across, across)
    for name, place in zip(names, places, strict=True):
        axes = sheet.add_subplot(place)
        _curve(axes, drawn.get(name, {}), more.get(name, ()), selection.state)
        axes.set_title(_title(name, units[name], selection.state, short=paper.slide),
                       fontsize="medium", loc="left")  # fmt: skip
    return sheet


def _heights(paper, room):
    """Return the heights of maps, key and curves, inches: maps take what their width asks for."""
    west, east, south, north = BOX
    lines = paper.letters / POINTS
    wanted = 0.31 * paper.width * (north - south) / (east - west) / style.NARROWED + 8 * lines
    maps, key = min(wanted, 0.55 * room), 3 * lines
    return maps, key, room - maps - key


def _explain(axes, handles, columns):
    axes.axis("off")
    axes.legend(handles=handles, loc="center", ncols=columns, frameon=False, borderpad=0)


def _wrapped(text, paper, size, letter=LETTER):
    wide = int(0.96 * paper.width * POINTS / (size * letter))
    return "\n".join(textwrap.wrap(text, wide, break_long_words=True))


def _headline(sheet, said, paper):
    """Write the sentence; return where the sheet is free below it."""
    size = paper.letters * (1.75 if paper.slide else 1.4)
    text = _wrapped(said["headline"], paper, size, BOLD)
    sheet.text(0.02, 0.98, text, va="top", ha="left", fontsize=size, fontweight="bold")
    return 0.97 - (text.count("\n") + 1) * size * 1.2 / POINTS / paper.height


def _footer(sheet, said, paper):
    """Write what the figure was made of; return where the sheet is free above it."""
    told = said["source_lines"][:1] if paper.slide else said["source_lines"]
    size = paper.letters * (0.85 if paper.slide else 0.8)
    text = "\n".join(_wrapped(one, paper, size) for one in told)
    sheet.text(0.02, 0.012, text, va="bottom", ha="left", fontsize=size, color=style.TEXT)
    lines = (text.count("\n") + 1) * size * 1.2 / POINTS / paper.height
    return 0.02 + lines


# --- maps ----------------------------------------------------------------------------------------


def _map(axes, picture, cells, selection):
    """Draw the year shown of a map, with strokes where models disagree on the sign."""
    year, grid = selection.state.year, selection.library.grid
    values = np.where(cells, picture.values[year - YEARS[0]], np.nan)
    west, east, south, north = selection.state.zoom or BOX
    flat = {"extent": BOX, "origin": "lower", "interpolation": "nearest",
            "aspect": 1 / style.NARROWED}  # fmt: skip
    lon, lat, dark = context.shade()
    axes.imshow(dark, cmap=ListedColormap(style.shades(style.PAPER)), interpolation="bilinear",
                extent=(lon[0], lon[-1], lat[0], lat[-1]), origin="lower",
                aspect=1 / style.NARROWED, vmin=0, vmax=1)  # fmt: skip
    without = np.where(cells & ~np.isfinite(values), 0.0, np.nan)
    axes.imshow(grid.picture(without), cmap=ListedColormap([style.MISSING]), **flat)
    low, high = picture.limits
    drawn = axes.imshow(grid.picture(values), cmap=ListedColormap(picture.colours), vmin=low,
                        vmax=high, **flat)  # fmt: skip
    if picture.agree is not None:
        few = picture.agree[year - YEARS[0]] < needed(picture.models)
        axes.add_collection(_strokes(grid, few & np.isfinite(values)))
    axes.plot(*context.outline().T, color=style.CONTEXT, linewidth=0.7)
    for lon, lat, name in context.places():
        axes.plot(lon, lat, ".", color=style.PLACE, markersize=2)
        axes.annotate(name, (lon, lat), (2, 2), textcoords="offset points", fontsize="x-small",
                      color=style.PLACE)  # fmt: skip
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    note = picture.note or picture.quantity.label
    title = picture.quantity.title.replace("{year}", str(year))
    axes.set_title(f"{title} · {note}\n{picture.what}", fontsize="medium")
    bar = axes.figure.colorbar(drawn, ax=axes, orientation="horizontal", pad=0.02, aspect=40,
                               extend=EXTENDS[clipped(picture.values, low, high)])  # fmt: skip
    bar.set_label(style.unit(picture.quantity.unit))
    bar.outline.set_linewidth(0.5)


def _strokes(grid, chosen):
    """Return strokes through the *chosen* cells [cell], as the page hatches them."""
    row, column = np.divmod(grid.index, grid.shape[1])
    at = chosen & ((row + column) % grid.apart == 0)
    x, y, half = grid.lon[column[at]], grid.lat[row[at]], grid.step / 2
    ends = np.stack([[x - half, y + half], [x + half, y - half]])
    return LineCollection(ends.transpose(2, 0, 1), colors=style.STROKE, linewidths=0.7)


# --- curves --------------------------------------------------------------------------------------


def _curve(axes, columns, more, state):
    """Draw the lines of one variable."""
    colour, changed = style.rcp(state.rcp), style.what_if()
    for run, alpha in (("sr", 0.16), ("st", 0.28)):
        if f"{run}_low" in columns:
            axes.fill_between(YEARS, columns[f"{run}_low"], columns[f"{run}_high"], color=colour,
                              alpha=alpha, linewidth=0)  # fmt: skip
    for line in more:
        axes.plot(
            YEARS,
            line.values,
            color=style.rcp(line.rcp or state.rcp),
            linewidth=0.9,
            linestyle=_dash(style.GCM_DASH[line.gcm] if line.gcm else style.OTHER_DASH),
        )
    for column, (paint, dash, width) in _looks(colour, changed).items():
        if column in columns:
            axes.plot(YEARS, columns[column], color=paint, linestyle=dash, linewidth=width)
    axes.axvline(state.year, color=style.CONTEXT, linestyle=":", linewidth=1)
    axes.set_xlim(YEARS[0] - 1, YEARS[-1] + 1)
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _looks(colour, changed) -> dict:
    saved = {
        column: (changed, _dash(dash), 1.2)
        for column, dash in zip(SAVED, style.DASHES, strict=True)
    }
    return {
        "sr": (colour, DASHED, 1.2), "st": (colour, "solid", 1.7), **saved,
        "whatif_sr": (changed, DASHED, 1.2), "whatif_st": (changed, "solid", 1.7),
    }  # fmt: skip


def _dash(pattern):
    return (0, tuple(0.5 * part for part in pattern)) if pattern else "solid"


def _title(name, unit, state, *, short):
    about = DECLARED[name].about
    symbol = f"Δ{about.symbol}" if state.curves == "thaw" else about.symbol
    title = f"{symbol} ({style.unit(unit)})"
    return title if short else f"{title} · {about.label.split(' (')[0]}"


def _key(selection, drawn):
    """Return what the lines are, for a legend."""
    state = selection.state
    present = {column for columns in drawn.values() for column in columns}
    effect = state.curves == "thaw"
    called = words.called(selection.change())
    names = {
        "st": f"Baseline, {'S_T − S_R' if effect else 'S_T, with thaw'}",
        "sr": "Baseline, S_R, thaw held at 2020",
        "whatif_st": f"{called[0].upper()}{called[1:]}, {'S_T − S_R' if effect else 'S_T'}",
        "whatif_sr": f"{called[0].upper()}{called[1:]}, S_R",
    } | {column: one.name for column, one in zip(SAVED, state.saved, strict=False)}
    looks = _looks(style.rcp(state.rcp), style.what_if())
    handles = [
        Line2D([], [], color=paint, linestyle=dash, linewidth=width, label=names[column])
        for column, (paint, dash, width) in looks.items()
        if column in present
    ]
    if "st_low" in present:
        band = f"±1 SD, n = {len(selection.told())}"
        handles.append(Patch(color=style.rcp(state.rcp), alpha=0.28, linewidth=0, label=band))
    lines = {(one.gcm, one.rcp) for many in selection.more_lines().values() for one in many}
    for gcm, rcp in sorted(lines):
        dash = style.GCM_DASH[gcm] if gcm else style.OTHER_DASH
        handles.append(
            Line2D([], [], color=style.rcp(rcp or state.rcp), linestyle=_dash(dash), linewidth=0.9,
                   label=gcm or words.RCP_NAMES[rcp])
        )  # fmt: skip
    return handles
