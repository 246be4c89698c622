import panel as pn
from bokeh.document import Document

import data
from dashboard import app
from dashboard.page import Page
from dashboard.paper import Figures
from dashboard.runs import Library
from dashboard.verdicts import Verdicts
from dashboard.views.atlas import Atlas


def test_a_page_leaves_nothing_behind_on_the_server():
    library = Library(region=data.region(0.5).isel(cell=slice(None, None, 40)))
    atlas = Atlas(library.region, library.grid)

    def watchers():
        return len(pn.state.param.watchers.get("busy", {}).get("value", []))

    before = watchers()
    for _ in range(2):
        page = Page(library, atlas, Verdicts(library), Figures(library), {}, Document())
        app.laid_out(page)
        page.close()
    assert watchers() == before
    assert not library._listeners


def test_all_maps_of_a_page_share_ranges_and_marker():
    library = Library(region=data.region(0.5).isel(cell=slice(None, None, 40)))
    first, second = (Atlas(library.region, library.grid).copies() for _ in range(2))
    assert len({id(figure.x_range) for figure in first}) == 1
    assert len({id(figure.select_one({"name": "marker"})) for figure in first}) == 1
    assert first[0] is not second[0]
    values = first[0].select_one({"name": "values"}).data_source.data
    assert values["image"][0].shape == library.grid.shape
    assert (values["x"][0], values["y"][0], values["dw"][0], values["dh"][0]) == (74, 26, 30, 14)
