"""What the page says, in the language of its visitor.

English stands in the code, where it is read best; `texts/zh.po` has each of its sentences beside
the Chinese. `say` looks up and fills in; what is missing there is said in English. Texts that are
declared before there is a visitor are marked with `N_` and said when they are drawn.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from weakref import WeakKeyDictionary

FOLDER = Path(__file__).parent / "texts"


class Language(NamedTuple):
    """How a language is called, and what its writing does between words and sentences."""

    name: str
    tag: str  # as HTML has it
    space: str  # between sentences
    comma: str  # between things in a row


LANGUAGES = {"en": Language("EN", "en", " ", ", "), "zh": Language("中文", "zh-Hans", "", "、")}
ENGLISH = "en"

_of_page: WeakKeyDictionary = WeakKeyDictionary()  # by document
_set: ContextVar[str | None] = ContextVar("language", default=None)


class _Here:
    """Whose turn it is: the page tells (a command line has none, and needs no Panel to know)."""

    document = staticmethod(lambda: None)


def listen(document):
    """Take *document*() for the page whose turn it is."""
    _Here.document = staticmethod(document)


def settle(document, name: str):
    """Say all that the page of *document* says in this language."""
    _of_page[document] = name


@contextmanager
def spoken(name: str) -> Iterator[None]:
    """Say what is said meanwhile in this language."""
    before = _set.set(name)
    try:
        yield
    finally:
        _set.reset(before)


def current() -> str:
    """Return the name of the language of whom is spoken to, one of `LANGUAGES`."""
    document = _Here.document()
    own = ENGLISH if document is None else _of_page.get(document, ENGLISH)
    return _set.get() or own


def preferred(accepted: str) -> str:
    """Return the language that a browser asks for by its header Accept-Language."""
    wishes = [part.partition(";") for part in accepted.replace(" ", "").split(",")]
    good = [(-_quality(rest), tag.split("-")[0].lower()) for tag, _, rest in wishes]
    known = [wish for wish in good if wish[0] < 0 and wish[1] in LANGUAGES]
    return min(known, key=itemgetter(0), default=(0, ENGLISH))[1]


def _quality(text: str) -> float:
    try:
        return float(text.removeprefix("q=") or 1)
    except ValueError:
        return 0.0


@cache
def _catalogue(name: str) -> NullTranslations:
    """Return the sentences of a language; English says what it is asked for."""
    if name == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (FOLDER / f"{name}.po").open("rb") as file:
        catalogue = read_po(file, locale=name)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)  # leaves out what is fuzzy
    compiled.seek(0)
    return GNUTranslations(compiled)


class Later(str):
    """A text in English, which `say` can still say in another language: what workers return."""

    __slots__ = ("text", "values")

    def __new__(cls, text: str, /, **values):
        """Return *text* with *values* in their places, and remember both."""
        new = super().__new__(cls, text.format(**values) if values else text)
        new.text, new.values = text, values
        return new


class Fault(ValueError):  # noqa: N818 - of a choice, not of the program
    """What is wrong, in a sentence that is said in the language of whoever reads it."""

    def __init__(self, text: str, /, **values):
        super().__init__(text if isinstance(text, Later) else Later(text, **values))

    def __str__(self):
        return say(self.args[0])


def kept(fault: Exception) -> str:
    """Return what is wrong so that it can be said later: what a worker keeps of a *fault*."""
    return fault.args[0] if isinstance(fault, Fault) else str(fault)


def heard(text: str, templates) -> str:
    """Return what the model says in English so that it can be said later.

    *templates*: what it may say, with `{names}` for what varies; else the text stays as it is.
    """
    for template in templates:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template))
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return Later(template, **found.groupdict())
    return text


def N_(text: str) -> str:
    """Mark a text that is declared now and said later."""
    return text


def say(text: str, /, **values) -> str:
    """Return *text* in the language of whom is spoken to, with *values* in their places."""
    if isinstance(text, Later):
        return say(text.text, **text.values)
    found = _catalogue(current()).gettext(text) if text else ""
    return found.format(**_said(values)) if values else found


def say_n(one: str, many: str, count: int, /, **values) -> str:
    """Return *one* or *many*, as the language counts; `{count}` is at hand."""
    found = _catalogue(current()).ngettext(one, many, count)
    return found.format(count=count, **_said(values))


def _said(values) -> dict:
    """Return *values*, those said that were to be said later."""
    return {
        name: say(value) if isinstance(value, Later) else value for name, value in values.items()
    }


def offered(options: dict) -> dict:
    """Return *options*, value by name, under names that the visitor reads."""
    return {say(name): value for name, value in options.items()}


def sentences(*said: str) -> str:
    """Return what there is of sentences as one text."""
    return LANGUAGES[current()].space.join(filter(None, said))


def listed(*words: str) -> str:
    """Return what there is of words as one row of them."""
    return LANGUAGES[current()].comma.join(filter(None, words))
