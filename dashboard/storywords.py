"""What the story says: whole sentences whose numbers come from what the page draws.

Each `{name}` is one of `FIGURES`, or the id of a published number in `data.published`.
"""

from string import Formatter

import numpy as np

import data
from dashboard import scorewords, style, words
from dashboard.frames import AGREED, agreeing, needed
from dashboard.language import N_, say, sentences
from dashboard.results import DECLARED
from dashboard.runs import RCP_NAMES
from dashboard.scorecard import printed_as
from dashboard.statistics import GAIN, cells_of
from data import RCPS, YEARS
from tem.environment import REFERENCE_YEAR

TITLES = {
    "where": N_("Where and what: carbon on frozen ground"),
    "today": N_("Today: plants take carbon up, the soil breathes it out"),
    "futures": N_("Two futures: how deep it thaws"),
    "tug": N_("Tug of war: plants against soil"),
    "thaw": N_("What thaw adds"),
    "unsure": N_("What we are unsure of"),
    "turn": N_("Your turn"),
}
TEXTS = {
    "where": N_(
        "In {year}, {place} ({extent}) thaws to {alt} in summer and stays frozen below. "
        "What has thawed holds {soc} of soil carbon. "
        "Published (Wang T. 2020, in Liu et al. {P208_where}): {P206} in all, of which {P208} "
        "perennially frozen."
    ),
    "today": N_(
        "In {year} plants of {place} bind {npp} of carbon (NPP) and the soil breathes out {rh} "
        "(RH). What is left is NEP, {nep}; above zero the land takes carbon up. "
        "Published for {P056_period} (Liu et al. {P056_where}): NPP {P052}, RH {P054}, NEP {P056}."
    ),
    "futures": N_(
        "In {since} summer thaw reached {alt_then} on average in {place}. "
        "By {year} it reaches {alt_rcp45} under RCP4.5 and {alt_rcp85} under RCP8.5. "
        "Where it thaws deeper, carbon and nitrogen that were frozen enter the living soil."
    ),
    "tug": N_(
        "Thaw feeds plants with nitrogen and microbes with carbon. Under {scenario} in {year} it "
        "changes what plants bind by {dnpp} and what the soil breathes out by {drh}. "
        "Where the soil gains more than the plants, the land loses: {gain} since {since}."
    ),
    "thaw": N_(
        "Until {year}, thaw brings {exposed} of soil carbon of {place} into the active layer. "
        "It was in the ground before, so it is no gain of the land. What the land gains or loses "
        "by thaw, through plants and microbes, is ΣΔNEP: {gain}."
    ),
    "unsure": N_(
        "By {year} thaw has changed the carbon of {place} by {gain} on average, from {low} to "
        "{high} ({models}). On {sure} of the area at least {agreed} of them agree on the sign. "
        "Fire, rivers, methane and collapsing ground are not in the model."
    ),
    "turn": N_(
        "How deep does soil carbon reach (b), how fast does it decompose (k_d)? Move a slider and "
        "the model reruns {place}; B flips between Baseline and what-if."
    ),
}
STEP = N_("Step {number} of {count}")
NEXT, BEFORE = N_("Next step (→)"), N_("Step before (←)")
BEGIN, LEAVE, RETURN = N_("Story"), N_("Leave the story"), N_("Return to the story")
RESTORE = N_("As told (R)")
AWAITED = N_("The first results are on their way.")


def told(step, selection) -> str:
    """Return the sentences of a *step*, with the numbers of what *selection* shows now."""
    if not selection.told():
        return say(AWAITED)
    text = TEXTS[step.name]
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    said = [say(text, **{name: _figure(name, selection) for name in names})]
    old, new = selection.gains()
    if new:
        change, marks = selection.change(), selection.marks_told()
        said.append(words.what_if(selection.place, old, new, change, marks))
    elif step.name == "turn":
        said.append(words.headlined(selection, (old, new)))
    elif step.name in PRINTED:
        said.append(words.printed(selection.state, PRINTED[step.name]))
    return sentences(*said)


PRINTED = {"thaw": ("SOC_PF",), "unsure": ("SdNEP",)}  # what the study prints, to end with


def _figure(name, selection) -> str:
    return FIGURES[name](selection) if name in FIGURES else _published(name)


def _published(name) -> str:
    """Return a published number with its unit, or where it stands, or of which years it is."""
    row_name, _, what = name.partition("_")
    rows = data.published()
    row = rows.loc[row_name]
    if what == "where":
        return scorewords.source(row)
    if what == "period":
        return row.period.replace("-", "–")
    number = scorewords.published(printed_as(row_name, rows))
    return style.bound(f"{number} {scorewords.unit(row.unit)}")


# --- numbers of the page ---------------------------------------------------------------------


def _amount(value, unit, form=style.number) -> str:
    return style.bound(f"{form(value)} {style.unit(unit)}")


def _means(selection, name, results=None):
    """Return the mean over the climate models of S_T and S_R [run, year]."""
    models = selection.series_of(selection.told() if results is None else results)
    return np.mean([series(name) for series in models.values()], axis=0)


def _at(selection) -> int:
    return selection.state.year - YEARS[0]


def _with_thaw(name):
    """Return the figure of a variable with thaw in the year shown."""

    def found(selection):
        value = _means(selection, name)[0, _at(selection)]
        return _amount(value, selection.unit(name))

    return found


def _effect(name):
    """Return the figure of what thaw adds to a variable in the year shown."""

    def found(selection):
        transient, reference = _means(selection, name)[:, _at(selection)]
        return _amount(transient - reference, selection.unit(name), style.signed)

    return found


def _thaw_depth(rcp):
    """Return the figure of the active layer under a scenario."""

    def found(selection):
        results = selection.library.results(rcp, selection.state.gcms)
        if not results:
            return say(words.NOT_YET)
        return _amount(_means(selection, "alt", results)[0, _at(selection)], DECLARED["alt"].unit)

    return found


def _thaw_then(selection) -> str:
    value = _means(selection, "alt")[0, REFERENCE_YEAR - YEARS[0]]
    return _amount(value, DECLARED["alt"].unit)


def _exposed(selection) -> str:
    return _amount(selection.exposed()[0], selection.place.stock)


def _gain(of):
    """Return the figure of ΣΔNEP in the year shown, *of* the climate models."""
    return lambda selection: _amount(of(selection.gains()[0]), selection.place.unit, style.signed)


def _sure(selection) -> str:
    """Return on which share of the area at least `AGREED` of the climate models agree."""
    cells = cells_of(selection)
    fields = [one.frames(GAIN)[_at(selection), cells] for one in selection.told().values()]
    agreed = agreeing(fields, np.mean(fields, axis=0)) >= needed(len(fields))
    area = selection.library.weights.area[cells, 0]
    return style.bound(f"{100 * area[agreed].sum() / area.sum():.0f} %")


FIGURES = {
    "year": lambda selection: str(selection.state.year),
    "since": lambda _selection: str(REFERENCE_YEAR),
    "scenario": lambda selection: RCP_NAMES[selection.state.rcp],
    "place": lambda selection: selection.place.name,
    "extent": words.extent,
    "models": lambda selection: words.models(selection.state, len(selection.told())),
    "sure": _sure,
    "agreed": lambda _selection: style.bound(f"{100 * AGREED:.0f} %"),
    "alt": _with_thaw("alt"),
    "soc": _with_thaw("soc"),
    "npp": _with_thaw("npp"),
    "rh": _with_thaw("rh"),
    "nep": _with_thaw("nep"),
    "dnpp": _effect("npp"),
    "drh": _effect("rh"),
    "alt_then": _thaw_then,
    "exposed": _exposed,
    "gain": _gain(np.mean),
    "low": _gain(np.min),
    "high": _gain(np.max),
    **{f"alt_{rcp}": _thaw_depth(rcp) for rcp in RCPS},
}
