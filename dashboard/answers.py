"""What the answers to `questions` say, in sentences and tables. Plain text and HTML; no Panel."""

import html
from math import ceil, floor, log10

import numpy as np

from dashboard import style
from dashboard.glossary import marked
from dashboard.questions import Tornado
from dashboard.runs import RCP_NAMES
from dashboard.state import GROUPS
from dashboard.terms import cause, factor, measured, number, parameter, short, unit_of, within
from dashboard.words import climate, counted
from data import GCMS, RCPS
from tem.explain import ORDERS
from tem.summary import THAW

MINUTES = 90.0  # s from which on minutes are counted
SIMULATED = "Simulated by this model."
THROUGH = "A warmer or wetter climate acts through warmth, moisture and the depth of thaw."
SAYS = {
    "mean": "half of what a cause does alone, half of what is missing without it",
    "first": "what each cause does when it acts alone",
    "last": "by how much the change is smaller without each cause",
}


def where(question, place) -> str:
    """Return what an answer is about: the place, the scenario and the climate models."""
    models = question.where.gcms
    count = models[0] if len(models) == 1 else f"{len(models)} climate models"
    return f"{place.name} ({RCP_NAMES[question.where.rcp]}, {count})"


def lasting(seconds: float) -> str:
    """Return how long something takes, in words."""
    if seconds < 1:
        return "less than a second"
    if seconds < MINUTES:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes"


def estimate(question, library) -> str:
    """Return how many runs an answer takes, and how long."""
    seconds = max(1.0, library.analyses.seconds(question))
    return f"{_runs(question, library)}, about {lasting(seconds)}"


def took(study, library) -> str:
    """Return what an answer has taken."""
    return f"{SIMULATED} {_runs(study.question, library)} took {lasting(study.seconds)}."


def _runs(question, library) -> str:
    runs, cells = question.size(library)
    return f"{counted(runs, 'run')} of {counted(cells, 'cell')}"


# --- explain -------------------------------------------------------------------------------------


def explained(question, parts, order: str, place) -> tuple[str, str]:
    """Return the explanation as HTML: sentences, and tables by cause and by ecosystem."""
    at = ORDERS.index(order)
    npp, rh, nep = (parts.values[name][at] for name in ("npp", "rh", "nep"))
    unit = style.bound(style.unit(parts.unit))
    total = [float(one[:, 0].sum()) for one in (nep, npp, rh)]
    sums = " ".join(
        f"{'+' if value >= 0 else '−'} {style.number(abs(value))} {cause(name)}"
        for name, value in zip(parts.causes, nep[:, 0].tolist(), strict=True)
    ).removeprefix("+ ")
    offsets = climate(question.change.offsets)
    said = [
        f"{number(question)}, {where(question, place)}{offsets and f': {offsets}'}.",
        (
            f"ΔNEP {style.signed(total[0])} = ΔNPP ({style.signed(total[1])}) − ΔRH "
            f"({style.signed(total[2])}) {unit}."
        ),
        f"By cause: {sums} = {style.signed(total[0])} {unit} ({SAYS[order]}).",
    ]
    if THAW in parts.causes:
        said.append(THROUGH)
    if len(parts.gcms) < len(question.where.gcms):
        said.append(f"So far: {len(parts.gcms)} of {len(question.where.gcms)} climate models.")
    heads = ("Cause", "ΔNPP", "−ΔRH", f"ΔNEP ({unit})")
    rows = [
        (cause(name), *map(style.signed, (npp[k, 0], -rh[k, 0], nep[k, 0])))
        for k, name in enumerate(parts.causes)
    ]
    rows.append(("all", *map(style.signed, (total[1], -total[2], total[0]))))
    more = _by_ecosystem(parts, nep, unit) if len(parts.columns) > 1 else ""
    return paragraphs(said), table(heads, rows) + more


def _by_ecosystem(parts, nep, unit) -> str:
    heads = (f"ΔNEP ({unit})", *map(short, parts.causes), "all")
    order = [*range(1, len(parts.columns)), 0]
    rows = [
        (
            GROUPS[parts.columns[k]] if k else "all ecosystems",
            *map(style.signed, (*nep[:, k], nep[:, k].sum())),
        )
        for k in order
    ]
    return table(heads, rows)


def paragraphs(said) -> str:
    """Return sentences as HTML, their symbols with what they mean."""
    return "".join(f"<p>{marked(html.escape(one))}</p>" for one in said)


def table(heads, rows) -> str:
    """Return an HTML table; the last of *rows* is their total."""
    head = "".join(f"<th scope='col'>{html.escape(one)}</th>" for one in heads)
    lines = [
        f"<th scope='row'>{html.escape(first)}</th>"
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in rest)
        for first, *rest in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines[:-1])
    return marked(
        f"<table class='parts'><thead><tr>{head}</tr></thead><tbody>{body}"
        f"<tr class='total'>{lines[-1]}</tr></tbody></table>"
    )


# --- tornado -------------------------------------------------------------------------------------


def tornado(question: Tornado, bars, place) -> tuple[str, str]:
    """Return the sentences about a tornado as HTML, and nothing more."""
    unit = style.bound(style.unit(bars.unit))
    said = [
        (
            f"{measured(question.measure)}, {where(question, place)}: without change "
            f"{style.number(bars.value)} {unit}. "
            f"Each parameter is moved {within(question.change)} in all ecosystems at once, "
            "all others stay as in the Baseline."
        ),
        "Click an end of a bar to set that slider.",
    ]
    if _few(bars):
        said.append(_thinned(bars, unit))
    return paragraphs(said), ""


def _few(found) -> str:
    """Return how many cells stand for how many, if not each for itself."""
    return f"{found.cells} cells stand for {found.stand_for}." * (found.stand_for > found.cells)


def _thinned(bars, unit) -> str:
    errors = [max(one.error_low, one.error_high) for one in bars.bars]
    lengths = f"; of the lengths of the bars at most {style.number(max(errors))} {unit}"
    return (
        f"{_few(bars)} Standard error of that: of the value "
        f"without change {style.number(bars.error)} {unit}{lengths if errors else ''}."
    )


def length(change: float, error: float, unit: str) -> str:
    """Return how far a bar reaches from the line, with its error if there is one."""
    size = style.spread(change, error) if error else style.number(change)
    return f"{'+' * (change > 0)}{size} {unit}".strip()


# --- shares --------------------------------------------------------------------------------------


def shares(question, found, place) -> tuple[str, str]:
    """Return what the spread of a number is made of, as HTML: sentences, and a table."""
    unit = style.bound(style.unit(found.unit))
    low, mean, high = map(style.number, (found.low, found.mean, found.high))
    spread = f"from {low} to {high} {unit}, mean {mean}" if found.shares else f"{mean} {unit}"
    said = [
        (
            f"{measured(question.measure)}, {place.name}: {spread}, "
            f"over {len(RCPS)} scenarios, {len(GCMS)} climate models and "
            f"{question.sets} sets of parameters, each moved {within(question.change)} "
            "(Latin hypercube)."
        ),
        *filter(None, [_few(found)]),
    ]
    if not found.shares:
        return paragraphs([*said, "Nothing varies here, so there is no variance to share."]), ""
    said.append(
        "These are shares of the members there are: two scenarios and "
        f"{counted(len(GCMS), 'climate model')} say little of those that are not here."
    )
    rows = [(factor(part), f"{100 * share:.1f} %") for part, share in found.shares.items()]
    rows.append(("all", f"{100 * sum(found.shares.values()):.1f} %"))
    return paragraphs(said), table(("Part", "Share of variance"), rows)


# --- threshold -----------------------------------------------------------------------------------


def threshold(question, found, place) -> tuple[str, str]:
    """Return where a place turns from sink to source, as HTML: sentences, and a table."""
    crossing, unit = found.crossing, style.bound(style.unit(found.unit))
    ends = " and ".join(map(style.signed, (crossing.at_low, crossing.at_high)))
    (first, last), measure = question.span[1:3], question.measure
    what = parameter(question.span.name)
    years = f"mean of {measure.first}–{measure.last}"
    about, at = where(question, place), _valued(question, crossing)
    if crossing.found:
        turns = "from sink to source" if crossing.at_low >= 0 else "from source to sink"
        said = [
            (
                f"{about} turns {turns} between {at(crossing.low)} and "
                f"{at(crossing.high)} ({what}): NEP ({years}) is "
                f"{ends} {unit} there."
            )
        ]
    else:
        kind = "a sink" if crossing.at_low >= 0 else "a source"
        said = [
            (
                f"No crossing in range: {about} is {kind} from {at(first)} to "
                f"{at(last)} ({what}); NEP ({years}) is {ends} {unit} at the ends."
            )
        ]
    if crossing.more:
        said.append(f"It changes its sign {crossing.more} times more above; this is the first.")
    said += filter(None, [_few(found)])
    said[0] = said[0][0].upper() + said[0][1:]
    heads = (what, f"NEP ({unit})")
    rows = [(at(value), style.signed(out)) for value, out in crossing.tried.items()]
    return paragraphs(said), table(heads, rows).replace("<tr class='total'>", "<tr>")


def _valued(question, crossing):
    """Return what writes a value of what is moved, so that no two that were run look the same."""
    scales, unit = question.span.scales, unit_of(question)
    decimals = max(0, ceil(-log10(np.diff(list(crossing.tried)).min() / 2)))

    def at(value: float) -> str:
        before = floor(log10(abs(value))) + 1 if value else 0
        text = f"{value:.{max(before + decimals, 1)}g}"
        return f"×{text}" if scales else style.bound(f"{text} {unit}".strip())

    return at
