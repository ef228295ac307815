"""The languages that there are, with their own names and directions, and the regions, as Unicode's CLDR has them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import babel
from babel import localedata

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
"""As a locale of the knowledge base may be called (`engine.model.locale.Language`)."""


@dataclass(frozen=True)
class KnownLanguage:
    """One language of the list."""

    tag: str
    """As BCP 47 writes it."""
    own: str
    """Its name in itself: `Deutsch`."""
    english: str
    direction: str
    """`ltr` or `rtl`."""

    @property
    def label(self) -> str:
        """Both names: `Deutsch · German`."""
        return self.own if self.own == self.english else f"{self.own} · {self.english}"


@cache
def known_languages() -> dict[str, KnownLanguage]:
    """Tag to language of every language whose own name CLDR knows, by their English names; takes some seconds once."""
    names = babel.Locale("en").languages
    tags = [name.replace("_", "-") for name in localedata.locale_identifiers() if name in names]
    found = [_known(tag) for tag in tags if _LANGUAGE.fullmatch(tag) and _own_name(tag)]
    return {one.tag: one for one in sorted(found, key=lambda one: one.english)}


@cache
def known(tag: str) -> KnownLanguage:
    """One language; one that CLDR does not know has its tag for a name."""
    try:
        return _known(tag)
    except (babel.UnknownLocaleError, ValueError):
        return KnownLanguage(tag, tag, tag, "ltr")


def _known(tag: str) -> KnownLanguage:
    locale = babel.Locale.parse(tag, sep="-")
    english = babel.Locale("en").languages.get(tag.replace("-", "_")) or locale.get_display_name("en") or tag
    own = _own_name(tag) or english
    return KnownLanguage(tag, own[:1].upper() + own[1:], english, locale.text_direction)


def _own_name(tag: str) -> str | None:
    locale = babel.Locale.parse(tag, sep="-")
    return locale.get_display_name(locale)


@cache
def regions() -> dict[str, str]:
    """ISO 3166-1 code of two letters to English name, by name."""
    names = babel.Locale("en").territories.items()
    real = {code: name for code, name in names if re.fullmatch(r"[A-Z]{2}", code) and code not in _NO_REGION}
    return dict(sorted(real.items(), key=lambda one: one[1]))


def regions_in_words(codes: Collection[str], most: int | None = None) -> str:
    """Countries and territories by their names; of more than `most`, the first and how many others."""
    names = sorted(regions().get(one, one) for one in codes)
    if most is None or len(names) <= most:
        return ", ".join(names)
    return f"{names[0]} and {len(names) - 1} others"


_NO_REGION = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})
"""Codes that CLDR names and that are no country or territory."""
