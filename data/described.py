"""What a result says of itself: attributes after CF-1.11 and ACDD-1.3."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version

import xarray as xr

from data.figures import PAPER

DOI = "https://doi.org/10.1029/2021GB007068"
PLATEAU = "the permafrost region of the Qinghai-Tibetan Plateau"
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
EXTENT = {"lat": "degrees_north", "lon": "degrees_east"}


def described(dataset: xr.Dataset) -> xr.Dataset:
    """Return *dataset* with the attributes of CF-1.11 and ACDD-1.3 beside its own."""
    result = dataset.assign_attrs(_global_attributes(dataset))
    for name in result.variables:
        own = result[name].attrs
        result[name].attrs = own | _standard_name(str(name), own)  # not those of *dataset*
    for name in result.data_vars:
        if "long_name" in result[name].attrs:
            result[name].attrs |= {"coverage_content_type": "modelResult"}
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
    what = f"{last}" if first == last else f"{first}-{last}"
    return _extent(dataset) | {
        "Conventions": "CF-1.11, ACDD-1.3",
        "title": said.get("headline")
        or f"Carbon and nitrogen of {said.get('region', PLATEAU)}, {what}",
        "summary": "What the Terrestrial Ecosystem Model with thaw computed: S_T, where thaw "
        "follows the climate, and S_R, where it stays as in 2020. "
        f"Climate: {said.get('summary', 'not described')}",
        "source": f"permafrost-carbon {release}; climate: {said.get('source', 'not described')}",
        "history": "\n".join(filter(None, [said.get("history"), made])),
        "references": f"{PAPER}, {DOI}",
        "license": "BSD-3-Clause",
        "institution": "Permafrost Carbon",
        "creator_name": "Permafrost Carbon authors",
        "creator_type": "group",
        "publisher_name": "Permafrost Carbon authors",
        "publisher_type": "group",
        "project": "Permafrost Carbon",
        "acknowledgement": "The model follows Liu et al. (2022) and the TEM line it revises",
        "processing_level": "model output, yearly",
        "id": _name(said),
        "date_created": now,
        "date_modified": now,
        "date_issued": now,
        "date_metadata_modified": now,
        "keywords": "permafrost, carbon cycle, nitrogen cycle, Qinghai-Tibetan Plateau",
        "standard_name_vocabulary": "CF Standard Name Table v93",
        "cdm_data_type": "Grid",
        "comment": "Fluxes are rates of the year, of 365 days. S_T and S_R are one run to 2020.",
        "time_coverage_start": f"{first}-07-02T12:00:00Z",
        "time_coverage_end": f"{last}-07-02T12:00:00Z",
        "time_coverage_duration": f"P{last - first + 1}Y",
        "time_coverage_resolution": "P1Y",
    }


def _name(said: dict) -> str:
    """Return one name for whatever was made of the same, by whatever command."""
    text = json.dumps(
        {k: v for k, v in said.items() if k != "history"}, sort_keys=True, default=str
    )
    return sha256(text.encode()).hexdigest()[:16]


def _extent(dataset: xr.Dataset) -> dict:
    """Return where the numbers lie: the centres of the outermost cells, as ACDD's checker wants."""
    if not EXTENT.keys() <= set(dataset.variables):
        return {}
    found = {}
    for name, unit in EXTENT.items():
        low, high = (float(getattr(dataset[name], end)()) for end in ("min", "max"))
        found |= {f"geospatial_{name}_min": low, f"geospatial_{name}_max": high}
        found[f"geospatial_{name}_units"] = unit
        if "resolution" in dataset.attrs:
            found[f"geospatial_{name}_resolution"] = f"{dataset.attrs['resolution']:g} degree"
    south, north, west, east = (
        found[f"geospatial_{name}_{end}"] for name in EXTENT for end in ("min", "max")
    )
    corners = ((south, west), (south, east), (north, east), (north, west), (south, west))
    around = ", ".join(f"{lat:g} {lon:g}" for lat, lon in corners)
    return found | {
        "geospatial_bounds": f"POLYGON (({around}))",
        "geospatial_bounds_crs": "EPSG:4326",
    }
