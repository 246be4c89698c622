"""What the user has chosen. No widget, no result: the rest of the page follows from this."""

import param

import tem
from dashboard.changes import NO_OFFSETS, Change
from dashboard.edits import ALL, PANEL
from dashboard.language import LANGUAGES
from dashboard.quantities import MAPS
from dashboard.results import CURVES, SERIES, SETS
from data import GCMS, RCPS, YEARS
from tem.experiment import SINCE
from tem.parameters import ECOSYSTEMS
from tem.summary import DECLARED

ENSEMBLE = "ensemble"
BROWSER = "browser"  # what language it asks for
GROUPS = (ALL, *ECOSYSTEMS)
FIGURES = ("3", "4", "5", "6", "7", "8", "S3", "S5")  # of the paper, as it numbers them
BOTH = ("scenarios", "swipe")  # ways to see both scenarios on maps; what-ifs are of one
EAST = (74.0, 104.0)  # degrees between which a swipe divides the maps
CHOICES = {
    "rcp": RCPS,
    "gcm": (ENSEMBLE, *GCMS),
    "ecosystem": GROUPS,
    "shown": ("Baseline", "What-if", "Difference"),
    "curves": ("runs", "thaw"),
    "panel": (*SETS, "numbers"),
    "compare": ("quantities", "scale", *BOTH),
    "lines": ("mean", "models", "scenarios"),
    "since": SINCE,
    "view": ("explore", "analyse", "profile", "paper", "scorecard", "present"),
    "figure": FIGURES,
    "lang": (BROWSER, *LANGUAGES),
    "theme": ("default", "dark"),  # as Panel calls them in an address
    "analysis": ("explain", "tornado", "shares", "threshold"),
    "explained": ("summed", "thaw", "change", "edits", "edits-summed"),
    "order": ("mean", "first", "last"),
    "output": ("nep-summed", *DECLARED),
    "run": ("thaw", "S_T", "S_R"),
    "range": ("tenth", "usual"),
    "parameter": ("warming", *PANEL),
    "where": GROUPS,
    "drag": ("Move", "Box", "Lasso"),
    "spot": ("1", "2", "3"),
    "chart": ("gain", "tug", *CURVES),
}
PANELS = ("climate", "plants", "soil", "start", "description", "glossary")  # that can be opened
ANALYSED = ("analysis", "explained", "order", "output", "run", "range", "parameter")


def panels(names) -> tuple[str, ...]:
    """Return those of `PANELS` that *names* holds, in their order."""
    return tuple(name for name in PANELS if name in names)


class State(param.Parameterized):
    """The choices behind one open page."""

    rcp = param.Selector(default="rcp85", objects=list(CHOICES["rcp"]), doc="Emission scenario")
    gcm = param.Selector(default=ENSEMBLE, objects=list(CHOICES["gcm"]), doc="Climate model")
    ecosystem = param.Selector(default=ALL, objects=list(GROUPS), doc="Ecosystem looked at")
    year = param.Integer(default=YEARS[-1], bounds=(YEARS[0], YEARS[-1]), doc="Year of the maps")
    maps = param.Tuple(default=MAPS, length=len(MAPS), doc="Quantities on the maps")
    cell = param.Integer(default=None, allow_None=True, bounds=(0, None), doc="Tapped cell")
    area = param.ClassSelector(
        class_=tuple, default=(), doc="Corners (lon, lat) of a drawn area; a cell goes before it"
    )
    edits = param.ClassSelector(
        class_=tuple, default=(), doc="What-if edits, see `dashboard.edits`"
    )
    since = param.Selector(
        default="spin-up", objects=list(CHOICES["since"]), doc="From when on edits hold"
    )
    offsets = param.ClassSelector(
        class_=tem.Offsets, default=NO_OFFSETS, doc="What the climate gains from 2021 on"
    )
    saved = param.ClassSelector(
        class_=tuple, default=(), doc="What-ifs with a name, each a `dashboard.changes.Kept`"
    )
    shown = param.Selector(default="Baseline", objects=list(CHOICES["shown"]), doc="On the maps")
    curves = param.Selector(default="runs", objects=list(CHOICES["curves"]), doc="On the curves")
    compare = param.Selector(
        default="quantities", objects=list(CHOICES["compare"]),
        doc="Three quantities, those of one unit on one scale, the first under each scenario, or "
        "each under one scenario in the west and the other in the east",
    )  # fmt: skip
    divide = param.Number(
        default=92.0, bounds=EAST, doc="Degrees east where scenarios meet on the maps"
    )
    panel = param.Selector(
        default="fluxes", objects=list(CHOICES["panel"]), doc="Which curves, or the numbers"
    )
    lines = param.Selector(
        default="mean", objects=list(CHOICES["lines"]), doc="What else is drawn on the curves"
    )
    view = param.Selector(default="explore", objects=list(CHOICES["view"]), doc="What is open")
    figure = param.Selector(default="3", objects=list(FIGURES), doc="Figure of the paper")
    lang = param.Selector(default=BROWSER, objects=list(CHOICES["lang"]), doc="Of the page")
    theme = param.Selector(
        default="default", objects=list(CHOICES["theme"]), doc="Colours of the page"
    )
    where = param.Selector(
        default=ALL, objects=list(GROUPS), doc="Ecosystem whose parameters the sliders change"
    )
    drag = param.Selector(
        default="Move", objects=list(CHOICES["drag"]), doc="What dragging on a map does"
    )
    spot = param.Selector(
        default="3", objects=list(CHOICES["spot"]), doc="Which of the maps is presented"
    )
    chart = param.Selector(
        default="gain", objects=list(CHOICES["chart"]), doc="Which curves are presented"
    )
    story = param.Integer(default=0, bounds=(0, None), doc="Step of the story; 0: it is not told")
    zoom = param.ClassSelector(
        class_=tuple, default=(), doc="Degrees west, east, south, north of the maps; none: all"
    )
    opened = param.ClassSelector(class_=tuple, default=(), doc="Panels that are open, of `PANELS`")
    # what the view "analyse" asks the model
    analysis = param.Selector(default="explain", objects=list(CHOICES["analysis"]))
    explained = param.Selector(default="summed", objects=list(CHOICES["explained"]))
    order = param.Selector(default="mean", objects=list(CHOICES["order"]))
    output = param.Selector(default="nep-summed", objects=list(CHOICES["output"]))
    run = param.Selector(default="thaw", objects=list(CHOICES["run"]))
    range = param.Selector(default="tenth", objects=list(CHOICES["range"]))
    parameter = param.Selector(default="warming", objects=list(CHOICES["parameter"]))

    @property
    def change(self) -> Change:
        """The what-if that the panel shows."""
        return Change(self.edits, self.since, self.offsets)

    @property
    def group(self) -> int:
        """Index of the ecosystem in `GROUPS`."""
        return GROUPS.index(self.ecosystem)

    @property
    def variables(self) -> tuple[str, ...]:
        """What is drawn as curves; the first ones while numbers are shown instead."""
        return SETS.get(self.panel, SERIES)

    @property
    def rcps(self) -> tuple[str, ...]:
        """The scenarios that maps or curves show."""
        both = self.compare in BOTH or self.lines == "scenarios"
        return RCPS if both else (self.rcp,)

    @property
    def gcms(self) -> tuple[str, ...]:
        """The climate models that the choice stands for."""
        return GCMS if self.gcm == ENSEMBLE else (self.gcm,)
