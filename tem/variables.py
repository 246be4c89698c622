"""Everything the model carries or reports, declared once.

The order of a schema's fields is the layout of the arrays that kernels fill.
"""

from typing import Annotated as A
from typing import NamedTuple

from tem.schema import About
from tem.units import (
    degC,
    gC_gN,
    gC_m2,
    gC_m2_month,
    gC_m2_year,
    gN_m2,
    gN_m2_month,
    gN_m2_year,
    metre,
    mm,
    mm_year,
    one,
    per_mm,
)


def _flux(label, kind, symbol=""):
    return About(label, symbol=symbol, over_time="sum", kind=kind)


def _stock(label, kind="stock", symbol=""):
    return About(label, symbol=symbol, over_time="point", kind=kind)


# fmt: off
class Pools(NamedTuple):
    """The state of life at one place."""

    vegc:   A[gC_m2, _stock("Plant carbon", symbol="V")]
    vegns:  A[gN_m2, _stock("Structural plant nitrogen", symbol="Ns")]
    vegnl:  A[gN_m2, _stock("Labile plant nitrogen", symbol="Nl")]
    soc:    A[gC_m2, _stock("Soil organic carbon of the active layer", symbol="S")]
    son:    A[gN_m2, _stock("Soil organic nitrogen of the active layer", symbol="N")]
    availn: A[gN_m2, _stock("Available nitrogen", symbol="A")]


class Rest(NamedTuple):
    """Where one place rests under its mean climate and the default parameters."""

    rest_vegc:   A[gC_m2, _stock("Plant carbon at rest")]
    rest_vegns:  A[gN_m2, _stock("Structural plant nitrogen at rest")]
    rest_vegnl:  A[gN_m2, _stock("Labile plant nitrogen at rest")]
    rest_soc:    A[gC_m2, _stock("Soil organic carbon at rest")]
    rest_availn: A[gN_m2, _stock("Available nitrogen at rest")]
    rest_cn:     A[gC_gN, About("C:N of a year's litter at rest", over_time="mean")]


class Fluxes(NamedTuple):
    """What flows at one place in one month."""

    gpp:               A[gC_m2_month, _flux("Gross primary production", "gain", "GPP")]
    innpp:             A[gC_m2_month, _flux("NPP if nitrogen were no limit", "gain", "INNPP")]
    npp:               A[gC_m2_month, _flux("Net primary production", "gain", "NPP")]
    ltrc:              A[gC_m2_month, _flux("Litterfall carbon", "flow", "L_C")]
    rh:                A[gC_m2_month, _flux("Heterotrophic respiration", "loss", "RH")]
    ltrn:              A[gN_m2_month, _flux("Litterfall nitrogen", "flow", "L_N")]
    netnmin:           A[gN_m2_month, _flux("Net nitrogen mineralisation", "flow", "NETNMIN")]
    structural_uptake: A[gN_m2_month, _flux("Nitrogen taken up into structure", "flow", "U_s")]
    labile_uptake:     A[gN_m2_month, _flux("Nitrogen taken up into store", "flow", "U_l")]
    resorption:        A[gN_m2_month, _flux("Nitrogen withdrawn before litterfall", "flow", "ρ")]
    mobilisation:      A[gN_m2_month, _flux("Nitrogen moved from store to structure", "flow", "M")]


class Drivers(NamedTuple):
    """What the climate permits at one place in one month."""

    production:    A[one,    About("Light, warmth, leaf and thaw factors of GPP", 0, 1, "Raich 1991", "f", group="driver")]
    openness:      A[one,    About("Opening of stomata", 0, 1, "McGuire 1992", "Gv", group="driver")]
    plant_warmth:  A[one,    About("Warmth factor of plant respiration and uptake", 0, source="Raich 1991", symbol="Q", group="driver")]
    soil_warmth:   A[degC,   About("Temperature of the top 20 cm of soil", symbol="TSOIL", group="driver", kind="temperature")]
    soil_moisture: A[one,    About("Moisture factor of decomposition", 0, 1, "Raich 1991", "f_M", group="driver")]
    diffusion:     A[per_mm, About("Nitrogen diffusion per unit of soil water", 0, source="Raich 1991", symbol="K_s/SM", group="driver")]


class Ground(NamedTuple):
    """What the soil column reports for one place in one month."""

    soil_warmth:  A[degC, About("Temperature of the top 20 cm of soil", symbol="TSOIL", group="driver", kind="temperature")]
    thawed_share: A[one,  About("Liquid share of soil water at 5 to 15 cm, mean of the month", 0, 1, "Zhuang 2003", "f(FT)", group="driver")]


class GroundYear(NamedTuple):
    """What the soil column reports for one place in one year."""

    thaw_depth:    A[metre, About("Deepest thaw of the year within 10 m", 0, 10, "Liu et al., 2.1", "ALT", over_time="maximum", kind="depth")]
    magt:          A[degC,  About("Ground temperature at 10 m", symbol="MAGT", kind="temperature")]
    heat_residual: A[one,   About("Heat not accounted for, share of the year's exchange", kind="residual")]
    unsettled:     A[one,   About("Steps in which states of the soil, here or in cells worked on beside it, were left unsettled", over_time="sum", kind="residual")]


class Layered(NamedTuple):
    """What the soil column can tell of one layer at the end of one step."""

    soil_temperature: A[degC, About("Soil temperature", symbol="T", kind="temperature")]
    liquid_share:     A[one,  About("Liquid share of soil water", 0, 1)]


class WaterYear(NamedTuple):
    """What the water balance reports for one place in one year."""

    eet:            A[mm_year, _flux("Actual evapotranspiration", "water", "EET")]
    pet:            A[mm_year, _flux("Potential evapotranspiration", "water", "PET")]
    runoff:         A[mm_year, _flux("Runoff", "water")]
    soil_water:     A[mm,      _stock("Water in the rooting zone, snow and ground stores", "water")]
    thaw_water:     A[mm_year, _flux("Water added by thaw", "water", "H2O_PF")]
    water_residual: A[mm_year, _flux("Water not accounted for", "residual")]


class Yearly(NamedTuple):
    """What an experiment reports for one place in one year."""

    gpp:           A[gC_m2_year, _flux("Gross primary production", "gain", "GPP")]
    ra:            A[gC_m2_year, _flux("Autotrophic respiration", "loss", "RA")]
    npp:           A[gC_m2_year, _flux("Net primary production", "gain", "NPP")]
    innpp:         A[gC_m2_year, _flux("NPP if nitrogen were no limit", "gain", "INNPP")]
    rh:            A[gC_m2_year, _flux("Heterotrophic respiration", "loss", "RH")]
    nep:           A[gC_m2_year, _flux("Net ecosystem production (gain = uptake)", "balance", "NEP")]
    ltrc:          A[gC_m2_year, _flux("Litterfall carbon", "flow", "LtrC")]
    ltrn:          A[gN_m2_year, _flux("Litterfall nitrogen", "flow", "LtrN")]
    netnmin:       A[gN_m2_year, _flux("Net nitrogen mineralisation", "flow", "NetNMin")]
    vegnup:        A[gN_m2_year, _flux("Plant nitrogen uptake", "flow", "VegNup")]
    vegc:          A[gC_m2,      _stock("Vegetation carbon", symbol="VegC")]
    soc:           A[gC_m2,      _stock("Soil organic carbon of the active layer", symbol="SOC")]
    vegn:          A[gN_m2,      _stock("Vegetation nitrogen", symbol="VegN")]
    son:           A[gN_m2,      _stock("Soil organic nitrogen of the active layer", symbol="SON")]
    availn:        A[gN_m2,      _stock("Available nitrogen", symbol="AvailN")]
    soc_pf:        A[gC_m2,      _stock("Soil carbon exposed by thaw since 2020, refreezing taken off", "exposed", "SOC_PF")]
    son_pf:        A[gN_m2,      _stock("Soil nitrogen exposed by thaw since 2020, refreezing taken off", "exposed", "SON_PF")]
    availn_pf:     A[gN_m2,      _stock("Available nitrogen exposed by thaw since 2020", "exposed", "AVN_PF")]
    soc_pf_gross:  A[gC_m2,      _stock("Soil carbon exposed by thaw since 2020, gains only", "exposed", "SOC_PF+")]
    alt:           A[metre,      About("Active layer thickness", 0, 10, "Liu et al., 2.1", "ALT", over_time="maximum", kind="depth")]
    eet:           A[mm_year,    _flux("Actual evapotranspiration", "water", "EET")]
    pet:           A[mm_year,    _flux("Potential evapotranspiration", "water", "PET")]
# fmt: on
