"""LC007 `locale.emergency`: every language gives a region the same emergency numbers."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.locale import Locale
from validators.example import EMERGENCY, translated
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare each language's emergency numbers with those of the language that records are written in."""
    own = context.kb.locales.get(context.kb.language)
    for language, locale in sorted(context.kb.locales.items()):
        if own is None or locale is own:
            continue
        path, ours, theirs = context.path("locale", language), _numbers(own), _numbers(locale)
        for region in sorted(ours.keys() | theirs.keys()):
            if ours.get(region) != theirs.get(region):
                name = region or "where nobody knows the region"
                what = f"{name}: {_said(theirs.get(region))} here, {_said(ours.get(region))} in `{own.language}`"
                yield path, ("emergency",), what, "find out which is right, and write it in both"


def _numbers(locale: Locale) -> dict[str, tuple[str, ...]]:
    """Region to numbers; the empty region is the default."""
    emergency = locale.emergency
    places = {region: place.numbers for place in emergency.places for region in place.regions}
    return {"": emergency.default.numbers, **places}


def _said(numbers: tuple[str, ...] | None) -> str:
    return " and ".join(numbers) if numbers else "no number"


def _german(number: str) -> dict[str, object]:
    overlay = translated()
    locale = overlay["locales/de.json"]
    assert isinstance(locale, dict)
    default = {**EMERGENCY["default"], "numbers": [number]}
    return {**overlay, "locales/de.json": {**locale, "emergency": {"default": default}}}


CHECK = Check(
    code="LC007",
    name="locale.emergency",
    title="Every language gives a region the same emergency numbers",
    why="Which number to call depends on where somebody is, not on the language that they read.",
    bad=_german("911"),
    good=_german("112"),
    run=run,
)
