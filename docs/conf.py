"""How the documentation is built as a site: `make docs-site`, which stops at the first broken link.

The pages are Markdown that a git host shows as well. Sphinx with MyST builds them: both are alive, they check every
link and heading, search runs in the browser, and the theme asks no other server for anything.
"""

from __future__ import annotations

project = "Algos"
author = ""
copyright = "CC BY 4.0, like the rest of the texts"  # noqa: A001 (Sphinx reads this name)
html_title = "Algos"
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns: list[str] = []
nitpicky = True

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
