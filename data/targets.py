"""What a calibration should meet: targets for the three sites and for the region."""

from data.figures import table

REGION = "region"  # the place of targets for a whole ecosystem of the permafrost region


def calibration_targets(place, ecosystem):
    """Return what is known of an ecosystem at a site, or in the region (`REGION`).

    Returns
    -------
    pandas.DataFrame
        A row per quantity: quantity, value, sd, unit, source, confidence.

    Raises
    ------
    ValueError
        If nothing is known of that ecosystem there.
    """
    every = table("calibration_targets")
    found = every[(every.place == place) & (every.ecosystem == ecosystem)]
    if found.empty:
        known = every[every.ecosystem == ecosystem].place.unique()
        raise ValueError(
            f"no targets for ecosystem {ecosystem!r} at {place!r}; "
            f"there are some at {', '.join(known) or 'no place'}"
        )
    return found.drop(columns=["place", "ecosystem"]).reset_index(drop=True)
