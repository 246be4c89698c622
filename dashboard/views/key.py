"""The line above the curves: what they are about and which line is which."""

import html

from dashboard import style, words
from dashboard.language import LANGUAGES, current, listed, say
from dashboard.quantities import EFFECT
from tem.environment import REFERENCE_YEAR

_MARK = '<span class="chip">{}</span>'


def key(selection, *, dark=False, alone=False) -> str:
    """Return the key as HTML; *alone*: no what-if is drawn until B shows it again."""
    state, place, count = selection.state, selection.place, len(selection.told())
    here = LANGUAGES[current()]
    colour, changed = style.rcp(state.rcp, dark=dark), style.what_if(dark=dark)
    name = words.opening(place.name)
    size = "" if place.cell is not None else f" ({words.extent(selection)})"
    drawn = EFFECT if state.curves == "thaw" else "S_T"
    of = f"{words.RCP_NAMES[state.rcp]}{here.comma}" if state.lines == "scenarios" else ""
    runs = (
        _entry(_line(colour), f"{of}{drawn}")
        if state.curves == "thaw"
        else _entry(_line(colour), of + say("S_T, with thaw"))
        + _entry(_line(colour, "5 3"), say("S_R, thaw held at {since}", since=REFERENCE_YEAR))
    )
    spread = (
        _entry(_band(colour), f"±1 SD, n = {count}")
        if count > 1
        else _entry("", "" if selection.previewed() else f"· {words.models(state, count)}")
    )
    if state.lines == "models" and count > 1:
        spread += "".join(
            _entry(_line(colour, " ".join(map(str, style.GCM_DASH[gcm])), 1.3), gcm)
            for gcm in selection.told()
        )
    elif state.lines == "scenarios":
        spread += "".join(
            _entry(_line(style.rcp(rcp, dark=dark), "12 4"), listed(name, drawn))
            for rcp, name in words.RCP_NAMES.items()
            if rcp != state.rcp
        )
    hidden = (say("hidden, B shows it"),) if alone else ()
    marks = (*selection.marks_told(), *hidden)
    called = words.called(selection.change())
    marked = "".join(f" {_MARK.format(mark)}" for mark in marks)
    return (
        f"<b>{name}</b>{size}{say('.')} &nbsp;<b>{say('Baseline')}</b>{runs}{spread}"
        f"{_entry('', f'<b>{words.opening(called)}{marked}</b> {_line(changed)}')}"
        f"{_saved(selection, changed)}"
    )


def _saved(selection, colour):
    """Return the names of the saved what-ifs, each with its kind of line."""
    pairs = zip(selection.state.saved, style.DASHES, selection.shelf.missing(), strict=False)
    return "".join(
        _entry(
            _line(colour, " ".join(map(str, dash)), length=34),
            html.escape(one.name) + _note(missing),
        )
        for one, dash, missing in pairs
    )


def _note(missing):
    return f" ({html.escape(say(missing))})" if missing else ""


def _entry(mark, text):
    """Return a mark and its text, which stay on one line."""
    return f'&ensp; <span style="white-space:nowrap">{mark}{text}</span>'


def _band(colour):
    return f'<span style="background:{colour};opacity:.28;margin-right:4px">&emsp;&ensp;</span>'


def _line(colour, dashes="", width=2.5, length=22):
    return (
        f'<svg width="{length}" height="8" style="margin:0 4px 1px 0">'
        f'<line x1="0" x2="{length}" y1="4" y2="4" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}"/></svg>'
    )
