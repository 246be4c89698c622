"""What is said of what is taken away: labels, lines below a figure, why a file is not there."""

import json

from dashboard import words
from dashboard.language import N_

LATER = N_(
    "What is shown is still being worked out: take it away once it is complete, so that the "
    "receipt gives the same numbers."
)
UNRUN = N_("Run the region first: what is shown does not have these changes yet.")
ZARR = N_("Everything on so fine a grid is too much for one file of this kind: take the Zarr.")
WRITING = N_("Writing {file} …")
DONE = N_("{file} is there: if the download has not started, click its name.")
FAILED = N_("The file could not be written: {fault}. Nothing half is left.")
SIZE = N_("A picture may be {low} to {high} pixels wide and high.")
TITLE = N_("Take away")
INTRODUCTION = N_(
    "Each file says what it shows: sentence, units, changes, versions, link, citation and the "
    "command that makes its numbers again. Files are in English."
)
PICTURES = {
    "png": N_("Picture, PNG"),
    "svg": N_("Drawing, SVG"),
    "pdf": N_("One page, PDF"),
    "slide": N_("Slide 16 : 9, PNG"),
}
DATA = {"nc": "NetCDF", "zarr": "Zarr (zip)", "csv": "CSV"}
ROWS = {  # of buttons
    "picture": N_("Maps and curves"),
    "view": N_("Their numbers"),
    "map": N_("One map, GeoTIFF"),
    "run": N_("All behind them: every quantity, year and cell"),
}
SIDES = N_("Width, px"), N_("Height, px")
LINK = N_("Link")
RECEIPT = N_("Receipt: this command gives the same numbers")
# of a finished run that was opened from its file
FINISHED = N_(
    "This run was opened from a file. It can be looked at, but not run again with changes: start "
    "the page without --open for that."
)
NOT_THERE = N_("it is not in the file that was opened")
UNCHANGED = N_("nothing, Baseline")
OPENED = N_("Opened from {file}: {climates}. Changed in it: {changes}. Nothing is simulated here.")


def sources(selection, said) -> dict:
    """Return the lines below a printed figure, the most important first; *said*: its attributes."""
    state, versions = selection.state, json.loads(said["versions"])
    program = f"permafrost-carbon {versions['permafrost-carbon']}"
    change = state.change
    parts = [", ".join(change.edits), words.since(change.since)] if change.edits else []
    what_if = "; ".join(filter(None, [", ".join(parts), words.climate(change.offsets)]))
    made = f"model {said['model_source_hash'][:8]}, data {said['data_source_hash'][:8]}"
    lines = (
        (f"Simulated by {program} ({made}).", f"{words.label()}.", said["share_link"]),
        (
            f"{said['scenario']}, {said['climate_models']}; maps of {state.year}, curves of",
            f"{said['place']}. What-if: {what_if or 'none, Baseline'}.",
            "Units are beside each map and curve.",
        ),
        (f"The same numbers: {said['receipt']}",),
        (f"Model after {said['references']}.", "Cite the software as CITATION.cff says."),
    )
    return {
        "program": program,
        "license": "BSD-3-Clause",
        "creator_name": "Permafrost Carbon authors",
        "source_lines": tuple(map(" ".join, lines)),
    }
