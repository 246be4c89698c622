"""The results of the paper, to compare with."""

from data.figures import table


def published():
    """Return the numbers that the paper prints, a row each.

    Returns
    -------
    pandas.DataFrame
        quantity, symbol, scenario, run (S_T, S_R, S_T-S_R, obs, or other: of another study),
        region, period, mean, sd, unit, where in the paper, note; indexed by id.
    """
    return table("published_results").set_index("id")
