"""The figures of the paper as panels: which of our results each holds, and what is printed for it.

No drawing here: `views.panels` draws what this says.
"""

from collections.abc import Callable
from itertools import chain
from typing import NamedTuple

import numpy as np

from dashboard.edits import ALL
from dashboard.frames import limit
from dashboard.language import N_, say
from dashboard.paper import EXPOSED, FLUXES, GROUPS, MAPPED, NITROGEN, Numbers
from dashboard.printed import THAW, Mark, Span, marks, size, spans
from dashboard.quantities import summed
from dashboard.results import mean_sd
from dashboard.runs import RCP_NAMES
from data import RCPS, YEARS
from tem.environment import REFERENCE_YEAR
from tem.experiment import RUNS
from tem.summary import DECLARED

GRASSLAND = GROUPS[1:]
CONTRIBUTED = ("vegc", "soc", "npp", "rh")  # as `measures.contribution` has them
POOLS = ("vegc", "soc", "ecoc")
ECOC = "EcoC"  # symbol of the one sum we add
ABREAST = 4  # maps in a row
NOW = YEARS.index(REFERENCE_YEAR)


class Line(NamedTuple):
    """A curve of the model: mean over climate models, and their standard deviation."""

    rcp: str
    of: str  # a run, an ecosystem, or a quantity
    mean: np.ndarray  # [year]
    sd: np.ndarray | None  # [year]


class Bar(NamedTuple):
    """A number of the model: mean over climate models, and their standard deviation."""

    rcp: str
    of: str
    mean: float
    sd: float | None


class Course(NamedTuple):
    """A panel with curves through time."""

    title: str
    unit: str
    lines: list[Line]
    marks: list[Mark]


class Bars(NamedTuple):
    """A panel with a bar for each scenario and what it is of."""

    title: str
    unit: str
    bars: list[Bar]
    marks: list[Mark]
    spans: tuple[Span, ...] = ()


class Map(NamedTuple):
    """A panel with a map, mean over climate models."""

    title: str
    unit: str
    kind: str
    values: np.ndarray  # [cell]
    most: float  # where its colours end


class Drawn(NamedTuple):
    """A figure of the paper on our results."""

    panels: list[list]  # rows of `Course`, `Bars` or `Map`
    also: tuple[str, ...] = ()  # printed numbers that belong to it without a place in it

    @property
    def rows(self) -> list[str]:
        """Ids of the printed numbers that belong to it, in the order of the table."""
        found = set(self.also)
        for panel in chain.from_iterable(self.panels):
            found |= {mark.row for mark in getattr(panel, "marks", ())}
            found |= {row for span in getattr(panel, "spans", ()) for row in span.rows}
        return sorted(found)


# --- panels --------------------------------------------------------------------------------------


def _symbol(name) -> str:
    return ECOC if name == "ecoc" else DECLARED[name].about.symbol


def _line(rcp, of, many) -> Line:
    return Line(rcp, of, *mean_sd(many))


def _bar(rcp, of, many) -> Bar:
    mean, sd = mean_sd(many)
    return Bar(rcp, of, float(mean), None if sd is None else float(sd))


def since_2020(many):
    """Return how much *many* [..., year] have changed since 2020."""
    return many - many[..., NOW, None]


def _is_flux(numbers, name) -> bool:
    return numbers.units[name].endswith(" year-1")


def _summed_unit(unit) -> str:
    return unit.removesuffix(" year-1")


def _of(group) -> str:
    """Return what the effect of thaw on a *group* is called."""
    return THAW if group == ALL else group


def _changes(numbers, name) -> Course:
    """Change of the region's total since 2020, in both runs; no spread, as in the paper."""
    unit, lines, printed = numbers.units[name], [], []
    for rcp in RCPS:
        mean = since_2020(numbers.of(name, rcp)).mean(axis=0)
        lines += [Line(rcp, run, mean[k], None) for k, run in enumerate(RUNS)]
    for run in RUNS:
        printed += marks(f"d{_symbol(name)}", run, unit)
    return Course(say("Change of {symbol}", symbol=_symbol(name)), unit, lines, printed)


def _effects(numbers, name, groups=(ALL,), *, total=False) -> Course:
    """Effect of thaw on totals of *groups*; *total*: summed over the years."""
    unit, lines, printed = numbers.units[name], [], []
    unit = _summed_unit(unit) if total else unit
    title = f"{'Σ' * total}Δ{_symbol(name)}"
    for group in groups:
        for rcp in RCPS:
            thaw = numbers.thaw(name, rcp, group)
            lines.append(_line(rcp, _of(group), summed(thaw, YEARS) if total else thaw))
        symbol = title.replace("Σ", "S").replace("Δ", "d")
        printed += marks(symbol, THAW, unit, group, _of(group))
    return Course(title, unit, lines, printed)


def _effect_bars(numbers, name, groups=(ALL,)) -> Bars:
    """Effect of thaw on a pool at the end, or on the sum of a flux, in *groups*."""
    flux = _is_flux(numbers, name)
    before = "" if name in EXPOSED else "ΣΔ" if flux else "Δ"
    # the text prints the sum of uptake without the sign of the sum
    symbols = {f"{before.replace('Σ', 'S').replace('Δ', 'd')}{_symbol(name)}"}
    symbols |= {f"d{_symbol(name)}"} if flux else set()
    unit, bars, printed = _summed_unit(numbers.units[name]), [], []
    for rcp in RCPS:
        for group in groups:
            thaw = numbers.thaw(name, rcp, group)
            bars.append(_bar(rcp, _of(group), (summed(thaw, YEARS) if flux else thaw)[:, -1]))
    for group in groups:
        for symbol in sorted(symbols):
            printed += marks(symbol, THAW, unit, group, _of(group))
    return Bars(f"{before}{_symbol(name)}", unit, bars, printed)


# --- figures -------------------------------------------------------------------------------------


def figure_3(numbers) -> Drawn:
    """Changes in carbon pools and fluxes of the region, with and without thaw."""
    return Drawn([[_changes(numbers, name) for name in row] for row in (POOLS, FLUXES)])


def figure_4(numbers) -> Drawn:
    """Thaw depth through time, and the share that thaw has in the changes of carbon."""
    unit = numbers.units["alt"]
    depths = [_line(rcp, "S_T", numbers.of("alt", rcp)[:, 0]) for rcp in RCPS]
    bars = [
        _bar(rcp, _symbol(name), _contribution(numbers, name, rcp))
        for rcp in RCPS
        for name in CONTRIBUTED
    ]
    return Drawn([
        [
            Course("(a) ALT", unit, depths, marks("ALT", "S_T", unit)),
            Bars(say("(b) Share of thaw in the change"), "percent", bars, [], spans()),
        ]
    ])  # fmt: skip


def _contribution(numbers, name, rcp):
    """Return the percentage that thaw has in the change of S_T from 2020 to the end [gcm].

    Scaled so that its mean is the quotient of means: the change of a single climate model
    between two years can be near nothing.
    """
    thaw = numbers.thaw(name, rcp)[:, -1]
    change = since_2020(numbers.of(name, rcp)[:, 0])[:, -1]
    return 100 * thaw / change.mean()


def figure_5(numbers) -> Drawn:
    """Maps of the effect of thaw at the end of the century, scenarios side by side."""
    most = {q: limit([numbers.maps[rcp][q] for rcp in RCPS]) for q in MAPPED}
    maps = [_map(numbers, q, rcp, most[q]) for q in MAPPED for rcp in RCPS]
    return Drawn([maps[k : k + ABREAST] for k in range(0, len(maps), ABREAST)])


def _map(numbers, quantity, rcp, most) -> Map:
    kind = DECLARED[quantity.variable].about.kind
    title = f"{quantity.symbol}, {RCP_NAMES[rcp]}"
    return Map(title, quantity.unit, kind, numbers.maps[rcp][quantity], most)


def figure_6(numbers) -> Drawn:
    """Deepening of thaw, and its effects on the carbon of alpine meadow and steppe."""
    unit = numbers.units["alt"]
    lines = [
        _line(rcp, group, since_2020(numbers.of("alt", rcp, group)[:, 0]))
        for group in GRASSLAND
        for rcp in RCPS
    ]
    deeper = Course("δALT", unit, lines, [])
    pools = [_effects(numbers, name, GRASSLAND) for name in POOLS[:2]]
    fluxes = [_effects(numbers, name, GRASSLAND) for name in FLUXES[:2]]
    balance = _effects(numbers, "nep", GRASSLAND, total=True)
    return Drawn([[deeper, *pools], [*fluxes, balance]], also=("P050",))


def figure_7(numbers) -> Drawn:
    """Nitrogen of the region in both runs, and the difference of the two below."""
    return Drawn([
        [_amounts(numbers, name) for name in NITROGEN],
        [_effect_bars(numbers, name) for name in NITROGEN],
    ])  # fmt: skip


def _amounts(numbers, name) -> Bars:
    """Change of a pool from 2020 to the end, or sum of a flux, in both runs."""
    flux, bars, printed = _is_flux(numbers, name), [], []
    unit = _summed_unit(numbers.units[name])
    for rcp in RCPS:
        both = numbers.of(name, rcp)
        ends = (summed(both, YEARS) if flux else since_2020(both))[..., -1]
        bars += [_bar(rcp, run, ends[:, RUNS.index(run)]) for run in reversed(RUNS)]
    for run in () if flux else RUNS:
        printed += marks(f"d{_symbol(name)}", run, unit)
    return Bars(f"{'Σ' if flux else 'δ'}{_symbol(name)}", unit, bars, printed)


def figure_8(numbers) -> Drawn:
    """What thaw adds to the nitrogen of alpine meadow and steppe, and how much is used."""
    return Drawn([
        [_effect_bars(numbers, name, GRASSLAND) for name in NITROGEN],
        [
            *(_effect_bars(numbers, name, GRASSLAND) for name in EXPOSED),
            _used(numbers, "rh", "soc_pf", "dRH/SOC_PF"),
            _used(numbers, "vegnup", "son_pf", "SdVegNup/SON_PF"),
        ],
    ])  # fmt: skip


def _used(numbers, part, whole, printed_symbol) -> Bars:
    """Which share of the exposed *whole* went into a flux *part* by the end."""
    scale = size(numbers.units[part]) / size(numbers.units[whole])
    bars, printed = [], []
    for rcp in RCPS:
        for group in GRASSLAND:
            used = summed(numbers.thaw(part, rcp, group), YEARS)[:, -1] * scale
            bars.append(_bar(rcp, group, used / numbers.thaw(whole, rcp, group)[:, -1]))
    for group in GRASSLAND:
        printed += marks(printed_symbol, THAW, "1", group, group)
    return Bars(f"ΣΔ{_symbol(part)} / {_symbol(whole)}", "1", bars, printed)


def figure_s3(numbers) -> Drawn:
    """Effects of thaw on carbon pools and fluxes of the whole region."""
    pools = [_effects(numbers, name) for name in POOLS]
    fluxes = [_effects(numbers, name) for name in FLUXES]
    sums = [_effects(numbers, name, total=True) for name in ("rh", "nep")]
    return Drawn([[*pools, sums[0]], [*fluxes, sums[1]]])


def figure_s5(numbers) -> Drawn:
    """NPP with and without thaw, and NPP if nitrogen were no limit, a panel for each scenario."""
    unit, panels = numbers.units["npp"], []
    for rcp in RCPS:
        both, free = (since_2020(numbers.of(name, rcp)).mean(axis=0) for name in ("npp", "innpp"))
        lines = [Line(rcp, f"NPP, {run}", both[k], None) for k, run in enumerate(RUNS)]
        lines.append(Line(rcp, "INNPP", free[0], None))
        printed = [
            mark._replace(of="NPP, S_T") for mark in marks("dNPP", "S_T", unit) if mark.rcp == rcp
        ]
        title = say("Change of NPP and INNPP, {rcp}", rcp=RCP_NAMES[rcp])
        panels.append(Course(title, unit, lines, printed))
    return Drawn([panels])


class Figure(NamedTuple):
    """How a figure of the paper is made from our results, and what it is about."""

    title: str
    draw: Callable[[Numbers], Drawn]
    shows: str  # what the panels hold


FIGURES = {
    "3": Figure(
        N_("Carbon pools and fluxes"),
        figure_3,
        N_(
            "Changes since {since} in the carbon of plants (VegC), of the active layer (SOC) and "
            "of both (EcoC), and in net primary production (NPP), heterotrophic respiration (RH) "
            "and their difference (NEP) of the whole permafrost region: with thaw that follows the "
            "climate (S_T) and with thaw as in {since} (S_R). What lies between the two lines is "
            "the direct effect of thaw. As in the paper, no spread is drawn here."
        ),
    ),
    "4": Figure(
        N_("Thaw depth and its share"),
        figure_4,
        N_(
            "(a) Mean active layer thickness (ALT) of the region in S_T. (b) The direct effect of "
            "thaw (S_T − S_R) in {last} as a share of the change in S_T since {since}, of "
            "vegetation and soil carbon, production and respiration."
        ),
    ),
    "5": Figure(
        N_("Maps of what thaw changes"),
        figure_5,
        N_(
            "Effect of thaw (S_T − S_R) on vegetation and soil carbon in {last}, and on NPP, RH "
            "and NEP summed over {first}–{last}; means over climate models, both "
            "scenarios in the same colours. The paper finds larger effects in the east and south, "
            "where alpine meadow prevails, than in the northwest, most of all under RCP8.5."
        ),
    ),
    "6": Figure(
        N_("Alpine meadow and steppe"),
        figure_6,
        N_(
            "δALT: how much deeper thaw reaches than in {since}, mean of each ecosystem. The "
            "others are effects of thaw (S_T − S_R) on carbon of plants (VegC) and soil (SOC), "
            "production (NPP), respiration (RH) and their difference (NEP) of alpine meadow and "
            "steppe. The text prints the effect on NEP as a sum, so here it is summed over the "
            "years."
        ),
    ),
    "7": Figure(
        N_("Nitrogen with and without thaw"),
        figure_7,
        N_(
            "Above: changes of nitrogen in plants (VegN) and soil (SON) from {since} to "
            "{last} (δ), and nitrogen of litterfall (LtrN), of net mineralisation (NetNMin) and "
            "taken up by plants (VegNup), summed over {first}–{last} (Σ), with thaw "
            "as in {since} (S_R) and with thaw that follows the climate (S_T). Below: the "
            "difference of the two, which is the direct effect of thaw."
        ),
    ),
    "8": Figure(
        N_("Nitrogen of meadow and steppe"),
        figure_8,
        N_(
            "Effects of thaw (S_T − S_R) on nitrogen of alpine meadow and alpine steppe: in plants "
            "(VegN) and soil (SON) in {last} (Δ), and of litterfall (LtrN), net mineralisation "
            "(NetNMin) and uptake (VegNup) summed over {first}–{last} (ΣΔ). Below, as in Table 3 "
            "of the paper: carbon (SOC_PF) and nitrogen (SON_PF) that thaw exposed, and what was "
            "respired of the one and taken up by plants of the other."
        ),
    ),
    "S3": Figure(
        N_("Effects of thaw on the region"),
        figure_s3,
        N_(
            "Effects of thaw (S_T − S_R) on carbon pools and fluxes of the whole permafrost "
            "region, and, as the text prints them, on RH and NEP summed over the years (ΣΔ)."
        ),
    ),
    "S5": Figure(
        N_("What nitrogen allows"),
        figure_s5,
        N_(
            "Changes of NPP since {since} with thaw (S_T) and without (S_R), beside INNPP: the NPP "
            "that climate and CO₂ would allow if nitrogen were no limit (in S_T). Means over "
            "climate models, without their spread."
        ),
    ),
}


def shows(name: str) -> str:
    """Return what the panels of a figure hold, in words."""
    return say(FIGURES[name].shows, since=REFERENCE_YEAR, first=REFERENCE_YEAR + 1, last=YEARS[-1])
