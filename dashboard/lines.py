"""Results as lines of text for the terminal."""

from itertools import combinations

from tem import summary
from tem.experiment import RUNS
from tem.parameters import Parameters
from tem.schema import fields
from tem.sensitivity import OUTPUTS
from tem.summary import DECLARED

PARAMETERS = {field.name: field for field in fields(Parameters)}

COLUMNS = ("npp", "rh", "nep", "vegc", "soc", "soc_pf", "alt")  # of a cell's table
# what a run's summary says, and how it is marked
SUMMARY = {
    "npp": "Δ",
    "rh": "Δ",
    "nep": "ΣΔ",
    "soc": "Δ",
    "vegc": "Δ",
    "soc_pf": "",
    "soc_pf_gross": "",
}


def effect_of_thaw(result) -> list[str]:
    """Return the effect of thaw on the region in the last year; mean ± sd over GCMs."""
    effect = summary.difference(result[list(SUMMARY)])
    totals = summary.regional_total(effect)
    totals["nep"] = summary.regional_total(summary.cumulative(effect))["nep"]
    last = totals.isel(year=-1)
    rows = []
    for name, mark in SUMMARY.items():
        symbol = mark + DECLARED[name].about.symbol
        value = f"{float(last[name].mean()):.3f}"
        spread = f"± {float(last[name].std('gcm', ddof=1)):.3f}" if "gcm" in result.dims else ""
        unit = last[name].attrs["units"].replace("g", "gC", 1)
        rows.append((symbol, value, spread, unit))
    return [f"Effect of thaw (S_T - S_R) on the region, {int(last.year)}:", *aligned(rows)]


def closure(results) -> str:
    """Return how well carbon and nitrogen close, as a sentence."""
    worst = max(
        float(abs(array).max()) for one in results for array in summary.budget(one).values()
    )
    return f"Carbon and nitrogen close to {worst:.1e} g m-2 in every cell."


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
    return [_place(yearly), *aligned(rows)]


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
        "units": {name: DECLARED[name].unit for name in yearly},
        "year": yearly.year.values.tolist(),
        "runs": {
            run: {name: yearly[name].sel(run=run).values.tolist() for name in yearly}
            for run in RUNS
        },
    }


def scorecard(rows) -> list[str]:
    """Return the scorecard as text: the rows computed, then why others are not."""
    lines = [
        ("id", "scenario", "quantity", "published", "model", "unit", "off by", "verdict", "why")
    ]
    others = {}
    for row in rows:
        if row["model"] is None:
            others.setdefault(row["reason"], []).append(row["id"])
            continue
        away = (
            f"{row['relative']:+.0%}"
            if row["difference"] is None
            else f"{row['difference']:+.1f} SD"
        )
        what = ", ".join(filter(None, (row["quantity"][:44], row["region"])))
        lines.append((
            row["id"], row["scenario"] or "", what,
            _with_sd(row["published"], row["published_sd"]),
            _with_sd(row["model"], row["model_sd"]),
            row["unit"], away, row["verdict"], row["reason"] or "",
        ))  # fmt: skip
    verdicts = [row["verdict"] for row in rows]
    counts = ", ".join(f"{verdicts.count(one)} {one}" for one in ("pass", "near", "far"))
    reasons = [f"No model value ({why}): {', '.join(ids)}" for why, ids in others.items()]
    note = "Climates reconstructed from published figures, not GCM output."
    return [note, *aligned(lines, left=True), "", counts, *reasons]


def _with_sd(mean, sd) -> str:
    return f"{mean:.4g}" if sd is None else f"{mean:.4g} ± {sd:.2g}"


CORRELATED = 0.9  # from which two parameters cannot be told apart


def fit(ecosystem: str, place: str, fitted) -> list[str]:
    """Return a `tem.calibrate.Fit` as text: how near, how sure, and what is left open."""
    met = [("target", "observed", "", "fitted", "unit", "SDs off")]
    for target in fitted.targets:
        got = fitted.predicted[target.name]
        _, unit, about = DECLARED[target.name]
        met.append((
            about.symbol, f"{target.value:g}", f"± {target.sd:g}", f"{got:.5g}", unit,
            f"{(got - target.value) / target.sd:+.2f}",
        ))  # fmt: skip
    free = [("parameter", "value", "unit", "sd", "")]
    poor = fitted.poorly_identified()
    for name, spread in fitted.spread.items():
        value = f"{getattr(fitted.parameters, name):.4g}"
        verdict = "poorly identified" if name in poor else ""
        free.append((PARAMETERS[name].about.symbol, value, PARAMETERS[name].unit,
                     f"{spread:.0%}", verdict))  # fmt: skip
    title = (
        f"{ecosystem} at {place}: {fitted.misfit:.2g} standard deviations from the targets "
        f"(root mean square), {fitted.evaluations} runs"
    )
    return [
        title,
        *aligned(met, left=True),
        "",
        *aligned(free, left=True),
        f"Condition of the sensitivities: {fitted.condition:.3g}. {_tied(fitted)}",
    ]


def _tied(fitted) -> str:
    """Return a sentence about parameters that move together."""
    symbols = [PARAMETERS[name].about.symbol for name in fitted.spread]
    pairs = [
        f"{symbols[i]} and {symbols[j]} ({fitted.correlation[i, j]:+.2f})"
        for i, j in combinations(range(len(symbols)), 2)
        if abs(fitted.correlation[i, j]) > CORRELATED
    ]
    if not pairs:
        return "No two parameters are hard to tell apart."
    return f"Hard to tell apart (correlation): {', '.join(pairs)}."


def sensitivity(found, *, markdown=False) -> list[str]:
    """Return what a change of each parameter does, as text or as a Markdown table."""
    head = ("parameter", "meaning", "factor", *(name.upper() for name in OUTPUTS))
    rows = [head]
    for name in found.parameter.values:
        one = found.sel(parameter=name)
        about = PARAMETERS[str(name)].about
        changes = (f"{float(one[output]):+.1%}" for output in OUTPUTS)
        rows.append((about.symbol, about.label, f"×{float(one.factor):g}", *changes))
    told = [
        f"{name.upper()}: {found[name].long_name}; "
        f"{found[name].attrs['value']:.4g} g m-2 without change (area mean)."
        for name in OUTPUTS
    ]
    climate = f"{found.attrs['rcp']}, {found.attrs['gcm']}; all ecosystems at once."
    if not markdown:
        return [climate, *told, "", *aligned(rows, left=True)]
    bars = ["| " + " | ".join(row) + " |" for row in rows]
    return [climate, "", *told, "", bars[0], "|" + " --- |" * len(head), *bars[1:]]
