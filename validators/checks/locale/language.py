"""LC001 `locale.language`: every language of a knowledge base has its locale, and every locale is of one of them."""

from __future__ import annotations

from collections.abc import Iterator

from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare the settings' languages with the locales that are there."""
    kb = context.kb
    for at, language in enumerate(kb.settings.languages):
        if f"locales/{language}.json" not in context.loaded.files:
            what = f"nobody is told an emergency number in the language `{language}` (no `locales/{language}.json`)"
            yield "kb.json", ("languages", at), what, "add its texts, or take the language out"
    for language, locale in kb.locales.items():
        path = context.path("locale", language)
        if language not in kb.settings.languages:
            fix = "add it to them (`languages` in `kb.json`), or delete its texts"
            yield path, ("language",), f"the settings do not list the language `{language}`", fix
        elif language == kb.language and locale.texts:
            what = f"the records are written in `{language}` themselves, so it has no translations"
            yield path, ("texts",), what, "change the records' own texts, and delete these"


CHECK = Check(
    code="LC001",
    name="locale.language",
    title="Every language has its locale, and every locale is of a language",
    why="An app offers the languages that are listed; each needs its name, its direction and its emergency numbers.",
    bad=changed("kb.json", languages=["en", "de"]),
    good={},
    run=run,
)
