"""How the documentation is built as a site: `make docs-site`, which stops at the first broken link.

The pages are Markdown that a git host shows as well. Sphinx with MyST builds them: both are alive, they check every
link and heading, search runs in the browser, and the theme asks no other server for anything.
"""

from __future__ import annotations

from typing import Any

project = "Algos"
author = ""
copyright = "CC BY 4.0, like the rest of the texts"  # noqa: A001 (Sphinx reads this name)
html_title = "Algos"
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns: list[str] = []
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # examples of bad JSON, and languages without colours

myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]

html_theme = "furo"
html_baseurl = ""
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "monokai"

CONTENTS = {
    "Clinicians": ("first-rule", "weights", "guides", "safety-rules", "cases"),
    "Reviewers": ("reviewing", "review"),
    "Safety officers": ("safety-officers", "safety-file", "proofs"),
    "App developers": ("apps", "bundles", "keys", "semantics", "fhir", "sql", "locales", "implementing-a-runtime"),
    "Operators": ("operators",),
    "Contributors": (
        "first-release",
        "architecture",
        "adding-a-form",
        "adding-a-check",
        "adding-an-export",
        "checks/index",
        "licences",
        "third-party",
    ),
    "Words": ("glossary",),
}
"""What the site's margin lists; pages that are not named here stand at its end.

It is not in the pages: a git host would show it with them."""


def _contents(app: Any, page: str, source: list[str]) -> None:
    """Give the first page, and the one of all checks, the list of what is below them."""
    found = sorted(app.env.found_docs - {"index", "checks/index"})
    checks = [name for name in found if name.startswith("checks/")]
    listed = {name for names in CONTENTS.values() for name in names}
    more = [name for name in found if name not in listed and name not in checks]
    lists = {"index": CONTENTS | {"More": tuple(more)}, "checks/index": {"": tuple(checks)}}
    for caption, names in lists.get(page, {}).items():
        named = f":caption: {caption}\n" if caption else ""
        below = "\n".join(f"/{name}" for name in names if name in app.env.found_docs)
        if below:
            source[0] += f"\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n{named}\n{below}\n```\n"


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _contents)
