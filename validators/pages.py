"""A page for each check, generated from the check itself: `docs/checks/`."""

from __future__ import annotations

import json
import re

from validators.example import BASE, TODAY
from validators.registry import Check, Overlay, check_files, checks, example_files


def page(check: Check) -> str:
    """One check's page, in Markdown: what, why, and both examples with what is printed for the bad one."""
    findings = [one for one in check_files(example_files(BASE, check.bad), TODAY)[1] if one.code == check.code]
    printed = "\n".join(str(finding) for finding in findings)
    parts = [
        f"# {check.code} {check.name}",
        f"{check.title}.",
        check.why,
        f"Severity: {check.severity}.",
        "## Anti-pattern",
        _shown(check.bad),
        "prints",
        f"```\n{printed}\n```",
    ]
    good = _shown({path: check.good.get(path, BASE.get(path)) for path in check.bad})
    return "\n\n".join([*parts, "## Best practice", good]) + "\n"


def _shown(overlay: Overlay) -> str:
    """The files of an example, as they stand in the knowledge base."""
    blocks = []
    for path, value in overlay.items():
        if value is None:
            blocks.append(f"There is no file `{path}`.")
            continue
        data = example_files({}, {path: value})[path]
        text = data.decode("utf-8", "backslashreplace").rstrip() if isinstance(value, bytes) else _pretty(data)
        blocks.append(f"`{path}`\n\n```{_language(path, text)}\n{text[:1500]}\n```")
    return "\n\n".join(blocks)


def _language(path: str, text: str) -> str:
    """What a page's reader may take a file for: some bad examples are no JSON."""
    if path.endswith(".svg"):
        return "xml"
    return "text" if re.search(r":\s*(NaN|-?Infinity)\b", text) else "json"


def _pretty(data: bytes) -> str:
    text = data.decode("utf-8").rstrip()
    return text if "\n" in text else json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def pages() -> dict[str, str]:
    """File name to text of every page, with an index."""
    rows = "\n".join(
        f"| [{check.code}]({check.code}.md) | {check.name} | {check.severity} | {check.title} |" for check in checks()
    )
    index = f"# Checks\n\n| code | name | severity | what holds |\n|---|---|---|---|\n{rows}\n"
    return {"index.md": index, **{f"{check.code}.md": page(check) for check in checks()}}


def main() -> None:
    """Write the pages to `docs/checks/` below the current directory."""
    from pathlib import Path

    folder = Path("docs/checks")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
