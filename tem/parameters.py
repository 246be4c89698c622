"""Every number a user may turn, and what an ecosystem makes of it.

Meaning (unit, bounds, source) is declared here; values per ecosystem live in ecosystems.toml,
those that were fitted in calibrated.toml.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated as A
from typing import NamedTuple

import numpy as np

from tem.schema import About, build, changed, fields, records
from tem.units import (
    K_year,
    MJ_m3_K,
    W_m2,
    W_m_K,
    degC,
    degC_day,
    gC_gN,
    gC_m2,
    gC_m2_month,
    gN_gC,
    gN_litre,
    gN_m2,
    gN_m2_month,
    langley_day,
    m2_gC,
    metre,
    one,
    per_month,
    per_ppm,
    ppm,
)

ECOSYSTEMS = ("Steppe", "Meadow", "Sparse", "Desert", "Shrubland", "Forest", "Others")

_TEM = "TEM 4.3 parameter files (Raich 1991; McGuire 1992; Tian 1999)"
_CALIBRATED = "calibrated here to site targets; no published value for the plateau"
_ASSUMED = "assumed within reported plateau ranges"


def _life(label, low, high, symbol, source, group, usual=None):
    return About(label, low, high, source, symbol, usual, "ecosystem", group)


def _sky(label, low, high, symbol, source, group="plants and climate"):
    return About(label, low, high, source, symbol, None, "climate", group)


def _soil(label, low, high, symbol, source=_ASSUMED, group="soil heat", usual=None):
    return About(label, low, high, source, symbol, usual, "ground", group)


# fmt: off
class Parameters(NamedTuple):
    """The numbers that make one ecosystem unlike another."""

    # thaw coupling, eqs 1-2
    b:            A[metre,       _life("Depth scale of soil carbon",                   0.01,   50, "b",      "Liu et al., Table S1", "thaw", (0.1, 10))] = 0.6920
    z_cap:        A[metre,       _life("Deepest thaw that exposes carbon",                1,   10, "z_cap",  "TEM's scan depth; assumed", "thaw", (3, 10))] = 10.0
    # rates
    cmax:         A[gC_m2_month, _life("Maximum gross photosynthesis",                    0, 3000, "C_max",  _CALIBRATED, "rates", (100, 1300))] = 448.2
    kd:           A[per_month,   _life("Decomposition rate at 0 °C",                      0, 0.05, "k_d",    _CALIBRATED, "rates", (0.0005, 0.01))] = 0.007905
    kr:           A[per_month,   _life("Maintenance respiration rate at 0 °C",            0,  0.2, "K_r",    _CALIBRATED, "rates", (0.002, 0.06))] = 0.04852
    nmax:         A[gN_m2_month, _life("Maximum nitrogen uptake by plants",               0, 2000, "N_max",  _CALIBRATED, "rates", (10, 400))] = 85.33
    nup:          A[gN_gC,       _life("Maximum nitrogen immobilisation per carbon respired", 0, 1000, "n_up", _CALIBRATED, "rates", (1, 100))] = 22.993
    # plants
    kra:          A[m2_gC,       _life("Fall of respiration rate with plant carbon",  -0.01,    0, "kra",    _TEM, "plants")] = -5.87e-4
    cfall:        A[per_month,   _life("Litterfall of carbon",                            0,  0.2, "cfall",  _TEM, "plants", (0.002, 0.06))] = 0.052910
    nfall:        A[per_month,   _life("Litterfall of nitrogen",                          0,  0.2, "nfall",  _TEM, "plants", (0.004, 0.03))] = 0.027778
    c_even:       A[gC_gN,       _life("C:N of new growth",                               5,  200, "c_even", _TEM, "plants", (30, 65))] = 54.35
    c2n:          A[gC_gN,       _life("C:N of standing plants",                          5,  800, "c2n",    _TEM, "plants", (27, 420))] = 30.00
    lcclnc:       A[gC_gN,       _life("C:N of litter at calibration",                    5,  500, "lcclnc", _TEM, "plants", (40, 150))] = 57.14
    cov:          A[m2_gC,       _life("Growth of foliage with plant carbon",         -0.05,    0, "cov",    _TEM, "plants")] = -0.006808
    kc:           A[ppm,         _life("Half saturation of CO₂",                          0, 2000, "k_c",    _TEM, "plants")] = 400.0
    labncon:      A[one,         _life("Labile share of plant nitrogen sought",           0,    1, "labncon", _TEM, "plants")] = 0.2
    dc2n:         A[per_ppm,     _life("Rise of plant C:N with CO₂",                      0, 0.005, "dc2n",  "DVM-DOS-TEM", "plants", (0, 5.19e-4))] = 5.19e-4
    # soil
    q10:          A[one,         _life("Rise of decomposition with every 10 K",           1,    5, "Q10",    "TEM; Raich 1991", "soil", (1.5, 3.4))] = 2.0
    cnsoil:       A[gC_gN,       _life("C:N of soil organic matter at calibration",       4,   60, "cnsoil", _TEM, "soil", (8, 30))] = 11.12
    kn1:          A[gN_litre,    _life("Half saturation of nitrogen uptake",           1e-5,    1, "k_n1",   _TEM, "soil")] = 0.0042
    kn2:          A[gN_litre,    _life("Half saturation of immobilisation",            1e-5,    1, "k_n2",   _TEM, "soil")] = 0.0042
    # where the spin-up starts; total nitrogen stays what it is here, for the cycle is closed
    vegc_start:   A[gC_m2,       _life("Plant carbon at the start of spin-up",            1, 40000, "V₀",    "calibration target", "start")] = 315.0
    vegns_start:  A[gN_m2,       _life("Structural plant nitrogen at the start",       0.01,  1000, "Ns₀",   "calibration target", "start")] = 10.5
    vegnl_start:  A[gN_m2,       _life("Labile plant nitrogen at the start",              0,   100, "Nl₀",   "calibration target", "start")] = 0.5
    soc_start:    A[gC_m2,       _life("Soil organic carbon at the start",              100, 90000, "S₀",    "calibration target", "start")] = 3436.0
    son_start:    A[gN_m2,       _life("Soil organic nitrogen at the start",              5,  9000, "N₀",    "calibration target", "start")] = 309.0
    availn_start: A[gN_m2,       _life("Available nitrogen at the start",             0.001,    50, "A₀",    "calibration target", "start")] = 2.0
    # light, warmth, leaves
    ki:           A[langley_day, _sky("Half saturation of light",                         1,  500, "k_i",    _TEM)] = 75.0
    t_min:        A[degC,        _sky("Coldest month with photosynthesis",              -20,    5, "T_min",  _TEM)] = -1.0
    t_optmin:     A[degC,        _sky("Lowest optimum temperature",                       5,   25, "T_optmin", _TEM)] = 5.5
    t_optmax:     A[degC,        _sky("Highest optimum temperature",                     10,   36, "T_optmax", _TEM)] = 20.0
    t_max:        A[degC,        _sky("Warmest month with photosynthesis",               21,   50, "T_max",  _TEM)] = 22.0
    leaf_a:       A[one,         _sky("Leaf growth with evapotranspiration",              0,    2, "leaf_a", _TEM)] = 0.44366
    leaf_b:       A[one,         _sky("Leaf carried over from last month",                0,    1, "leaf_b", _TEM)] = 0.65196
    leaf_c:       A[one,         _sky("Leaf, constant part",                             -1,    1, "leaf_c", _TEM)] = 0.00976
    leaf_min:     A[one,         _sky("Least leaf of the year",                           0,    1, "minleaf", _TEM)] = 0.10
    # ground surface
    n_freeze:     A[one,         _soil("Surface over air temperature in frost",         0.2,  1.5, "n_f", "station offsets (surface_offsets.csv)", "surface", (0.6, 0.85))] = 0.78
    thaw_gain:    A[degC_day,    _soil("Degree-days that bare ground gains over thawing air", 0, 3000, "G_t", "station offsets (surface_offsets.csv)", "surface", (900, 1110))] = 930.0
    shade_dry:    A[one,         _soil("Share of that gain lost to cover, dry ground",    0,    1, "s_dry", _ASSUMED + "; set by present thaw depth", "surface", (0, 0.95))] = 0.18
    shade_wet:    A[one,         _soil("Share of that gain lost to cover, closed sward",  0,    1, "s_wet", _ASSUMED + "; set by present thaw depth", "surface", (0.2, 0.95))] = 0.65
    past_warming: A[K_year,      _soil("Warming of the air from 1957 to 2005",           -0.1, 0.1, "w_past", "stations (Zhou et al. 2022; Ran et al. 2018)", "soil heat", (0.031, 0.04))] = 0.035
    geothermal:   A[W_m2,        _soil("Heat from below",                                 0,  0.3, "q_geo", "Wu et al. 2010", "soil heat", (0.02, 0.16))] = 0.06
    # soil layers 0-0.1, 0.1-0.4, 0.4-3, 3-45 m
    water_1:      A[one,         _soil("Water, 0-0.1 m",                                  0,  0.7, "θ₁")] = 0.10
    water_2:      A[one,         _soil("Water, 0.1-0.4 m",                                0,  0.7, "θ₂")] = 0.10
    water_3:      A[one,         _soil("Water, 0.4-3 m",                                  0,  0.7, "θ₃")] = 0.105
    water_4:      A[one,         _soil("Water, 3-45 m",                                   0,  0.7, "θ₄", "boreholes (soil_facts.csv: ground ice)", usual=(0.1, 0.4))] = 0.25
    k_thawed_1:   A[W_m_K,       _soil("Conductivity thawed, 0-0.1 m",                 0.03,    5, "k_t1")] = 0.80
    k_thawed_2:   A[W_m_K,       _soil("Conductivity thawed, 0.1-0.4 m",               0.03,    5, "k_t2")] = 1.05
    k_thawed_3:   A[W_m_K,       _soil("Conductivity thawed, 0.4-3 m",                 0.03,    5, "k_t3")] = 1.25
    k_thawed_4:   A[W_m_K,       _soil("Conductivity thawed, 3-45 m",                  0.03,    5, "k_t4")] = 1.50
    k_frozen_1:   A[W_m_K,       _soil("Conductivity frozen, 0-0.1 m",                 0.03,    5, "k_f1")] = 0.90
    k_frozen_2:   A[W_m_K,       _soil("Conductivity frozen, 0.1-0.4 m",               0.03,    5, "k_f2")] = 1.20
    k_frozen_3:   A[W_m_K,       _soil("Conductivity frozen, 0.4-3 m",                 0.03,    5, "k_f3")] = 1.55
    k_frozen_4:   A[W_m_K,       _soil("Conductivity frozen, 3-45 m",                  0.03,    5, "k_f4")] = 2.10
    c_thawed_1:   A[MJ_m3_K,     _soil("Heat capacity thawed, 0-0.1 m",                 0.2,    5, "C_t1")] = 1.60
    c_thawed_2:   A[MJ_m3_K,     _soil("Heat capacity thawed, 0.1-0.4 m",               0.2,    5, "C_t2")] = 1.70
    c_thawed_3:   A[MJ_m3_K,     _soil("Heat capacity thawed, 0.4-3 m",                 0.2,    5, "C_t3")] = 1.75
    c_thawed_4:   A[MJ_m3_K,     _soil("Heat capacity thawed, 3-45 m",                  0.2,    5, "C_t4")] = 1.90
    c_frozen_1:   A[MJ_m3_K,     _soil("Heat capacity frozen, 0-0.1 m",                 0.2,    5, "C_f1")] = 1.45
    c_frozen_2:   A[MJ_m3_K,     _soil("Heat capacity frozen, 0.1-0.4 m",               0.2,    5, "C_f2")] = 1.50
    c_frozen_3:   A[MJ_m3_K,     _soil("Heat capacity frozen, 0.4-3 m",                 0.2,    5, "C_f3")] = 1.55
    c_frozen_4:   A[MJ_m3_K,     _soil("Heat capacity frozen, 3-45 m",                  0.2,    5, "C_f4")] = 1.75
# fmt: on

FIELDS = {field.name: field for field in fields(Parameters)}
_WORDS = {f.about.symbol: f.name for f in FIELDS.values()} | {name: name for name in FIELDS}


@cache
def _table(name: str) -> dict:
    return tomllib.loads(files("tem").joinpath(f"{name}.toml").read_text("utf-8"))


def _of(name: str, fitted: Mapping[str, float], where: str) -> Parameters:
    """Return the Parameters of an ecosystem: its named parts, its own values, those *fitted*."""
    tables = _table("ecosystems")
    own = dict(tables["ecosystem"][name])
    values = {}
    for part in own.pop("from", ()):
        values |= tables["part"][part]
    return build(Parameters, values | own | fitted, where)


@cache
def _defaults() -> dict[str, Parameters]:
    fitted = _table("calibrated")["ecosystem"]
    return {name: _of(name, fitted[name], name) for name in ECOSYSTEMS}


def ecosystems() -> dict[str, Parameters]:
    """Return the default Parameters of each of the seven ecosystems, by name."""
    return dict(_defaults())


def sites() -> dict[str, tuple[str, Parameters]]:
    """Return, by site name, the ecosystem and Parameters of the three sites of Table S2."""
    names, fitted = _table("ecosystems")["site"], _table("calibrated")["site"]
    return {site: (name, _of(name, fitted[site], site)) for site, name in names.items()}


_EDIT = re.compile(r"(?:(?P<where>[A-Za-z]+)\.)?(?P<name>[\w₀]+)\s*(?P<how>\*?=)\s*(?P<value>\S+)")


def edited(
    edits: Iterable[str], parameters: Mapping[str, Parameters] | None = None
) -> dict[str, Parameters]:
    """Return *parameters* (default: `ecosystems()`) after *edits*, in order.

    An edit reads `Meadow.b=0.6` (assign) or `kd*=1.2` (scale); without an ecosystem it holds
    for all seven. Names and symbols (`k_d`) are both understood.
    Raises ValueError naming the edit, the value and what is allowed.
    """
    sets = dict(parameters or ecosystems())
    for edit in edits:
        names, field, factor, value = parse(edit)
        for name in names:
            new = getattr(sets[name], field) * value if factor else value
            sets[name] = changed(sets[name], field, new, where=f"edit {edit!r}, {name}")
    return sets


def parse(edit: str) -> tuple[tuple[str, ...], str, bool, float]:
    """Return the ecosystems, the field, whether it scales, and the number of one edit."""
    match = _EDIT.fullmatch(edit.strip())
    if match is None:
        raise ValueError(f"edit {edit!r} is not of the form [Ecosystem.]name=value or name*=value")
    where, word, how, text = match["where"], match["name"], match["how"], match["value"]
    names = {name.lower(): name for name in ECOSYSTEMS}
    if where and where.lower() not in names:
        allowed = ", ".join(ECOSYSTEMS)
        raise ValueError(f"edit {edit!r}: {where} is not an ecosystem; choose one of {allowed}")
    if word not in _WORDS:
        allowed = ", ".join(Parameters._fields)
        raise ValueError(f"edit {edit!r}: {word} is not a parameter; choose one of {allowed}")
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"edit {edit!r}: {text} is not a number") from None
    if not np.isfinite(value):
        raise ValueError(f"edit {edit!r}: {text} is not a finite number")
    return ((names[where.lower()],) if where else ECOSYSTEMS, _WORDS[word], how == "*=", value)


def settled(parameters) -> dict[str, Parameters]:
    """Return Parameters for all seven ecosystems from whatever a caller may give.

    None means the defaults; a mapping replaces the ecosystems it names; one `Parameters`
    holds for all; an iterable of strings is read as edits. Every value is checked.
    """
    if parameters is None:
        return ecosystems()
    if isinstance(parameters, Parameters):
        return {name: build(Parameters, parameters._asdict(), name) for name in ECOSYSTEMS}
    if isinstance(parameters, Mapping):
        unknown = sorted(set(parameters) - set(ECOSYSTEMS))
        if unknown:
            raise ValueError(f"{unknown} are not ecosystems; choose from {', '.join(ECOSYSTEMS)}")
        own = {k: build(Parameters, v._asdict(), k) for k, v in parameters.items()}
        return ecosystems() | own
    return edited([parameters] if isinstance(parameters, str) else parameters)


@cache
def default_records() -> np.recarray:
    """Return `as_records` of the defaults."""
    return as_records(ecosystems())


def as_records(parameters: Mapping[str, Parameters]) -> np.recarray:
    """Return the seven sets as records in the order of `ECOSYSTEMS`, for kernels."""
    return records(Parameters, [parameters[name] for name in ECOSYSTEMS])


def kinds(ecosystem_names) -> np.ndarray:
    """Return the index into `ECOSYSTEMS` of each name [cell]; ValueError names unknown ones."""
    index = {name: i for i, name in enumerate(ECOSYSTEMS)}
    unknown = sorted(set(map(str, ecosystem_names)) - set(index))
    if unknown:
        raise ValueError(f"ecosystem {unknown} unknown; choose from {', '.join(ECOSYSTEMS)}")
    return np.array([index[str(name)] for name in ecosystem_names], np.int64)
