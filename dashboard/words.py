"""Sentences about results. Plain text in, plain text out: tested without a page."""

from dataclasses import dataclass

import numpy as np

import tem
from dashboard import scorewords, style
from dashboard.changes import NO_OFFSETS
from dashboard.edits import ALL, parsed
from dashboard.frames import AGREED
from dashboard.measures import REGIONS
from dashboard.runs import RCP_NAMES
from dashboard.scorecard import printed_as
from dashboard.state import GROUPS
from data import GCMS, YEARS, published
from tem.environment import REFERENCE_YEAR
from tem.experiment import SINCE as MOMENTS
from tem.parameters import ECOSYSTEMS, FIELDS

LABEL = "Climate reconstructed from published figures, not GCM output"
GUIDE = (
    "<b>How to read this.</b> S_T: thaw follows the climate. "
    f"S_R: thaw stays as in {REFERENCE_YEAR}. "
    f"Δ is S_T − S_R, what thaw adds; ΣΔ its sum since {REFERENCE_YEAR}. "
    "Green is more carbon or more uptake, purple less, hatched grey a cell without a value. "
    "ΔSOC counts the carbon that thaw newly exposes: it was in the ground before, so it is no gain "
    "of the land; ΣΔNEP is what the land gains or loses. "
    "ALT is the deepest unfrozen ground of a year, counted to 10 m; where frost no longer reaches "
    "down to the permafrost it goes on deepening (the paper has less: Figures, 4). "
    "On a map: tap a cell, scroll to zoom, double-click to go back; "
    "with Box or Lasso, drag to choose an area. "
    f"Strokes over colours: fewer than {100 * AGREED:.0f} % of the models agree on the sign. "
    "◀ ▶ at a bar: some values lie beyond the colours. "
    "All numbers are simulated by this model unless marked published."
)
_WHEN = ("since the spin-up", f"since {YEARS[0]}", f"after {REFERENCE_YEAR}")
SINCE = dict(zip(MOMENTS, _WHEN, strict=True))  # from when on edits hold, in words
PRINTED = {"SdNEP": "ΣΔNEP", "SOC_PF": "exposed"}  # by symbol in the table, as told
STALE = "stale"  # a what-if that was run with other edits than the panel shows
UNUSUAL = "beyond the literature"  # a what-if with a value that nobody has reported


@dataclass(frozen=True)
class Place:
    """What a number is about: the region, an ecosystem or a cell."""

    name: str
    group: int
    cell: int | None
    unit: str  # of ΣΔNEP there
    stock: str  # unit of a stock of carbon there


def place(state, region, cells=None) -> Place:
    """Return what the curves and the headline of *state* are about; *cells*: of a drawn area."""
    return place_of(state.group, state.cell, region, cells)


def place_of(group: int, cell: int | None, region, cells=None) -> Place:
    """Return a cell, *cells* of an area, or an ecosystem of `GROUPS`, as what numbers are about."""
    if cell is not None:
        here = region.isel(cell=cell)
        name = (
            f"the {here.ecosystem.values} cell at "
            f"{float(here.lat):.2f}° N, {float(here.lon):.2f}° E"
        )
        density = style.bound(style.unit("gC m-2"))
        return Place(name, group, cell, density, density)
    if cells is not None:
        kind = f"{GROUPS[group]} cell" if group else "cell"
        name = f"the area of {counted(len(cells), kind)}"
    else:
        name = f"the {GROUPS[group]} ecosystem" if group else "the permafrost region"
    flux, stock = (style.bound(style.unit(unit)) for unit in ("TgC", "PgC"))
    return Place(name, group, None, flux, stock)


def models(state, count: int) -> str:
    """Return how many climate models stand behind a number."""
    if len(state.gcms) == 1:
        return f"{state.gcm} only, so no range"
    if count < len(GCMS):
        return f"{count} of {len(GCMS)} climate models so far"
    return f"{count} climate models"


def counted(count: int, what: str) -> str:
    """Return so many of something, in words."""
    return f"{count} {what}{'s' * (count != 1)}"


def headline(state, where: Place, gains) -> str:
    """Return the sentence about ΣΔNEP; *gains*: one number a climate model."""
    when = f"Under {RCP_NAMES[state.rcp]}, by {state.year}, "
    if state.year <= REFERENCE_YEAR:
        return (
            f"Until {REFERENCE_YEAR} the runs with and without thaw (S_T, S_R) are one; "
            f"choose a later year to see what thaw changes in {where.name}."
        )
    gains = np.asarray(gains, float)
    mean, low, high = gains.mean(), gains.min(), gains.max()
    span = (
        f"; {style.number(low)} to {style.number(high)} across {models(state, gains.size)}"
        if gains.size > 1
        else f"; {models(state, gains.size)}"
    )
    if low < 0 < high:
        return (
            f"{when}thaw since {REFERENCE_YEAR} brings {where.name} no clear gain or loss of "
            f"carbon (ΣΔNEP {style.number(mean)} {where.unit} on average{span})."
        )
    verb = "costs" if mean < 0 else "brings"
    return (
        f"{when}thaw since {REFERENCE_YEAR} {verb} {where.name} "
        f"{style.number(abs(mean))} {where.unit} of carbon uptake (ΣΔNEP{span})."
    )


def exposed(where: Place, amounts) -> str:
    """Return how much soil carbon thaw has exposed; *amounts*: net of refreezing, gains only."""
    net, gains = (style.number(amount) for amount in amounts)
    if amounts[0] < 0:
        lost = style.number(-amounts[0])
        return f"Frost has taken back {lost} {where.stock} of soil carbon since {REFERENCE_YEAR}."
    return (
        f"Thaw has exposed {net} {where.stock} of soil carbon since {REFERENCE_YEAR} "
        f"({gains} if a layer counts each time it thaws)."
    )


def preview(job, step: float) -> str:
    """Return what the preview of a what-if is of; *step*: width of the cells in degrees."""
    of = (
        "" if job.previewed == job.cells else f", {job.previewed} of {job.cells} cells of {step:g}°"
    )
    return f"Preview: {', '.join(job.preview)} only{of}"


def called(change) -> str:
    """Return what a what-if is called inside a sentence."""
    return "what-if" if change.offsets == NO_OFFSETS else "climate what-if"


def climate(offsets) -> str:
    """Return what *offsets* add, and from when on; nothing if they add nothing."""
    said = (
        offsets.warming and f"air {style.signed(offsets.warming)} K",
        offsets.precipitation != 1 and f"precipitation ×{offsets.precipitation:.4g}",
        offsets.co2 and f"CO₂ {style.signed(offsets.co2)} ppm",
    )
    found = ", ".join(filter(None, said))
    return found and f"{found} from {REFERENCE_YEAR + 1} on"


def climate_cost(seconds: float, climates: int) -> str:
    """Return how long a change of the climate takes; *seconds* as measured, for so many GCMs."""
    of = "1 climate" if climates == 1 else f"{climates} climates"
    return (
        "A warmer or wetter climate reruns heat, thaw and water of the region first: about "
        f"{style.rough(seconds)} s for {of}. More CO₂ alone does not."
    )


def what_if(where: Place, baseline, changed, change, marks=()) -> str:
    """Return how the what-if compares with the Baseline, over the same climate models."""
    old, new = float(np.mean(baseline)), float(np.mean(changed))
    since = SINCE[change.since] if change.edits else ""
    marked = (mark.split(":")[0].lower() for mark in marks)
    when = ", ".join(filter(None, [since, climate(change.offsets), *marked]))
    name = called(change)
    return (
        f"{name[0].upper()}{name[1:]} ({when}): {style.number(new)} {where.unit}; "
        f"Baseline: {style.number(old)} {where.unit}; "
        f"difference {style.signed(new - old)} {where.unit}."
    )


def printed(state) -> str:
    """Return what the study prints for the same quantities, or nothing."""
    if state.cell is not None or state.area or state.year != YEARS[-1]:
        return ""
    found = [_printed(symbol, name, state) for symbol, name in PRINTED.items()]
    said = "; ".join(filter(None, found))
    return said and f"Published (Liu et al.): {said}."


def _printed(symbol, name, state) -> str:
    kinds, rows = None if state.ecosystem == ALL else (state.ecosystem,), published()
    asked = (rows.symbol == symbol) & (rows.scenario == RCP_NAMES[state.rcp])
    for row_name, row in rows[asked].iterrows():
        if REGIONS[row.region] == kinds:
            number = scorewords.published(printed_as(row_name, rows))
            where, unit = scorewords.source(row), scorewords.unit(row.unit)
            return f"{name} {style.bound(f'{number} {unit}')} ({where})"
    return ""


def progress(library) -> str:
    """Return how far the climates are, in plain words."""
    total, ready = len(library.climates), library.ready
    failed = [c for c in library.climates.values() if c.failed]
    if failed:
        return f"{failed[0].name} could not be simulated: {failed[0].failed}"
    if ready == total:
        cells = library.region.sizes["cell"]
        return f"All {total} climates are ready ({cells} cells of {library.grid.step:g}°)."
    if library.compiling:
        return (
            "Preparing the model: it is compiled once on this computer, which takes about half "
            "a minute."
        )
    now = library.working
    if now is None:
        return "Starting …"
    return (
        f"Simulating climate {ready + 1} of {total} ({now.name}): {now.stage}, "
        f"{100 * now.fraction:.0f} %. The page can be used meanwhile."
    )


def region_run(state, job, selection) -> str:
    """Return how the what-if of the region stands; *job* is the one that runs, or None."""
    if job is not None and job.waiting:
        return "Waiting for an earlier what-if of the region …"
    if job is not None:
        climates = "1 climate" if len(job.gcms) == 1 else f"{len(job.gcms)} climates"
        stage = f": {job.stage}, {100 * job.fraction:.0f} %" if job.stage else ""
        return f"Rerunning the region in {climates}{stage} …"
    if not state.change:
        return ""
    if not selection.what_if():
        return "The region is not rerun with these edits yet."
    if selection.stale():
        return "The what-if shown for the region is stale: run it again."
    job = selection.region_run
    if not job.results:
        return "The preview is all there is of the region: run it again."
    told = unrested(job.unrested, job.cells, len(job.gcms))
    return f"The region is up to date with these edits. {told}".strip()


def unrested(count: int, cells: int, climates: int) -> str:
    """Return how many cells had no equilibrium to start from; nothing if all had."""
    if not count:
        return ""
    of = cells if climates == 1 else f"{climates} × {cells}"
    return f"{count} of {of} cells did not come to rest under these parameters."


def unrested_cell(run) -> str:
    """Return under how many climates the tapped cell had no equilibrium; nothing if in none."""
    if not run.unrested:
        return ""
    climates = len(run.curves)
    where = "" if climates == 1 else f" in {run.unrested} of {climates} climates"
    return f"The cell did not come to rest under these parameters{where}."


def far_from_usual(edits) -> tuple[str, ...]:
    """Return the mark of a what-if that leaves the literature's range, if it does."""
    return (UNUSUAL,) if unusual(edits) else ()


def unusual(edits) -> str:
    """Return a sentence about edited values outside the range found in the literature."""
    found, sets = [], tem.edited(edits) if edits else {}
    for edit in map(parsed, edits):
        about = FIELDS[edit.name].about
        for where in ECOSYSTEMS if edit.where == ALL else (edit.where,):
            value = getattr(sets[where], edit.name)
            if about.usual and not about.usual[0] <= value <= about.usual[1]:
                low, high = (f"{end:g}" for end in about.usual)
                found.append(f"{where} {about.symbol} = {value:.4g} (usual: {low} to {high})")
    if not found:
        return ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"Outside the literature's range: {found[0]}{more}."
