"""How the page looks: kind of quantity → colours; scenario colours; units and numbers as text.

Colour maps: IPCC WGI "chem" family, reversed so that gain is green (anchors from the WGI colour
guide); scenario colours: AR6 WGI, lightness shifted where 3:1 contrast demands it.
"""

import re
from itertools import cycle

import numpy as np

from dashboard.language import N_, say
from data import GCMS

CHEM_DIV = ("#40004B", "#A885B7", "#F8F8F8", "#75BA7A", "#004439")  # loss → gain
CRYO_DIV = ("#262600", "#9B9B61", "#EAEDEC", "#5880A7", "#2B194C")  # shallower → deeper thaw
TEMP_DIV = ("#053061", "#61A4CC", "#F8F8F7", "#DB7867", "#67001F")  # cold → warm
PREC_DIV = ("#543005", "#C8954F", "#F7F8F8", "#53A69F", "#003C30")  # less → more water
CHEM_SEQ = ("#FEFED8", "#A0C498", "#8F8685", "#74456B", "#1A0E33")
DEPTH_SEQ = ("#001959", "#235C5F", "#808132", "#F49F73", "#FACCFA")
WATER_SEQ = ("#E6F0F0", "#86B9E2", "#7771D5", "#6E2D83", "#360E24")
DIVERGING = {  # of differences, by kind; else CHEM_DIV
    "temperature": TEMP_DIV, "depth": CRYO_DIV, "water": PREC_DIV,
    "loss": CHEM_DIV[::-1],  # what breathes more loses: purple
}  # fmt: skip
SEQUENTIAL = {"depth": DEPTH_SEQ, "water": WATER_SEQ}  # of amounts, by kind; else CHEM_SEQ
STEPS = 255  # odd: zero has a colour of its own

RCP = {"rcp45": "#4F86BA", "rcp85": "#990002"}
RCP_DARK = {"rcp45": "#70A0CD", "rcp85": "#E0563F"}
WHAT_IF, WHAT_IF_DARK = "#A05200", "#F5A623"  # apart from both scenarios in grey, too
WORDS = {  # colours of words, by meaning
    "near": "#8A5A00", "far": "#7B3294", "warning": WHAT_IF, "closed": "#1E7B34",
}  # fmt: skip
WORDS_DARK = {"near": "#E0AC4E", "far": "#CFA3E0", "warning": WHAT_IF_DARK, "closed": "#75BA7A"}
GCM_DASH = dict(zip(GCMS, cycle(([], [1, 3], [6, 2, 1, 2], [9, 2, 1, 2, 1, 2])), strict=False))
OTHER_DASH = [12, 4]  # of the scenario that is not chosen
DASHES = ((2, 3), (10, 3, 2, 3), (16, 4), (10, 3, 2, 3, 2, 3))  # of saved what-ifs, px
PAPER = ("#FFFFFF", "#CDD1D6")  # the relief under the cells, the same in both themes
TRUE_AT = 33.0  # degrees north where east-west and north-south distances agree on screen
NARROWED = float(np.cos(np.radians(TRUE_AT)))  # east-west over north-south of a degree there
MISSING = "#BDBDBD"  # a cell without a value
RINGS = {"#FFFFFF": 7, "#111111": 3}  # px, around the cursor: one of them is seen on any colour
STROKE = "#6B6B6B"  # of hatching
PLACE = "#333333"  # names drawn on the cells
GAIN, LOSS = "#4C9A5B", "#8F63B0"  # of carbon, as bars: 3 to 1 on light and on dark
LOWER, HIGHER = "#5B8DB8", "#C07A1C"  # ends of a parameter's range
PARTS = ("#5B8DB8", "#C07A1C", "#4C9A5B", "#8F63B0", "#7A8B99", "#A8925A", "#9B5D6B")
TEXT, TEXT_DARK = "#333333", "#E0E0E0"  # of words drawn in a figure
CONTEXT = "#8A8F98"  # places, outlines, axes: legible on light and dark

SMALL = "@media (max-width: 900px), (max-height: 600px)"  # as a laptop's is at a zoom of 200 %
FLOWS = f"""{SMALL} {{  /* of a column: it is as high as what is in it */
  :host {{ height: auto !important; max-height: none !important; min-width: 0 !important; }}
  :host > * {{ flex: 0 0 auto !important; }}
}}"""
SCROLLS = f"""{SMALL} {{  /* of what holds such columns, and scrolls */
  :host > * {{ flex: 0 0 auto !important; height: auto !important; max-height: none !important; }}
}}"""


def _wrapping(least: str) -> str:
    """Return what lets things of a row stand side by side where each has its *least* width."""
    return f"""
  :host {{ flex-wrap: wrap !important; }}
  :host {{ height: auto !important; max-height: none !important; min-width: 0 !important; }}
  :host > * {{ flex: 1 1 {least} !important; min-width: 0; }}"""


BESIDE = _wrapping("460px")  # of a row of drawings with long names
WRAPS = f"""{SMALL} {{  /* of a row: what has no room goes below */{_wrapping("260px")}
  :host > .bk-Figure {{ min-height: 170px; }}
}}"""
STACKS = f"""{SMALL} {{  /* of a row: all stand one below the other */
  :host {{
    flex-direction: column !important; height: auto !important; min-width: 0 !important;
  }}
  :host > * {{ flex: 0 0 auto !important; }}
}}"""

HIGH = f"""{SMALL} {{  /* of a column whose drawing is given no height there */
  :host > .bk-Figure {{ min-height: 220px; }}
}}"""

UNSEEN = {  # but heard
    "position": "absolute", "width": "1px", "height": "1px", "overflow": "hidden",
    "clipPath": "inset(50%)", "whiteSpace": "nowrap",
}  # fmt: skip
HEADER = {
    "& .MuiToolbar-root": {"minHeight": "48px !important"},
    SMALL: {
        "& .title": UNSEEN,
        "& a:has(> .logo)": {"display": "none !important"},
        "& .MuiToolbar-root": {"px": "12px"},
    },
    # pmui 0.16 draws its sign of being busy even where none is wanted, and it has no name
    "& .MuiAppBar-root > .MuiLinearProgress-root": {"display": "none"},
    "& .MuiAppBar-root": {"backgroundColor": "#1F5C66 !important", "color": "#FFFFFF !important"},
    "& .MuiAppBar-root a": {"color": "inherit"},  # and so the ring around them
}
NO_MENU = HEADER | {"& .MuiToolbar-root > .MuiIconButton-edgeStart": {"display": "none"}}
BARE = {  # nothing but what is presented, and the title for those who listen
    "& .MuiAppBar-root": UNSEEN | {"visibility": "hidden"},
    "& .MuiAppBar-root .title": {"visibility": "visible"},
    "& .main .MuiToolbar-root": {"display": "none"},
}
_HEADINGS = {  # pmui (0.16) has the title as its third level, and headings that are empty
    "MuiTypography": {"defaultProps": {"variantMapping": {"h3": "h1", "h5": "div", "h6": "h2"}}},
}
PRIMARY = {"light": "#1F5C66", "dark": "#7CC4CF"}


def theme() -> dict:
    """Return what `pmui.Page` takes as its theme, in the language of the visitor.

    What pmui (0.16) leaves without a name has one: the menu over a small screen, bars of progress.
    """
    menu, progress = ({"aria-label": say(name)} for name in (N_("Choices"), N_("Progress")))
    parts = _HEADINGS | {
        "MuiDrawer": {"defaultProps": {"slotProps": {"paper": menu}}},
        "MuiLinearProgress": {"defaultProps": progress},
    }
    return {
        name: {"palette": {"primary": {"main": colour}}, "components": parts}
        for name, colour in PRIMARY.items()
    }


CALM = {
    "& .MuiToggleButton-root": {"textTransform": "none", "whiteSpace": "nowrap", "py": "3px"},
    SMALL: {"& .MuiToggleButton-root": {"px": "4px", "fontSize": "12px"}},
}
LIST = {  # of choices, one below the other
    "& .MuiToggleButton-root": {
        "textTransform": "none", "justifyContent": "flex-start", "textAlign": "left",
        "lineHeight": 1.25, "py": "5px",
    }
}  # fmt: skip
IN_HEADER = CALM | {
    "& .MuiToggleButton-root": {
        "textTransform": "none", "py": "2px", "color": "#FFFFFF", "borderColor": "#FFFFFF99",
        "whiteSpace": "nowrap",
    },
    "& .MuiToggleButton-root.Mui-selected": {"backgroundColor": "#FFFFFF", "color": "#1F5C66"},
    "& .MuiToggleButton-root.Mui-selected:hover": {"backgroundColor": "#FFFFFFDD"},
}  # fmt: skip
ARROW = {"minWidth": "40px", "px": "6px", "py": "0", "fontSize": "18px", "lineHeight": 1.5}
DOTS = CALM | {  # steps of the story
    "& .MuiToggleButton-root": {"px": "9px", "py": "1px", "fontSize": "14px", "lineHeight": 1.5},
}
PLAYER = {"& .MuiIconButton-root": {"color": "inherit"}}  # pmui (0.16) has a grey for light alone
LARGE_PLAYER = PLAYER | {
    "& .MuiTypography-root": {"fontSize": "18px"}, "& .MuiSlider-root": {"mr": "10px"},
}  # fmt: skip
LARGE = {  # a slider for a large screen
    "& .MuiFormLabel-root": {"fontSize": "15px", "lineHeight": 1.2},
    "& .MuiSlider-root": {"py": "8px"},
}
TIGHT = {  # a list that leaves the room to what is below it
    "& .MuiSelect-select": {"py": "3px !important", "fontSize": "12.5px"},
    "& .MuiInputLabel-root": {"fontSize": "12px"},
}
TYPED = TIGHT | {  # a number: its buttons have no names in pmui 0.16, and keys do the same
    "& .MuiIconButton-root": {"display": "none"},
}
LINES = {"& .MuiFormHelperText-root": {"whiteSpace": "pre-line", "lineHeight": 1.25, "mx": 0}}
STILL = {"& .MuiLinearProgress-bar": {"transition": "none"}}  # no frames between two values
SMALL_PRINT = {"font-size": "12.5px"}  # words beside sliders and choices
WORDS_HIGH = 1.2  # em, a line of words at a slider
SLIM = {  # a slider with its words in small print
    "& .MuiFormLabel-root": {"fontSize": "11.5px", "lineHeight": WORDS_HIGH},
    "& .MuiSlider-root": {"py": "5px"},
    "&.MuiSlider-root": {"py": "5px"},
}

LONGEST_JS = """
const longest = (titles, figure) => {  // of titles, long ones first, one that has room
  const pen = document.createElement("canvas").getContext("2d")
  const {text_font_style, text_font_size, text_font} = figure.title
  // Bokeh draws 1em of a title as 13px; a canvas that is not on the page would measure 10px
  const size = text_font_size.replace(/^([0-9.]+)em$/, (_, ems) => `${13 * ems}px`)
  pen.font = `${text_font_style} ${size} ${text_font}`
  // titles start where the frame does, and are cut where the figure ends
  const start = Bokeh.index.find_one_by_id(figure.id)?.frame?.bbox.left
  const room = start > 0 ? figure.outer_width - start : figure.inner_width
  const fits = (title) => pen.measureText(title).width < room
  return titles.find(fits) ?? titles.at(-1)
}
"""
# a number under the pointer, with a true minus; of a change also with its plus
_AMOUNT_JS = """
const digits = {minimumFractionDigits: places, maximumFractionDigits: places}
const text = Math.abs(value).toLocaleString("en", digits).replaceAll(",", "\u202f")
const sign = !/[1-9]/.test(text) ? "" : value < 0 ? "−" : plus
return isNaN(value) ? "–" : sign + text
"""

TWO_DIGITS = 10.0  # from which on an estimate has two
LEAST = 0.01  # smaller numbers are written with an exponent
ROUND_OFF = 1e-9  # of a mean; a spread below is none
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SPELLED = {"percent": "%", "1": ""}
_CALLED = {"year": N_("yr"), "yr": N_("yr"), "month": N_("month"), "day": N_("day")}
_TIMES = re.compile(rf"(?<![a-zA-Z])({'|'.join(_CALLED)})(?![a-zA-Z])")


def amount_js(largest: float, *, signed=False) -> str:
    """Return the script that writes a number under the pointer; *largest*: of its kind."""
    places = max(0, 2 - int(np.floor(np.log10(largest)))) if largest > 0 else 2
    return f'const places = {min(places, 6)}, plus = "{"+" * signed}"\n{_AMOUNT_JS}'


SIGNED_JS, NUMBER_JS = amount_js(10, signed=True), amount_js(1)


def rcp(name: str, *, dark=False) -> str:
    """Return the colour of a scenario."""
    return (RCP_DARK if dark else RCP)[name]


def what_if(*, dark=False) -> str:
    """Return the colour of a what-if."""
    return WHAT_IF_DARK if dark else WHAT_IF


def variables(*, dark=False) -> str:
    """Return the colours of words as CSS variables of an element and all that is in it."""
    colours = (f"--{name}: {colour};" for name, colour in (WORDS_DARK if dark else WORDS).items())
    return f":host {{ {' '.join(colours)} }}"


def ranged(low: float, high: float, usual, lines: int = 1) -> dict:
    """Return the look of a slider from *low* to *high*; its rail is thick in the *usual* range.

    *lines*: for which its words have room.
    """
    label = SLIM["& .MuiFormLabel-root"] | {"minHeight": f"{lines * WORDS_HIGH:g}em"}
    slim = SLIM | {"& .MuiFormLabel-root": label}
    if usual is None:
        return slim
    ends = [100 * min(max((end - low) / (high - low), 0), 1) for end in usual]
    rail = {
        "height": "8px", "opacity": 0.45, "borderRadius": 0, "backgroundColor": "transparent",
        "backgroundImage": "linear-gradient(currentcolor, currentcolor), "
        "linear-gradient(currentcolor, currentcolor)",
        "backgroundSize": f"{ends[1] - ends[0]:.1f}% 8px, 100% 2px",
        "backgroundPosition": f"{_along(*ends)} 0, 0 50%",
        "backgroundRepeat": "no-repeat",
    }  # fmt: skip
    return slim | {"& .MuiSlider-rail": rail}


def _along(start: float, end: float) -> str:
    """Return where CSS must put a background that is to reach from *start* to *end* per cent."""
    spare = 100 - (end - start)
    return f"{100 * start / spare:.1f}%" if spare > 0 else "0%"


def diverging(kind: str) -> list[str]:
    """Return the colours of a difference in a quantity of this kind, low to high."""
    return shades(DIVERGING.get(kind, CHEM_DIV))


def sequential(kind: str) -> list[str]:
    """Return the colours of the amount of a quantity of this kind, low to high."""
    return shades(SEQUENTIAL.get(kind, CHEM_SEQ))


def shades(colours) -> list[str]:
    """Return `STEPS` colours that run evenly through *colours*."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours])
    at = np.linspace(0, len(anchors) - 1, STEPS)
    mixed = np.array([np.interp(at, range(len(anchors)), channel) for channel in anchors.T]).T
    return ["#{:02x}{:02x}{:02x}".format(*rgb) for rgb in np.rint(mixed).astype(int)]


def unit(declared: str) -> str:
    """Return a declared unit as people print it: `gC m-2 year-1` becomes `g C m⁻² yr⁻¹`."""
    if declared in _SPELLED:
        return _SPELLED[declared]
    spelled = _TIMES.sub(lambda found: say(_CALLED[found[0]]), declared.replace("degC", "°C"))
    words = re.sub(r"\b([PTk]?g)([CN])\b", r"\1 \2", spelled)
    return re.sub(r"(?<=[^\W\d])-?\d+", lambda m: m[0].translate(_RAISED), words)


def bound(text: str) -> str:
    """Return *text* so that no line ends inside it."""
    return text.replace(" ", "\u00a0")


def number(value: float) -> str:
    """Return *value* with two or three digits that mean something, a true minus sign."""
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    places = max(0, 2 - max(0, int(np.floor(np.log10(size) + 0.002)))) if size else 0
    text = f"{value:,.{places}f}" if size >= LEAST or not size else f"{value:.2g}"
    text = text.replace("-", "−").replace(",", "\u202f")
    return "0" if re.fullmatch(r"−?0(\.0+)?", text) else text


def alike(*values: float) -> list[str]:
    """Return *values* as text, with as many decimals as two digits of their range have."""
    apart = max(values) - min(values)
    if not np.isfinite(apart) or apart <= ROUND_OFF * max(map(abs, values)):
        return [number(value) for value in values]
    places = max(0, 1 - int(np.floor(np.log10(apart))))
    texts = (f"{round(value, places) + 0.0:,.{places}f}" for value in values)  # no minus zero
    return [text.replace("-", "−").replace(",", "\u202f") for text in texts]


def spread(mean: float, sd: float) -> str:
    """Return *mean* ± *sd*, both to the second digit of *sd*."""
    if not np.isfinite(mean) or not np.isfinite(sd) or sd <= ROUND_OFF * abs(mean):
        return f"{number(mean)} ± {number(0.0 if np.isfinite(sd) else sd)}"
    places = max(0, 1 - int(np.floor(np.log10(sd))))
    texts = [f"{value:,.{places}f}" for value in (mean, sd)]
    return " ± ".join(texts).replace("-", "−").replace(",", "\u202f")


def grouped(value: float) -> str:
    """Return a large *value* without decimals, its thousands apart."""
    return f"{value:,.0f}".replace(",", "\u202f").replace("-", "−")


def signed(value: float) -> str:
    """Return a change as text: `number` with its sign."""
    text = number(value)
    return f"+{text}" if value > 0 and text != "0" else text


def rough(value: float) -> str:
    """Return a positive *value* with one digit, with two above ten: what an estimate is worth."""
    return f"{float(f'{value:.{1 if value < TWO_DIGITS else 2}g}'):g}"


def round_up(value: float) -> float:
    """Return the next of 1, 2, 2.5, 5 times a power of ten: limits that one can read."""
    if not np.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return float(next(step * power for step in steps if step * power >= value * 0.999))


def readable(low: float, high: float) -> tuple[float, float]:
    """Return limits that one can read, just outside *low* and *high*."""
    span = high - low or abs(high) or 1.0
    step = 10.0 ** np.floor(np.log10(span)) / 2
    start, end = np.floor(low / step), np.ceil(high / step)
    return float(start * step), float(max(end, start + 1) * step)
