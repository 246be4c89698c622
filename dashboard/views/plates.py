"""What a map consists of, declared in GeoViews and rendered once into Bokeh figures.

Plate carrée without resampling: every pixel is a cell, and the pointer reads that cell. GeoViews
renders once (seconds of work); `atlas` keeps the figures and gives each page a copy.
"""

import cartopy.crs as ccrs
import geoviews as gv
import holoviews as hv
import numpy as np
from bokeh.document import Document
from bokeh.models import (
    BoxSelectTool,
    ColumnDataSource,
    CustomJS,
    CustomJSHover,
    FixedTicker,
    HoverTool,
    LassoSelectTool,
    PanTool,
    Range1d,
    ResetTool,
    WheelZoomTool,
)

from dashboard import context, style
from dashboard.grid import BOX
from dashboard.quantities import MAPS
from dashboard.views.atlas import AREA, CURSOR, HATCH, MARKER, VALUES
from tem.parameters import ECOSYSTEMS

hv.extension("bokeh")

FLAT = ccrs.PlateCarree()
ASPECT = (BOX[1] - BOX[0]) / (BOX[3] - BOX[2]) * style.NARROWED
TALLEST = 520  # px
KEEP_SHAPE = """
const high = Math.round(figure.inner_width / aspect) + figure.outer_height - figure.inner_height
if (figure.inner_width > 50 && Math.abs(high - figure.height) > 1)
  figure.height = Math.min(high, tallest)
"""


def declared(quantity, grid, about):
    """Return the GeoViews elements of the map of *quantity*, without values yet.

    *about*: pictures of what the pointer tells beside the value, by name.
    """
    here = {"crs": FLAT, "kdims": ["lon", "lat"]}
    lon, lat, dark = context.shade()
    at = (grid.lon, grid.lat)
    on_land = about["north"] * 0  # a value to declare with; what is known comes later
    colours = style.diverging(quantity.about.kind)
    relief = gv.Image((lon, lat, dark), vdims=["shade"], **here)
    land = gv.Image((*at, on_land), vdims=["cell"], **here)
    values = gv.Image((*at, on_land, *about.values()), vdims=["value", *about], **here)
    heights = gv.Path(context.contours(), **here)
    outline = gv.Path([context.outline()], **here)
    places = gv.Points([place[:2] for place in context.places()], **here)
    names = gv.Labels(context.places(), vdims="name", **here)
    return (
        relief.opts(cmap=style.shades(style.PAPER), clim=(0.2, 0.9))
        * land.opts(cmap=[style.MISSING])
        * values.opts(
            cmap=colours, clim=(-1, 1), tools=["hover"], colorbar=True, colorbar_position="bottom"
        )
        * heights.opts(color=style.CONTEXT, line_width=0.5, alpha=0.7)
        * outline.opts(color=style.CONTEXT, line_width=1.2)
        * places.opts(color=style.PLACE, size=3)
        * names.opts(
            text_font_size="10px",
            text_color=style.PLACE,
            yoffset=0.6,
            background_fill_color=style.PAPER[0],
            background_fill_alpha=0.6,
        )
    )


def engraved(region, grid) -> dict:
    """Return the document of the maps of `MAPS`, with shared ranges and marker, as plain JSON."""
    kinds = np.array([ECOSYSTEMS.index(kind) for kind in region.ecosystem.to_numpy()])
    about = {
        "north": grid.picture(region.lat), "east": grid.picture(region.lon),
        "elevation": grid.picture(region.elevation), "kind": grid.picture(kinds),
        "agree": grid.picture(kinds * np.nan),
    }  # fmt: skip
    marker = ColumnDataSource({"x": [], "y": []}, name=MARKER)
    area = ColumnDataSource({"x": [], "y": []}, name=AREA)
    cursor = ColumnDataSource({"x": [], "y": []}, name=CURSOR)
    west, east, south, north = BOX
    x = Range1d(west, east, bounds=(west - 2, east + 2))
    y = Range1d(south, north, bounds=(south - 2, north + 2))
    document = Document()
    strokes = ColumnDataSource(grid.strokes())
    for figure in [_rendered(quantity, grid, about) for quantity in MAPS]:
        _hatch(figure, strokes)
        figure.x_range, figure.y_range = x, y
        figure.patch(
            "x", "y", source=area, fill_alpha=0, line_color="#111111", line_width=2,
            line_dash="dashed",
        )  # fmt: skip
        figure.rect(
            "x", "y", width=grid.step, height=grid.step, source=marker, fill_alpha=0,
            line_color="#111111", line_width=2.5,
        )  # fmt: skip
        for colour, width in style.RINGS.items():
            figure.rect(
                "x", "y", width=1.6 * grid.step, height=1.6 * grid.step, source=cursor,
                fill_alpha=0, line_color=colour, line_width=width,
            )  # fmt: skip
        document.add_root(figure)
    return document.to_json(deferred=False)


def _rendered(quantity, grid, about):
    """Return the Bokeh figure of the map of *quantity*."""
    west, east, south, north = BOX
    figure = hv.render(
        declared(quantity, grid, about).opts(
            projection=FLAT, global_extent=False, xlim=(west, east), ylim=(south, north),
            default_tools=["pan", "wheel_zoom", "reset"], toolbar=None,
        ),
        backend="bokeh",
    )  # fmt: skip
    shown = next(r for r in figure.renderers if "kind" in r.data_source.data)
    shown.name = VALUES
    shown.data_source.data["image"] = [np.full(grid.shape, np.nan)]
    bar = figure.below[-1]
    bar.ticker = FixedTicker(ticks=[-1, 0, 1])  # the browser keeps this one: change its ticks only
    bar.update(height=8, width="auto", margin=0, padding=4, title_standoff=3, label_standoff=3)
    for renderer in figure.renderers:  # nothing is ever selected or muted: fewer models to send
        renderer.update(
            selection_glyph=None, nonselection_glyph=None, hover_glyph=None, muted_glyph=None
        )
    _lay_out(figure)
    _let_hover(figure)
    return figure


def _hatch(figure, strokes):
    """Draw *strokes* on land, to be seen where no value is, and prepare those over values."""
    line = {"line_color": style.STROKE, "line_width": 1}
    land = figure.segment("x0", "y0", "x1", "y1", source=strokes, **line)
    figure.renderers.remove(land)
    over = next(k for k, one in enumerate(figure.renderers) if one.name == VALUES)
    figure.renderers.insert(over, land)
    nothing = ColumnDataSource({"x0": [], "y0": [], "x1": [], "y1": []})
    figure.segment("x0", "y0", "x1", "y1", source=nothing, name=HATCH, line_alpha=0.8, **line)


def _lay_out(figure):
    figure.update(
        sizing_mode="stretch_width", height=250, frame_width=None, frame_height=None, min_border=2,
        min_border_right=20,
        toolbar_location=None,
        output_backend="canvas",  # WebGL drawn in software doubles the time a page takes to open
        background_fill_alpha=0, border_fill_alpha=0,
        outline_line_color=None,
    )  # fmt: skip
    figure.xaxis.ticker = FixedTicker(ticks=[80, 90, 100])
    figure.yaxis.ticker = FixedTicker(ticks=[28, 32, 36])
    for axis, side in ((figure.xaxis, "E"), (figure.yaxis, "N")):
        axis.major_label_overrides = {degree: f"{degree}°{side}" for degree in range(26, 105)}
        axis.axis_label = None
    figure.xgrid.visible = figure.ygrid.visible = False
    kinds = (HoverTool, PanTool, ResetTool, WheelZoomTool)
    kept = [tool for tool in figure.tools if isinstance(tool, kinds)]
    # they tell what was drawn and select nothing
    figure.toolbar.tools = [*kept, BoxSelectTool(renderers=[]), LassoSelectTool(renderers=[])]
    figure.toolbar.active_drag = figure.select_one(PanTool)
    figure.toolbar.active_scroll = figure.select_one(WheelZoomTool)
    figure.js_on_event("doubletap", CustomJS(args={"figure": figure}, code="figure.reset.emit()"))
    keep = CustomJS(args={"figure": figure, "aspect": ASPECT, "tallest": TALLEST}, code=KEEP_SHAPE)
    figure.js_on_change("inner_width", keep)
    figure.js_on_change("inner_height", keep)


def _let_hover(figure):
    """Let the pointer read numbers and names, on cells only; `views.maps` says which."""
    names = CustomJSHover(args={"names": list(ECOSYSTEMS)}, code="return names[value] ?? ''")
    figure.select_one(HoverTool).update(
        formatters={"@kind": names, "@image": CustomJSHover(code=style.amount_js(100))},
        filters={"@image": CustomJS(code="export default (a, b, {value}) => !isNaN(value)")},
        point_policy="follow_mouse",
    )
