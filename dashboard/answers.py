"""What the answers to `questions` say, in sentences and tables. Plain text and HTML; no Panel."""

import html
from math import ceil, floor, log10

import numpy as np

from dashboard import style
from dashboard.glossary import marked
from dashboard.language import N_, say, say_n, sentences
from dashboard.questions import Threshold, Tornado, Turning
from dashboard.runs import RCP_NAMES
from dashboard.state import GROUPS
from dashboard.terms import cause, factor, measured, number, parameter, short, unit_of, within
from dashboard.words import climate
from data import GCMS, RCPS
from tem.explain import ORDERS
from tem.summary import THAW

MINUTES = 90.0  # s from which on minutes are counted
SIMULATED = N_("Simulated by this model.")
ALL_GROUPS = N_("all ecosystems")
THROUGH = N_("A warmer or wetter climate acts through warmth, moisture and the depth of thaw.")
TURNS = {  # by whether the sign changes, and whether the low end is a sink
    (True, True): N_(
        "{about} turns from sink to source between {low} and {high} ({what}): NEP (mean of "
        "{first}–{last}) is {below} and {above} {unit} there."
    ),
    (True, False): N_(
        "{about} turns from source to sink between {low} and {high} ({what}): NEP (mean of "
        "{first}–{last}) is {below} and {above} {unit} there."
    ),
    (False, True): N_(
        "No crossing in range: {about} is a sink from {low} to {high} ({what}); NEP (mean of "
        "{first}–{last}) is {below} and {above} {unit} at the ends."
    ),
    (False, False): N_(
        "No crossing in range: {about} is a source from {low} to {high} ({what}); NEP (mean of "
        "{first}–{last}) is {below} and {above} {unit} at the ends."
    ),
}
SAYS = {
    "mean": N_("half of what a cause does alone, half of what is missing without it"),
    "first": N_("what each cause does when it acts alone"),
    "last": N_("by how much the change is smaller without each cause"),
}


def where(question, place) -> str:
    """Return what an answer is about: the place, the scenario and the climate models."""
    models = question.where.gcms
    count = models[0] if len(models) == 1 else say("{count} climate models", count=len(models))
    told = {"place": place.name, "rcp": RCP_NAMES[question.where.rcp]}
    return say("{place} ({rcp}, {models})", models=count, **told)


def lasting(seconds: float) -> str:
    """Return how long something takes, in words."""
    if seconds < 1:
        return say("less than a second")
    if seconds < MINUTES:
        return say("{count} s", count=f"{seconds:.0f}")
    return say("{count} minutes", count=f"{seconds / 60:.0f}")


def estimate(question, library) -> str:
    """Return how many runs an answer takes, and how long."""
    seconds = max(1.0, library.analyses.seconds(question))
    return say("{runs}, about {time}", runs=_runs(question, library), time=lasting(seconds))


def took(study, library) -> str:
    """Return what an answer has taken."""
    runs, time = _runs(study.question, library, study.answer), lasting(study.seconds)
    return sentences(say(SIMULATED), say("{runs} took {time}.", runs=runs, time=time))


def _runs(question, library, answer=None) -> str:
    runs, cells = question.size(library)
    each = say_n("{count} cell", "{count} cells", cells)
    if isinstance(answer, Turning):  # fewer where there is nothing to halve
        runs = 1 + len(answer.crossing.tried)
    elif isinstance(question, Threshold):
        return say("up to {count} runs of {cells}", count=runs, cells=each)
    return say_n("{count} run of {cells}", "{count} runs of {cells}", runs, cells=each)


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
    said = [
        _headed(number(question), where(question, place), climate(question.change.offsets)),
        (
            f"ΔNEP {style.signed(total[0])} = ΔNPP ({style.signed(total[1])}) − ΔRH "
            f"({style.signed(total[2])}) {unit}{say('.')}"
        ),
        say(
            "By cause: {sums} = {total} {unit} ({how}).",
            sums=sums,
            total=style.signed(total[0]),
            unit=unit,
            how=say(SAYS[order]),
        ),
    ]
    if THAW in parts.causes:
        said.append(say(THROUGH))
    ready, asked = len(parts.gcms), len(question.where.gcms)
    if ready < asked:
        said.append(say("So far: {count} of {total} climate models.", count=ready, total=asked))
    heads = (say("Cause"), "ΔNPP", "−ΔRH", f"ΔNEP ({unit})")
    rows = [
        (cause(name), *map(style.signed, (npp[k, 0], -rh[k, 0], nep[k, 0])))
        for k, name in enumerate(parts.causes)
    ]
    rows.append((say("all"), *map(style.signed, (total[1], -total[2], total[0]))))
    more = _by_ecosystem(parts, nep, unit) if len(parts.columns) > 1 else ""
    return paragraphs(said), table(heads, rows) + more


def _headed(what, about, offsets) -> str:
    """Return what is explained, and of which climate what-if."""
    if offsets:
        return say("{what}, {about}: {offsets}.", what=what, about=about, offsets=offsets)
    return say("{what}, {about}.", what=what, about=about)


def _by_ecosystem(parts, nep, unit) -> str:
    heads = (f"ΔNEP ({unit})", *map(short, parts.causes), say("all"))
    order = [*range(1, len(parts.columns)), 0]
    rows = [
        (
            say(GROUPS[parts.columns[k]] if k else ALL_GROUPS),
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


def tornado(question: Tornado, bars, place, most: int) -> tuple[str, str]:
    """Return the sentences about a tornado as HTML, and no more; *most*: bars that are drawn."""
    unit = style.bound(style.unit(bars.unit))
    said = [
        say(
            "{what}, {about}: without change {value} {unit}. Each parameter is moved {within} in "
            "all ecosystems at once, all others stay as in the Baseline.",
            what=measured(question.measure),
            about=where(question, place),
            value=style.number(bars.value),
            unit=unit,
            within=within(question.change),
        ),
        _order(bars, most),
    ]
    if _few(bars, question.where.gcms):
        said.append(_thinned(bars, question.where.gcms, unit))
    return paragraphs(said), ""


def _order(bars, most) -> str:
    """Return how bars are sorted, what clicking one does, and how many are left out."""
    told = say("Bars are sorted by their longer side; click an end of one to set that slider.")
    if len(bars.bars) <= most:
        return told
    left = say(
        "The {count} longest of {all} are drawn; the table below has all.",
        count=most, all=len(bars.bars),
    )  # fmt: skip
    return sentences(told, left)


def _few(found, gcms) -> str:
    """Return how many cells stand for how many, if not each for itself."""
    if found.stand_for <= found.cells:
        return ""
    told = {"count": found.cells, "all": found.stand_for}
    if len(gcms) == 1:
        return say("{count} cells stand for {all}.", **told)
    return say(
        "{count} cells stand for {all}, counted over the {climates} climate models.",
        climates=len(gcms), **told,
    )  # fmt: skip


def _thinned(bars, gcms, unit) -> str:
    errors = [max(one.error_low, one.error_high) for one in bars.bars]
    told = {"error": style.number(bars.error), "unit": unit}
    if not errors:
        error = say("Standard error of that: of the value without change {error} {unit}.", **told)
    else:
        error = say(
            "Standard error of that: of the value without change {error} {unit}; of the lengths "
            "of the bars at most {most} {unit}.",
            most=style.number(max(errors)),
            **told,
        )
    return sentences(_few(bars, gcms), error)


def length(change: float, error: float, unit: str) -> str:
    """Return how far a bar reaches from the line, with its error if there is one."""
    size = style.spread(change, error) if error else style.number(change)
    return f"{'+' * (change > 0)}{size} {unit}".strip()


# --- shares --------------------------------------------------------------------------------------


def shares(question, found, place) -> tuple[str, str]:
    """Return what the spread of a number is made of, as HTML: sentences, and a table."""
    unit = style.bound(style.unit(found.unit))
    low, mean, high = map(style.number, (found.low, found.mean, found.high))
    told = {"low": low, "mean": mean, "high": high, "unit": unit}
    spread = f"{mean} {unit}"
    if found.shares:
        spread = say("from {low} to {high} {unit}, mean {mean}", **told)
    said = [
        say(
            "{what}, {place}: {spread}, over {rcps} scenarios, {gcms} climate models and {sets} "
            "sets of parameters, each moved {within} (Latin hypercube).",
            what=measured(question.measure),
            place=place.name,
            spread=spread,
            rcps=len(RCPS),
            gcms=len(GCMS),
            sets=question.sets,
            within=within(question.change),
        ),
        *filter(None, [_few(found, question.where.gcms[:1])]),
    ]
    if not found.shares:
        none = say("Nothing varies here, so there is no variance to share.")
        return paragraphs([*said, none]), ""
    said.append(
        say(
            "These are shares of the members there are: two scenarios and {count} climate models "
            "say little of those that are not here.",
            count=len(GCMS),
        )
    )
    rows = [(factor(part), f"{100 * share:.1f} %") for part, share in found.shares.items()]
    rows.append((say("all"), f"{100 * sum(found.shares.values()):.1f} %"))
    return paragraphs(said), table((say("Part"), say("Share of variance")), rows)


# --- threshold -----------------------------------------------------------------------------------


def threshold(question, found, place) -> tuple[str, str]:
    """Return where a place turns from sink to source, as HTML: sentences, and a table."""
    crossing, unit = found.crossing, style.bound(style.unit(found.unit))
    (first, last), measure = question.span[1:3], question.measure
    what = parameter(question.span.name)
    at, ends = _valued(question, crossing), (crossing.low, crossing.high)
    if not crossing.found:
        ends = first, last
    low, high = map(at, ends)
    told = {
        "about": where(question, place), "low": low, "high": high, "what": what, "unit": unit,
        "first": measure.first, "last": measure.last,
        "below": style.signed(crossing.at_low), "above": style.signed(crossing.at_high),
    }  # fmt: skip
    text = say(TURNS[crossing.found, crossing.at_low >= 0], **told)
    said = [text[0].upper() + text[1:]]
    if crossing.more:
        said.append(
            say(
                "It changes its sign {count} times more above; this is the first.",
                count=crossing.more,
            )
        )
    said.append(say("All else stays as in the Baseline."))
    if _few(found, question.where.gcms):
        error = {"error": style.number(found.error), "unit": unit}
        told = say("Standard error of that: of NEP without change {error} {unit}.", **error)
        said.append(sentences(_few(found, question.where.gcms), told))
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
