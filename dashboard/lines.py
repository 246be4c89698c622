"""Results as lines of text for the terminal."""

import textwrap
from itertools import chain, combinations

import numpy as np
import xarray as xr

from dashboard import scorewords, style, words
from dashboard.account import SUMMARY
from dashboard.results import unrested
from tem.experiment import RUNS
from tem.parameters import FIELDS
from tem.sensitivity import OUTPUTS
from tem.summary import DECLARED

CORRELATED = 0.9  # from which two parameters cannot be told apart
NO_CHANGE = 0.0005  # share that would be printed as 0.0 %
WIDTH = 120  # columns of a terminal
INDENT = 6 * " "
LEAST_GAP = 1e-16  # g m-2; what is closer counts as this
SCORECARD = ("id", "verdict", "kind", "published", "this model", "off by")
COLUMNS = ("npp", "rh", "nep", "vegc", "soc", "soc_pf", "alt")  # of a cell's table


def effect_of_thaw(rcp, accounts) -> list[str]:
    """Return the effect of thaw on the region in the last year; mean ± sd over GCMs.

    *accounts*: the `Account` of each GCM under *rcp*.
    """
    last = xr.concat([one.effect for one in accounts], "gcm")
    rows = []
    for name, mark in SUMMARY.items():
        symbol = mark + DECLARED[name].about.symbol
        value = f"{float(last[name].mean()):.3f}"
        spread = f"± {float(last[name].std('gcm', ddof=1)):.3f}" if len(accounts) > 1 else ""
        unit = last[name].attrs["units"].replace("g", "gC", 1)
        rows.append((symbol, value, spread, unit))
    title = f"Effect of thaw (S_T - S_R) on the region under {rcp}, {int(last.year)}:"
    return [title, *aligned(rows)]


def closure(accounts) -> str:
    """Return how well carbon and nitrogen close, and whether a cell had no state at rest.

    *accounts*: one of the same region for each climate.
    """
    first, *_ = many = list(accounts)
    gap = max(LEAST_GAP, *(one.gap for one in many))
    within = 10.0 ** np.ceil(np.log10(gap))  # digits of a rounding error would say nothing
    closes = f"Carbon and nitrogen close to within {within:.0e} g m-2 in every cell."
    rest = words.unrested(sum(one.unrested for one in many), first.cells, len(many))
    return f"{closes} {rest}".strip()


def parameters(table) -> list[str]:
    """Return where changed parameters come from; *table*: a `parameter_table.Table`, or None."""
    if table is None:
        return []
    unused = ", ".join(f"[site.{name}]" for name in table.site)
    names = ", ".join(table.ecosystem)
    aside = f" ({unused} not used: what is fitted at a site holds there)" if unused else ""
    return [f"Parameters of {names} from {table.path}{aside}."]


def aligned(rows, *, left=False) -> list[str]:
    """Return rows of words as lines with columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    side = "<" if left else ">"
    shape = "  ".join(f"{{:{side}{width}}}" for width in widths)
    return [shape.format(*row).rstrip() for row in rows]


def table(yearly) -> list[str]:
    """Return the years of a cell: the main quantities in S_T and S_R side by side."""
    columns = [(name, run) for name in COLUMNS for run in RUNS]
    rows = [
        ("", *(DECLARED[name].about.symbol for name, _ in columns)),
        ("", *(DECLARED[name].unit for name, _ in columns)),
        ("year", *(run for _, run in columns)),
    ]
    for year in yearly.year.values:
        now = yearly.sel(year=year)
        values = (float(now[name].sel(run=run)) for name, run in columns)
        rows.append((str(year), *(f"{value:.2f}" for value in values)))
    rest = words.unrested(unrested(yearly), cells=1, climates=1)
    return [_place(yearly), *aligned(rows), *filter(None, [rest])]


def _place(yearly) -> str:
    return (
        f"{yearly.ecosystem.item()} cell at {float(yearly.lat):g}° N, {float(yearly.lon):g}° E; "
        f"{yearly.attrs['rcp']}, {yearly.attrs['gcm']}: {yearly.attrs['summary'].split(':')[0]}"
    )


def record(yearly) -> dict:
    """Return both runs of a cell with all variables and their units, ready for JSON."""
    return {
        "lat": float(yearly.lat),
        "lon": float(yearly.lon),
        "ecosystem": str(yearly.ecosystem.item()),
        "rcp": yearly.attrs["rcp"],
        "gcm": yearly.attrs["gcm"],
        "climate": yearly.attrs["summary"],
        "cells_not_at_rest": unrested(yearly),
        "units": {name: DECLARED[name].unit for name in yearly},
        "year": yearly.year.values.tolist(),
        "runs": {
            run: {name: yearly[name].sel(run=run).values.tolist() for name in yearly}
            for run in RUNS
        },
    }


def scorecard(rows) -> list[str]:
    """Return the scorecard as text: the rows computed, why others are not, and how many there are.

    A row has a line of numbers, then what they are of, then what there is to say on them.
    """
    found = [row for row in rows if row["model"] is not None]
    head, *numbers = aligned([SCORECARD, *map(_numbers, found)], left=True)
    lines = [f"{words.label()}.", *textwrap.wrap(scorewords.RULE, WIDTH), "", head]
    for row, line in zip(found, numbers, strict=True):
        what = ", ".join((row["quantity"], *scorewords.conditions(row)))
        said = (f"{name}: {text}." for name, text in scorewords.remarks(row).items())
        told = (f"{what} [{scorewords.source(row)}]", *said)
        lines += [line, *chain.from_iterable(map(_wrapped, told))]
    others = {}
    for row in rows:
        if row["model"] is None:
            others.setdefault(row["reason"], []).append(row["id"])
    for why, names in others.items():
        lines += _wrapped(f"No number of the model: {why}: {', '.join(names)}")
    return [*lines, "", *_tally(rows), "", scorewords.headline(rows)]


def _numbers(row) -> tuple[str, ...]:
    model = f"{scorewords.model(row)} {scorewords.model_unit(row)}".strip()
    printed, off_by = scorewords.published(row), ", ".join(scorewords.off_by(row))
    return (row["id"], row["verdict"], row["kind"], printed, model, off_by)


def _tally(rows) -> list[str]:
    """Return how many rows there are, by kind and verdict."""
    counts = scorewords.counts(rows)
    head = ("", *scorewords.CALLED.values())
    body = [(kind, *map(str, found.values())) for kind, found in counts.items()]
    meanings = ("", *scorewords.KINDS.values())
    told = zip(aligned([head, *body]), meanings, strict=True)
    return [f"{line}  {meaning}".rstrip() for line, meaning in told]


def _wrapped(text) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)


def fit(ecosystem: str, place: str, fitted, confidence) -> list[str]:
    """Return a `tem.calibrate.Fit` as text: how near, how sure, and what is left open.

    *confidence*: how far each target can be trusted.
    """
    met = [("quantity", "target", "", "fitted", "unit", "SDs off", "the target is")]
    for target in fitted.targets:
        got = fitted.predicted[target.name]
        _, unit, about = DECLARED[target.name]
        met.append((
            about.symbol, f"{target.value:g}", f"± {target.sd:g}", f"{got:.5g}", unit,
            f"{(got - target.value) / target.sd:+.2f}", confidence[target.name],
        ))  # fmt: skip
    free = [("parameter", "value", "unit", "sd", "")]
    poor = fitted.poorly_identified()
    for name, spread in fitted.spread.items():
        value = f"{getattr(fitted.parameters, name):.4g}"
        verdict = "poorly identified" if name in poor else ""
        _, unit, about = FIELDS[name]
        free.append((about.symbol, value, unit, f"{spread:.0%}", verdict))
    title = (
        f"{ecosystem} at {place}: {fitted.misfit:.2g} standard deviations from the targets "
        f"(root mean square), {fitted.evaluations} runs"
    )
    return [
        title,
        *aligned(met, left=True),
        "Targets that are not published are no observations.",
        "",
        *aligned(free, left=True),
        "These sd follow from those of the targets, which are assumed.",
        f"Condition of the sensitivities: {fitted.condition:.3g}. {_tied(fitted)}",
    ]


def _tied(fitted) -> str:
    """Return a sentence about parameters that move together."""
    symbols = [FIELDS[name].about.symbol for name in fitted.spread]
    pairs = [
        f"{symbols[i]} and {symbols[j]} ({fitted.correlation[i, j]:+.2f})"
        for i, j in combinations(range(len(symbols)), 2)
        if abs(fitted.correlation[i, j]) > CORRELATED
    ]
    if not pairs:
        return "No two parameters are hard to tell apart."
    return f"Hard to tell apart (correlation): {', '.join(pairs)}."


def sensitivity(found) -> list[str]:
    """Return what a change of each parameter does, as text."""
    return [*watched(found), "", *aligned(changes(found), left=True)]


def watched(found, unit=str) -> list[str]:
    """Return what sensitivities are about and what it is without change; *unit* spells units."""
    told = [
        f"{field.about.symbol}: {field.about.label}; {style.number(found[name].attrs['value'])} "
        f"{unit(field.unit)} without change (area mean)."
        for name, field in OUTPUTS.items()
    ]
    return [f"{found.attrs['rcp']}, {found.attrs['gcm']}; all ecosystems at once.", *told]


def changes(found) -> list[tuple[str, ...]]:
    """Return the rows of a table of sensitivities, the first its head."""
    rows = [("parameter", "meaning", "factor", *(f.about.symbol for f in OUTPUTS.values()))]
    for name in found.parameter.values:
        one, about = found.sel(parameter=name), FIELDS[str(name)].about
        shares = (_share(float(one[output])) for output in OUTPUTS)
        rows.append((about.symbol, about.label, f"×{float(one.factor):g}", *shares))
    return rows


def _share(change) -> str:
    return "0" if abs(change) < NO_CHANGE else f"{scorewords.signed(100 * change, 1)} %"
