"""The line above the curves: what they are about and which line is which."""

from dashboard import style, words


def key(selection, *, dark=False) -> str:
    """Return the key as HTML."""
    state, place, count = selection.state, selection.place, len(selection.results())
    colour, changed = style.rcp(state.rcp, dark=dark), style.what_if(dark=dark)
    name = place.name.removeprefix("the ")
    area = selection.library.weights.extent[state.group] / 1e12  # m2 to million km2
    size = "" if place.cell is not None else f" ({area:.2f} million km²)"
    runs = (
        f"{_line(colour)}S_T − S_R"
        if state.curves == "thaw"
        else f"{_line(colour)}S_T, with thaw{_line(colour, '5 3')}S_R, thaw held at 2020"
    )
    spread = (
        f"{_band(colour)}±1 SD, n = {count}" if count > 1 else f" · {words.models(state, count)}"
    )
    stale = " (stale)" if selection.stale() and place.cell is None else ""
    return (
        f"<b>{name[0].upper()}{name[1:]}</b>{size}. &nbsp;<b>Baseline</b>{runs}{spread}"
        f" &nbsp;<b>What-if{stale}</b>{_line(changed)}"
    )


def _band(colour):
    return f'<span style="background:{colour};opacity:.28;margin:0 4px 0 10px">&emsp;&ensp;</span>'


def _line(colour, dashes=""):
    return (
        '<svg width="22" height="8" style="margin:0 4px 1px 8px">'
        f'<line x1="0" x2="22" y1="4" y2="4" stroke="{colour}" stroke-width="2.5" '
        f'stroke-dasharray="{dashes}"/></svg>'
    )
