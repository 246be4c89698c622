"""The results of the paper, to compare with."""

from functools import cache

from data.figures import table


@cache
def published():
    """Return the numbers that the paper prints, a row each; shared: copy before changing them.

    Returns
    -------
    pandas.DataFrame
        quantity, symbol, scenario, run (S_T, S_R, S_T-S_R, obs, or other: of another study),
        region, period, unit, where in the paper, note; mean and sd, and mean_printed and
        sd_printed, with the digits of the paper; indexed by id. Words and digits are empty
        where nothing is printed.
    """
    words = table("published_results", as_text=True).set_index("id")
    numbers = table("published_results").set_index("id")[["mean", "sd"]]
    return words.rename(columns={"mean": "mean_printed", "sd": "sd_printed"}).join(numbers)
