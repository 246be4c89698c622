"""What a result says of itself: attributes after CF-1.11 and ACDD-1.3."""

from datetime import UTC, datetime
from importlib.metadata import version

import xarray as xr

from data.figures import PAPER

DOI = "https://doi.org/10.1029/2021GB007068"
_CARBON_UP = "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to"
STANDARD_NAMES = {  # variable: CF's name, and the unit without which the name would be wrong
    "gpp": ("gross_primary_productivity_of_biomass_expressed_as_carbon", "g m-2 year-1"),
    "npp": ("net_primary_productivity_of_biomass_expressed_as_carbon", "g m-2 year-1"),
    "nep": ("net_ecosystem_production_expressed_as_carbon_per_unit_area", "g m-2 year-1"),
    "ra": (f"{_CARBON_UP}_plant_respiration", "g m-2 year-1"),
    "rh": (f"{_CARBON_UP}_heterotrophic_respiration", "g m-2 year-1"),
    "vegc": ("vegetation_mass_content_of_carbon", "g m-2"),
    "soc": ("soil_mass_content_of_carbon", "g m-2"),
    "availn": ("soil_mass_content_of_inorganic_nitrogen_expressed_as_nitrogen", "g m-2"),
    "alt": ("permafrost_active_layer_thickness", "m"),
}


def described(dataset: xr.Dataset) -> xr.Dataset:
    """Return *dataset* with the attributes of CF-1.11 and ACDD-1.3 beside its own."""
    result = dataset.assign_attrs(_global_attributes(dataset))
    for name in result.variables:
        standard = _standard_name(str(name), result[name].attrs)
        result[name].attrs = result[name].attrs | standard  # not those of *dataset*
    return result


def _standard_name(name: str, attrs) -> dict:
    """Return CF's name for a variable; differences and sums have none."""
    standard, unit = STANDARD_NAMES.get(name, ("", ""))
    fits = standard and attrs.get("units") == unit and "comment" not in attrs
    return {"standard_name": standard} if fits else {}


def _global_attributes(dataset: xr.Dataset) -> dict:
    """Return global attributes after CF-1.11 and ACDD-1.3."""
    said = dataset.attrs
    release = version("permafrost-carbon")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    first, last = (int(dataset.year[k]) for k in (0, -1))
    made = f"{now} written by permafrost-carbon {release}"
    extent = {
        f"geospatial_{name}_{end}": float(getattr(dataset[name], end)())
        for name in ("lat", "lon")
        if name in dataset.coords
        for end in ("min", "max")
    }
    return extent | {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": "Carbon and nitrogen of the permafrost region of the Qinghai-Tibetan Plateau, "
        f"{first}-{last}",
        "summary": "What the Terrestrial Ecosystem Model with thaw computed: S_T, where thaw "
        "follows the climate, and S_R, where it stays as in 2020. "
        f"Climate: {said.get('summary', 'not described')}",
        "source": f"permafrost-carbon {release}; climate: {said.get('source', 'not described')}",
        "history": "\n".join(filter(None, [said.get("history"), made])),
        "references": f"{PAPER}, {DOI}",
        "license": "BSD-3-Clause",
        "institution": "Permafrost Carbon",
        "date_created": now,
        "keywords": "permafrost, carbon cycle, nitrogen cycle, Qinghai-Tibetan Plateau",
        "standard_name_vocabulary": "CF Standard Name Table v93",
        "time_coverage_start": f"{first}-01-01",
        "time_coverage_end": f"{last}-12-31",
    }
