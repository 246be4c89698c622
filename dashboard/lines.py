"""Results as lines of text for the terminal."""

from tem import summary
from tem.experiment import RUNS
from tem.summary import DECLARED

COLUMNS = ("npp", "rh", "nep", "vegc", "soc", "soc_pf", "alt")  # of a cell's table
# what a run's summary says, and how it is marked
SUMMARY = {"npp": "Δ", "rh": "Δ", "nep": "ΣΔ", "soc": "Δ", "vegc": "Δ", "soc_pf": ""}


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
    lines = [("id", "scenario", "quantity", "published", "model", "unit", "SDs off", "verdict")]
    others = {}
    for row in rows:
        if row["model"] is None:
            others.setdefault(row["reason"], []).append(row["id"])
            continue
        away = "" if row["difference"] is None else f"{row['difference']:+.1f}"
        what = f"{row['quantity'][:44]}, {row['region']}"
        lines.append((
            row["id"], row["scenario"] or "", what,
            _with_sd(row["published"], row["published_sd"]),
            _with_sd(row["model"], row["model_sd"]),
            row["unit"], away, row["verdict"] or row["reason"],
        ))  # fmt: skip
    verdicts = [row["verdict"] for row in rows]
    counts = ", ".join(f"{verdicts.count(one)} {one}" for one in ("pass", "near", "far"))
    reasons = [f"No model value ({why}): {', '.join(ids)}" for why, ids in others.items()]
    note = "Climates reconstructed from published figures, not GCM output."
    return [note, *aligned(lines, left=True), "", counts, *reasons]


def _with_sd(mean, sd) -> str:
    return f"{mean:.4g}" if sd is None else f"{mean:.4g} ± {sd:.2g}"
