"""What the answers to `questions` say, in sentences and tables. Plain text and HTML; no Panel."""

import html

from dashboard import style
from dashboard.glossary import marked
from dashboard.questions import Causes, Tornado
from dashboard.results import DECLARED
from dashboard.runs import RCP_NAMES
from dashboard.state import CHOICES, GROUPS
from dashboard.words import counted
from data import GCMS, RCPS
from tem.environment import REFERENCE_YEAR
from tem.explain import ORDERS
from tem.parameters import FIELDS
from tem.sensitivity import USUAL
from tem.summary import THAW

MINUTES = 90.0  # s from which on minutes are counted
SIMULATED = "Simulated by this model."
CAUSES = {
    "carbon": "soil carbon that thaw exposes",
    "nitrogen": "nitrogen that thaw exposes",
    "warmth": "warmth (with light, leaf and frost)",
    "moisture": "moisture",
    "co2": "CO₂",
    "thaw": "depth of thaw",
    "legacy": "legacy (pools not at rest, weather)",
    "residual": "residual (interactions)",
}
NUMBERS = {
    "summed": "Effect of thaw since 2020, summed (ΣΔNEP)",
    "thaw": "Effect of thaw in the year",
    "change": f"Change of S_T, ten years to the year − 2011–{REFERENCE_YEAR}",
    "edits": "What-if − Baseline, S_T in the year",
    "edits-summed": "What-if − Baseline of ΣΔNEP",
}
ORDER = {
    "mean": "mean of both",
    "first": "acting alone",
    "last": "missing without it",
}
ANALYSES = {
    "explain": "Explain the number",
    "tornado": "Tornado",
    "shares": "Shares of variance",
    "threshold": "Threshold",
}
RUNS = {THAW: "Effect of thaw, S_T − S_R", "S_T": "S_T, with thaw", "S_R": "S_R, thaw held at 2020"}
RANGES = {"tenth": "± 10 % of the value", "usual": "Range in the literature"}
FACTORS = {
    "rcp": f"scenario ({len(RCPS)})",
    "gcm": f"climate model ({len(GCMS)})",
    "parameters": "parameters",
}
SAYS = {
    "mean": "half of what a cause does alone, half of what is missing without it",
    "first": "what each cause does when it acts alone",
    "last": "by how much the change is smaller without each cause",
}


def output(name: str) -> str:
    """Return the name of an output of tornado and shares."""
    if name == "nep-summed":
        return "NEP, summed since 2020"
    about = DECLARED[name].about
    return f"{about.symbol} · {about.label}"


OUTPUTS = {name: output(name) for name in CHOICES["output"]}


def parameter(name: str) -> str:
    """Return the name of what is moved to find a threshold."""
    if name == "warming":
        return "Warming of the air after 2020, on top of the scenario"
    about = FIELDS[name].about
    return f"{about.symbol} · {about.label}"


def cause(name: str) -> str:
    """Return a cause in words."""
    return CAUSES.get(name) or parameter(name)


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


def number(question: Causes) -> str:
    """Return what is explained, in words."""
    first, last = question.years
    return {
        "summed": f"Effect of thaw on NEP, summed over {first}–{last}",
        "thaw": f"Effect of thaw on NEP in {last}",
        "change": f"Change of NEP (S_T), mean of {first}–{last} less that of 2011–{REFERENCE_YEAR}",
        "edits": f"NEP (S_T) of the what-if less the Baseline in {last}",
        "edits-summed": f"ΣΔNEP of {first}–{last}, what-if less Baseline",
    }[question.number]


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
    said = [
        f"{number(question)}, {where(question, place)}.",
        (
            f"ΔNEP {style.signed(total[0])} = ΔNPP ({style.signed(total[1])}) − ΔRH "
            f"({style.signed(total[2])}) {unit}."
        ),
        f"By cause: {sums} = {style.signed(total[0])} {unit} ({SAYS[order]}).",
    ]
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
    heads = (f"ΔNEP ({unit})", *(cause(name).split(" (")[0] for name in parts.causes), "all")
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


def measured(measure) -> str:
    """Return what a measure is, in words."""
    about = DECLARED[measure.variable].about
    run = {THAW: "S_T − S_R"}.get(measure.run, measure.run)
    years = f"{measure.first}–{measure.last}" if measure.first < measure.last else measure.last
    if measure.over == "sum":
        return f"{about.symbol} ({run}), summed over {years}"
    return f"{about.symbol} ({run}) {'in' if measure.first == measure.last else 'mean of'} {years}"


def within(change) -> str:
    """Return how far parameters are taken, in words."""
    return "over its range in the literature" if change == USUAL else f"by ± {change:.0%}"


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
    if bars.stand_for > bars.cells:
        said.append(_thinned(bars, unit))
    return paragraphs(said), ""


def _thinned(bars, unit) -> str:
    errors = [max(one.error_low, one.error_high) for one in bars.bars]
    ends = f"; of the ends of bars at most {style.number(max(errors))}" if errors else ""
    return (
        f"{bars.cells} cells stand for {bars.stand_for}. Standard error of that: of the value "
        f"without change {style.number(bars.error)} {unit}{ends}."
    )


def end(edit: str) -> str:
    """Return an edit as an end of a bar is called: ×0.9, or =0.6 with its unit."""
    name, value = edit.split("=")
    size = style.bound(f"{float(value):.4g}")
    if name.endswith("*"):
        return f"×{size}"
    return f"{size} {style.unit(FIELDS[name].unit)}".strip()


# --- shares --------------------------------------------------------------------------------------


def factor(part: str) -> str:
    """Return a factor, or an interaction of several, in words."""
    return " × ".join(FACTORS[one].split(" (")[0] for one in part.split(" × "))


def shares(question, found, place) -> tuple[str, str]:
    """Return what the spread of a number is made of, as HTML: sentences, and a table."""
    unit = style.bound(style.unit(found.unit))
    low, mean, high = map(style.number, (found.low, found.mean, found.high))
    said = [
        (
            f"{measured(question.measure)}, {place.name}: from {low} to {high} {unit}, "
            f"mean {mean}, over {len(RCPS)} scenarios, {len(GCMS)} climate models and "
            f"{question.sets} sets of parameters, each moved {within(question.change)} "
            "(Latin hypercube)."
        ),
        (
            "These are shares of the members there are: two scenarios and four climate models say "
            "little of those that are not here."
        ),
    ]
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
    about = where(question, place)
    if crossing.found:
        turns = "from sink to source" if crossing.at_low >= 0 else "from source to sink"
        said = [
            (
                f"{about} turns {turns} between {_at(question, crossing.low)} and "
                f"{_at(question, crossing.high)} ({what}): NEP ({years}) is "
                f"{ends} {unit} there."
            )
        ]
    else:
        kind = "a sink" if crossing.at_low >= 0 else "a source"
        said = [
            (
                f"No crossing in range: {about} is {kind} from {_at(question, first)} to "
                f"{_at(question, last)} ({what}); NEP ({years}) is {ends} {unit} at the ends."
            )
        ]
    if crossing.more:
        said.append(f"It changes its sign {crossing.more} times more above; this is the first.")
    if found.stand_for > found.cells:
        said.append(f"{found.cells} cells stand for {found.stand_for}.")
    said[0] = said[0][0].upper() + said[0][1:]
    heads = (what, f"NEP ({unit})")
    rows = [(_at(question, value), style.signed(out)) for value, out in crossing.tried.items()]
    return paragraphs(said), table(heads, rows).replace("<tr class='total'>", "<tr>")


def _at(question, value: float) -> str:
    """Return a value of what is moved, with its unit."""
    name = question.span.name
    if question.span.scales:
        return f"×{value:.3g}"
    unit = "K" if name == "warming" else style.unit(FIELDS[name].unit)
    return style.bound(f"{value:.3g} {unit}".strip())


def axis(question) -> str:
    """Return the title of the axis of a threshold."""
    name = question.span.name
    if question.span.scales:
        return f"{parameter(name)} (factor)"
    unit = "K" if name == "warming" else style.unit(FIELDS[name].unit)
    return f"{parameter(name)} ({unit})" if unit else parameter(name)
