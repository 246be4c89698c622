"""Maps of others as a configuration names them: their files, options and units."""

from typing import NamedTuple

from data import rasters, units
from data.files import found, opened
from data.readings import Reading


class Map(NamedTuple):
    """A map of others, as the configuration names it."""

    files: list
    options: dict  # variable, classes, column, threshold
    folder: object


def named(given, folder) -> Map:
    """Return the `Map` of what stands in the configuration: a name, or a table with `file`."""
    options = dict(given) if isinstance(given, dict) else {"file": given}
    files = found(options.pop("file"), folder)
    return Map(files, options, folder)


def reading_of(name, one, unit) -> Reading:
    """Return the `Reading` of a `Map` that is wanted in *unit*."""
    return Reading(name, [str(path) for path in one.files], unit)


def coverage(covered) -> str:
    """Return how much of the grid is covered [row, column], in words."""
    return f"covers {covered.mean():.1%} of the grid"


def conversion_of(name, one):
    """Return the conversion from what a NetCDF file says of its units; None for other files."""
    path = one.files[0]
    if path.suffix.lower() not in rasters.NETCDF:
        return None
    with opened(path) as file:
        variable = one.options.get("variable") or rasters.only(file.cf.guess_coord_axis(), path)
        said = file[variable].attrs.get("units")
    try:
        return units.conversion(name, said)
    except ValueError as fault:
        raise ValueError(f"{path}: {variable} {fault}") from None
