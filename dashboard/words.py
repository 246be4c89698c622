"""Sentences about results. Plain text in, plain text out: tested without a page."""

import re
from dataclasses import dataclass

import numpy as np

import tem
from dashboard import domain, scorewords, style
from dashboard.changes import NO_OFFSETS
from dashboard.edits import ALL, apart, parsed
from dashboard.frames import AGREED
from dashboard.language import N_, listed, say, say_n, sentences
from dashboard.measures import REGIONS
from dashboard.results import DEEPEST
from dashboard.runs import RCP_NAMES
from dashboard.scorecard import printed_as
from dashboard.state import GROUPS
from data import GCMS, YEARS, published
from tem.environment import REFERENCE_YEAR
from tem.experiment import SINCE as MOMENTS
from tem.parameters import ECOSYSTEMS, FIELDS

TITLE = N_("Permafrost Carbon")
LABEL = N_("Climate reconstructed from published figures, not GCM output")
PREPARED = N_("Climate from files: {title}")
GUIDE = N_(
    "<b>How to read this.</b> S_T: thaw follows the climate. "
    "S_R: thaw stays as in {since}. "
    "Δ is S_T − S_R, what thaw adds; ΣΔ its sum since {since}. "
    "Green is more carbon or more uptake, purple less, hatched grey a cell without a value. "
    "ΔSOC counts the carbon that thaw newly exposes: it was in the ground before, so it is no gain "
    "of the land; ΣΔNEP is what the land gains or loses. "
    "ALT is the deepest unfrozen ground of a year, counted to 10 m; where frost no longer reaches "
    "down to the permafrost it goes on deepening (the paper has less: Figures, 4). "
    "On a map: tap a cell, scroll to zoom, double-click to go back; "
    "with Box or Lasso, drag to choose an area. "
    "Strokes over colours: fewer than {agreed} % of the models agree on the sign. "
    "◀ ▶ at a bar: some values lie beyond the colours. "
    "All numbers are simulated by this model unless marked published."
)
AT_THE_LIMIT = f"≥ {DEEPEST:g}"  # under the pointer, where it thaws as deep as is counted
DIVIDE = N_("RCP4.5 west, RCP8.5 east of °E")
EXPLAIN = N_("Explain this number")
LOST = N_(
    "The page has lost its server. It comes back by itself, with all that is chosen, as soon as "
    "the server answers again."
)
_WHEN = (N_("since the spin-up"), N_("since {first}"), N_("after {since}"))
SINCE = dict(zip(MOMENTS, _WHEN, strict=True))  # from when on edits hold, in words
PRINTED = {"SdNEP": "ΣΔNEP", "SOC_PF": N_("exposed")}  # by symbol in the table, as told
STALE = N_("stale")  # a what-if that was run with other edits than the panel shows
NOT_YET = N_("(not simulated yet)")
UNUSUAL = N_("beyond the literature")  # a what-if with a value that nobody has reported
PRESENT_BUTTONS = (
    N_("Flip (B)"),
    N_("Reset (R)"),
    N_("Story (S)"),
    N_("Full screen (F)"),
    N_("Keys (?)"),
    N_("Leave (P)"),
)
LABELLED = N_(
    "Simulated by this model. Climate reconstructed from published figures, not GCM output."
)
LABELLED_PREPARED = N_("Simulated by this model. Climate from files: {title}.")
KEYS_TITLE = N_("Keys")
KEYS = {  # what each does
    N_("← →"): N_("year before, year after; in the story: step before, next step"),
    N_("Tab to a map, arrows"): N_("go from cell to cell; Enter chooses it, Escape lets go"),
    N_("Page up, Page down"): N_("step before, next step of the story"),
    N_("Space"): N_("play the years, or stop"),
    "B": N_("flip between Baseline and what-if"),
    "R": N_("reset: take all changes back; in the story: the step as it is told"),
    "F": N_("full screen"),
    "P": N_("present, or leave that"),
    "S": N_("tell the story, or leave it"),
    "Ctrl+Z, Ctrl+Shift+Z": N_("undo, redo a change"),
    "?": N_("this list"),
}
# for those who listen: of a slider, of a map and of the cell where the cursor is
SLIDER_SPOKEN = N_("{name}, {value}, baseline {baseline}")
MAP_SPOKEN = N_(
    "Map of {what}. Arrow keys go from cell to cell, Enter chooses a cell, Escape goes back to "
    "the region."
)
CELL_SPOKEN = N_("{ecosystem}, {lat}° N, {lon}° E. {what}: {value}.")
NO_CELL = N_("No cell further that way.")
NUMBERS_OF = N_("Numbers: {what}")
BASELINE_RUN, WHAT_IF_RUN = N_("Baseline {run}"), N_("What-if {run}")  # a curve
# of the chart that is presented: what it shows, and its curves
GAIN = N_("Carbon gained or lost by thaw")
TUG = N_("What thaw adds")
EFFECT = N_("{quantity}, effect of thaw")
BAND = N_("Shaded: range of {models}. Upright line: year of the map.")
EACH = N_("One line a climate model. Upright line: year of the map.")
WITH_THAW, WITHOUT_THAW = N_("With thaw"), N_("Thaw as in {since}")
ALL_THAW, MEAN, WHAT_IF_CURVE = N_("Baseline"), N_("Mean"), N_("What-if")
TUG_CURVES = {"npp": N_("Plants: ΔNPP"), "rh": N_("Soil: ΔRH")}
TUG_CHANGED = {"npp": N_("ΔNPP, what-if"), "rh": N_("ΔRH, what-if")}


def label() -> str:
    """Return where the climate comes from."""
    return say(domain.either(LABEL, PREPARED), title=domain.title())


def labelled() -> str:
    """Return who simulated what is shown, and where the climate comes from."""
    return say(domain.either(LABELLED, LABELLED_PREPARED), title=domain.title())


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
        name = say(
            "the {ecosystem} cell at {lat}° N, {lon}° E",
            ecosystem=say(str(here.ecosystem.values)),
            lat=f"{float(here.lat):.2f}",
            lon=f"{float(here.lon):.2f}",
        )
        density = style.bound(style.unit("gC m-2"))
        return Place(name, group, cell, density, density)
    flux, stock = (style.bound(style.unit(unit)) for unit in ("TgC", "PgC"))
    return Place(_extent(group, cells), group, None, flux, stock)


def _extent(group, cells) -> str:
    """Return how an area, an ecosystem or the region is called inside a sentence."""
    kind = say(GROUPS[group])
    if cells is not None and group:
        return say_n(
            "the area of {count} {ecosystem} cell", "the area of {count} {ecosystem} cells",
            len(cells), ecosystem=kind,
        )  # fmt: skip
    if cells is not None:
        return say_n("the area of {count} cell", "the area of {count} cells", len(cells))
    if group:
        return say("the {ecosystem} ecosystem", ecosystem=kind)
    return say("the permafrost region")


def opening(text: str) -> str:
    """Return words as they open a line: without an article, with a capital."""
    text = text.removeprefix("the ")
    return f"{text[0].upper()}{text[1:]}"


def guide() -> str:
    """Return how to read the page, as HTML."""
    return say(GUIDE, since=REFERENCE_YEAR, agreed=f"{100 * AGREED:.0f}")


def since(moment: str) -> str:
    """Return from when on edits hold, in words."""
    return say(SINCE[moment], first=YEARS[0], since=REFERENCE_YEAR)


def holds_for(where: str, *, tapped=False) -> str:
    """Return for whom a change of parameters of *where* holds; *tapped*: as a tapped cell is."""
    if where == ALL:
        return say("One factor for all ecosystems.")
    if tapped:
        return say("For all {ecosystem} cells, as the tapped one.",
                   ecosystem=say(where))  # fmt: skip
    return say("For all {ecosystem} cells.", ecosystem=say(where))


def except_for(edits, name: str, where: str) -> str:
    """Return in whom a slider of all ecosystems does not hold; nothing where it holds in all."""
    found = apart(edits, name) if where == ALL else ()
    if not found:
        return ""
    if len(found) == 1:
        return say("except {ecosystem}", ecosystem=say(found[0]))
    return say("except {count} ecosystems", count=len(found))


def extent(selection) -> str:
    """Return how large what *selection* looks at is."""
    weights, state, cells = selection.library.weights, selection.state, selection.cells()
    if state.cell is not None:
        cells = [state.cell]
    if cells is None:
        size = f"{weights.extent[state.group] / 1e12:.2f}"
        return style.bound(say("{size} million km²", size=size))
    return style.bound(f"{style.grouped(weights.area[cells, 0].sum() / 1e6)} km²")


def models(state, count: int) -> str:
    """Return how many climate models stand behind a number."""
    if len(state.gcms) == 1:
        return say("{gcm} only, so no range", gcm=state.gcm)
    if count < len(GCMS):
        return say("{count} of {total} climate models so far", count=count, total=len(GCMS))
    return say("{count} climate models", count=count)


def band(state, count: int) -> str:
    """Return what is to be known of the chart that is presented."""
    if state.lines == "models" or count == 1:
        return say(EACH)
    return say(BAND, models=models(state, count))


def counted(count: int, what: str) -> str:
    """Return so many of something, in words."""
    return f"{count} {what}{'s' * (count != 1)}"


def headline(state, where: Place, gains) -> str:
    """Return the sentence about ΣΔNEP; *gains*: one number a climate model."""
    if state.year <= REFERENCE_YEAR:
        return say(
            "Until {since} the runs with and without thaw (S_T, S_R) are one; "
            "choose a later year to see what thaw changes in {place}.",
            since=REFERENCE_YEAR, place=where.name,
        )  # fmt: skip
    gains = np.asarray(gains, float)
    mean, low, high = gains.mean(), gains.min(), gains.max()
    average, least, most = style.alike(mean, low, high)
    span = models(state, gains.size)
    if gains.size > 1:
        ends = {"low": least, "high": most}
        span = say("{low} to {high} across {models}", models=span, **ends)
    told = {
        "rcp": RCP_NAMES[state.rcp], "year": state.year, "since": REFERENCE_YEAR,
        "place": where.name, "unit": where.unit, "span": span,
    }  # fmt: skip
    if low <= 0 <= high:
        return say(
            "Under {rcp}, by {year}, thaw since {since} brings {place} no clear gain or loss of "
            "carbon (ΣΔNEP {mean} {unit} on average; {span}).",
            mean=average, **told,
        )  # fmt: skip
    if mean < 0:
        return say(
            "Under {rcp}, by {year}, thaw since {since} costs {size} {unit} of carbon uptake "
            "in {place} (ΣΔNEP; {span}).",
            size=average.removeprefix("−"), **told,
        )  # fmt: skip
    return say(
        "Under {rcp}, by {year}, thaw since {since} brings {size} {unit} of carbon uptake "
        "to {place} (ΣΔNEP; {span}).",
        size=average, **told,
    )  # fmt: skip


def of_what_if(state, gains) -> bool:
    """Return whether the headline is about the what-if: where the maps show it or what it moves.

    *gains*: as `Selection.gains` returns them.
    """
    return state.shown != "Baseline" and bool(gains[1])


def headlined(selection, gains) -> str:
    """Return the headline of what is shown; where anything is changed, it says of which it is.

    *gains*: those of *selection*.
    """
    state = selection.state
    changed = of_what_if(state, gains)
    said = headline(state, selection.place, gains[changed])
    if not gains[1] or state.year <= REFERENCE_YEAR:
        return said
    if not changed:
        return of_baseline(said)
    whose = listed(opening(called(selection.change())), *map(brief, selection.marks_told()))
    return say("{whose}: {said}", whose=whose, said=said)


def of_baseline(said: str) -> str:
    """Return what is *said*, as that of the Baseline."""
    return say("{whose}: {said}", whose=say("Baseline"), said=said)


def brief(mark: str) -> str:
    """Return a mark of a what-if without its details, inside a sentence."""
    return re.split("[:：]", mark)[0].lower()


def exposed(where: Place, amounts) -> str:
    """Return how much soil carbon thaw has exposed; *amounts*: net of refreezing, gains only."""
    told = {"unit": where.stock, "since": REFERENCE_YEAR}
    if amounts[0] < 0:
        return say(
            "Frost has taken back {lost} {unit} of soil carbon since {since}.",
            lost=style.number(-amounts[0]), **told,
        )  # fmt: skip
    net, gains = (style.number(amount) for amount in amounts)
    return say(
        "Thaw has exposed {net} {unit} of soil carbon since {since} "
        "({gains} if a layer counts each time it thaws).",
        net=net, gains=gains, **told,
    )  # fmt: skip


def before_thaw(symbol: str, *, brief=False) -> str:
    """Return the title of an effect of thaw in a year that has none yet; `{year}` stands for it."""
    told = {"symbol": symbol, "year": "{year}", "first": REFERENCE_YEAR + 1}
    if brief:
        return say("{symbol} {year}: 0 before {first}", **told)
    return say("{symbol} {year}: 0, thaw counts from {first} on", **told)


def deeper(share: float, cell: int | None) -> str:
    """Return how much of a place thaws deeper than is counted; nothing if none does."""
    if not share:
        return ""
    told = {"share": style.number(100 * share), "depth": f"{DEEPEST:g}", "year": YEARS[-1]}
    if cell is not None:
        return say("{share} % of models ≥ {depth} m by {year}", **told)
    return say("{share} % of the area ≥ {depth} m by {year}", **told)


def divided(divide: float) -> str:
    """Return where which scenario is shown; *divide*: degrees east."""
    west, east = RCP_NAMES.values()
    told = {"west": west, "east": east, "divide": f"{divide:g}"}
    return say("{west} west of {divide}° E, {east} east of it", **told)


def on_map(what: str, variable: str) -> str:
    """Return *what* a map shows, and to which depth an active layer is counted."""
    if variable != "alt":
        return what
    return listed(what, say("counted to {depth} m", depth=f"{DEEPEST:g}"))


def preview(job, step: float) -> str:
    """Return what the preview of a what-if is of; *step*: width of the cells in degrees."""
    gcms = listed(*job.preview)
    if job.previewed == job.cells:
        return say("Preview: {gcms} only", gcms=gcms)
    return say(
        "Preview: {gcms} only, {count} of {cells} cells of {step}°",
        gcms=gcms, count=job.previewed, cells=job.cells, step=f"{step:g}",
    )  # fmt: skip


def called(change) -> str:
    """Return what a what-if is called inside a sentence."""
    return say("what-if") if change.offsets == NO_OFFSETS else say("climate what-if")


def climate(offsets) -> str:
    """Return what *offsets* add, and from when on; nothing if they add nothing."""
    air, co2 = style.signed(offsets.warming), style.signed(offsets.co2)
    found = listed(
        offsets.warming and say("air {change} K", change=air),
        offsets.precipitation != 1
        and say("precipitation ×{factor}", factor=f"{offsets.precipitation:.4g}"),
        offsets.co2 and say("CO₂ {change} ppm", change=co2),
    )
    return found and say("{changes} from {year} on", changes=found, year=REFERENCE_YEAR + 1)


def climate_cost(seconds: float, climates: int) -> str:
    """Return how long a change of the climate takes; *seconds* as measured, for so many GCMs."""
    return say_n(
        "A warmer or wetter climate reruns heat, thaw and water of the region first: about "
        "{seconds} s for {count} climate. More CO₂ alone does not.",
        "A warmer or wetter climate reruns heat, thaw and water of the region first: about "
        "{seconds} s for {count} climates. More CO₂ alone does not.",
        climates, seconds=style.rough(seconds),
    )  # fmt: skip


def what_if(where: Place, baseline, changed, change, marks=()) -> str:
    """Return how the what-if compares with the Baseline, over the same climate models."""
    old, new = float(np.mean(baseline)), float(np.mean(changed))
    moment = since(change.since) if change.edits else ""
    when = listed(moment, climate(change.offsets), *map(brief, marks))
    told = {
        "when": when, "new": style.number(new), "old": style.number(old), "unit": where.unit,
        "change": style.signed(new - old),
    }  # fmt: skip
    if change.offsets == NO_OFFSETS:
        return say(
            "What-if ({when}): {new} {unit}; Baseline: {old} {unit}; difference {change} {unit}.",
            **told,
        )
    return say(
        "Climate what-if ({when}): {new} {unit}; Baseline: {old} {unit}; difference {change} "
        "{unit}.",
        **told,
    )


def printed(state, wanted=tuple(PRINTED)) -> str:
    """Return what the study prints for the quantities *wanted*, or nothing."""
    if state.cell is not None or state.area or state.year != YEARS[-1]:
        return ""
    found = [_printed(symbol, PRINTED[symbol], state) for symbol in wanted]
    said = say("; ").join(filter(None, found))
    return said and say("Published (Liu et al.): {numbers}.", numbers=said)


def _printed(symbol, name, state) -> str:
    kinds, rows = None if state.ecosystem == ALL else (state.ecosystem,), published()
    asked = (rows.symbol == symbol) & (rows.scenario == RCP_NAMES[state.rcp])
    for row_name, row in rows[asked].iterrows():
        if REGIONS[row.region] == kinds:
            number = scorewords.published(printed_as(row_name, rows))
            told = style.bound(f"{number} {scorewords.unit(row.unit)}")
            return say(
                "{name} {number} ({where})",
                name=say(name), number=told, where=scorewords.source(row),
            )  # fmt: skip
    return ""


def nothing_yet(library) -> str:
    """Return what to say where there is no result to tell of."""
    if library.opened is not None:
        return say("The file that was opened has no such climate.")
    return say("The first results are on their way.")


def reach(values) -> str:
    """Return the least and the greatest of *values*, in words."""
    known = np.asarray(values)[np.isfinite(values)]
    if not known.size:
        return say(NOT_YET)
    return say("{low} to {high}", low=style.number(known.min()), high=style.number(known.max()))


def course(title: str, curves) -> str:
    """Return in one line where *curves* [year], by name, start and end."""
    found = []
    for name, values in curves.items():
        years = np.flatnonzero(np.isfinite(values))
        if years.size:
            start, end = (style.number(values[at]) for at in (years[0], years[-1]))
            first, last = (YEARS[at] for at in (years[0], years[-1]))
            told = {"start": start, "first": first, "end": end, "last": last}
            found.append(
                say("{name} from {start} in {first} to {end} in {last}", name=name, **told)
            )
    return _line(title, found or [say(NOT_YET)])


def amounts(title: str, numbers) -> str:
    """Return *numbers*, texts by name, in one line."""
    return _line(title, [f"{name} {number}" for name, number in numbers.items()])


def _line(title, parts):
    return say("{title}: {told}.", title=title, told=say("; ").join(parts))


def progress(library) -> str:
    """Return how far the climates are, in plain words."""
    if library.opened is not None:
        return library.told()
    total, ready = len(library.climates), library.ready
    failed = [c for c in library.climates.values() if c.failed]
    if failed:
        return say(
            "{climate} could not be simulated: {fault}",
            climate=failed[0].name, fault=failed[0].failed,
        )  # fmt: skip
    if ready == total:
        return say(
            "All {total} climates are ready ({cells} cells of {step}°).",
            total=total, cells=library.region.sizes["cell"], step=f"{library.grid.step:g}",
        )  # fmt: skip
    if library.compiling:
        return say(
            "Preparing the model: it is compiled once on this computer, which takes about half "
            "a minute."
        )
    now = library.working
    if now is None:
        return say("Starting …")
    return say(
        "Simulating climate {number} of {total} ({climate}): {stage}, {done} %. "
        "The page can be used meanwhile.",
        number=ready + 1, total=total, climate=now.name, stage=say(now.stage),
        done=f"{100 * now.fraction:.0f}",
    )  # fmt: skip


def busy(number: int, places: int) -> str:
    """Return what is said to one who waits for a place; *number*: among those that wait."""
    return say_n(
        "Busy: {count} page is open, as many as this server holds. You are number {number} of "
        "those that wait; the page opens by itself.",
        "Busy: {count} pages are open, as many as this server holds. You are number {number} of "
        "those that wait; the page opens by itself.",
        places,
        number=number,
    )


def region_run(state, job, selection) -> str:
    """Return how the what-if of the region stands; *job* is the one that runs, or None."""
    if job is not None and job.waiting:
        if not job.ahead:
            return say("Starting …")
        return say(
            "Busy: your what-if of the region is number {place} of those that wait …",
            place=job.ahead,
        )
    if job is not None:
        return _running(job)
    if not state.change:
        return ""
    if not selection.what_if():
        return say("The region is not rerun with these edits yet.")
    if selection.stale():
        return say("The what-if shown for the region is stale: run it again.")
    job = selection.region_run
    if not job.results:
        return say("The preview is all there is of the region: run it again.")
    told = unrested(job.unrested, job.cells, len(job.gcms))
    return sentences(say("The region is up to date with these edits."), told)


def _running(job) -> str:
    if not job.stage:
        return say_n(
            "Rerunning the region in {count} climate …",
            "Rerunning the region in {count} climates …",
            len(job.gcms),
        )
    return say_n(
        "Rerunning the region in {count} climate: {stage}, {done} % …",
        "Rerunning the region in {count} climates: {stage}, {done} % …",
        len(job.gcms), stage=say(job.stage), done=f"{100 * job.fraction:.0f}",
    )  # fmt: skip


def unrested(count: int, cells: int, climates: int) -> str:
    """Return how many cells had no equilibrium to start from; nothing if all had."""
    if not count:
        return ""
    if climates == 1:
        return say(
            "{count} of {cells} cells did not come to rest under these parameters.",
            count=count, cells=cells,
        )  # fmt: skip
    return say(
        "{count} of {climates} × {cells} cells did not come to rest under these parameters.",
        count=count, climates=climates, cells=cells,
    )  # fmt: skip


def unrested_cell(run) -> str:
    """Return under how many climates the tapped cell had no equilibrium; nothing if in none."""
    if not run.unrested:
        return ""
    if len(run.curves) == 1:
        return say("The cell did not come to rest under these parameters.")
    return say(
        "The cell did not come to rest under these parameters in {count} of {climates} climates.",
        count=run.unrested, climates=len(run.curves),
    )  # fmt: skip


def far_from_usual(edits) -> tuple[str, ...]:
    """Return the mark of a what-if that leaves the literature's range, if it does."""
    return (say(UNUSUAL),) if unusual(edits) else ()


def unusual(edits) -> str:
    """Return a sentence about edited values outside the range found in the literature."""
    found, sets = [], tem.edited(edits) if edits else {}
    for edit in map(parsed, edits):
        about = FIELDS[edit.name].about
        for where in ECOSYSTEMS if edit.where == ALL else (edit.where,):
            value = getattr(sets[where], edit.name)
            if about.usual and not about.usual[0] <= value <= about.usual[1]:
                low, high = (f"{end:g}" for end in about.usual)
                found.append(
                    say(
                        "{ecosystem} {symbol} = {value} (usual: {low} to {high})",
                        ecosystem=say(where), symbol=about.symbol, value=f"{value:.4g}",
                        low=low, high=high,
                    )
                )  # fmt: skip
    if not found:
        return ""
    if len(found) == 1:
        return say("Outside the literature's range: {value}.", value=found[0])
    return say(
        "Outside the literature's range: {value} and {count} more.",
        value=found[0], count=len(found) - 1,
    )  # fmt: skip
