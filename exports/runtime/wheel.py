"""The Python runtime as a project of its own: `python -m exports.runtime.wheel FOLDER`, then `pip wheel FOLDER`.

It holds exactly the modules that `exports/runtime/python` imports, and nothing else: no durable_rules, no Streamlit,
no compiler. They are put below one package, `algos_runtime`, so that installing it does not claim names such as
`engine` for itself.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENTRY = "exports.runtime.python"
PACKAGE = "algos_runtime"
_OURS = ("engine", "exports", "validators", "authoring")
_IMPORT = re.compile(r"^(\s*)from ((?:engine|exports)(?:\.\w+)*) import", re.MULTILINE)


def modules() -> dict[str, Path]:
    """Every module of ours that the runtime imports, at the top of a file or inside a function, by its name."""
    found: dict[str, Path] = {}
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if name in found or path is None:
            continue
        found[name] = path
        if "." in name:
            waiting.append(name.rpartition(".")[0])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in _OURS:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def _file(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def renamed(module: str) -> str:
    """Where a module stands in the package: `engine.x` below `engine`, `exports.x` at the top."""
    if module == ENTRY or module.startswith(ENTRY + "."):
        return PACKAGE + module.removeprefix(ENTRY)
    return f"{PACKAGE}.{module.removeprefix('exports.')}"


def write_project(folder: Path) -> None:
    """Write the project into a folder that is new or empty. Raises FileExistsError otherwise."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} has something in it: name a new folder")
    for module, path in sorted(modules().items()):
        if module in ("exports", "exports.runtime"):
            continue
        inside = folder.joinpath(*renamed(module).split("."))
        target = inside / "__init__.py" if path.name == "__init__.py" else inside.with_suffix(".py")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(
            _IMPORT.sub(lambda found: f"{found[1]}from {renamed(found[2])} import", text), encoding="utf-8"
        )
    (folder / PACKAGE / "py.typed").touch()
    shutil.copy(Path(__file__).parent / "python" / "pyproject.toml", folder / "pyproject.toml")


if __name__ == "__main__":
    write_project(Path(sys.argv[1]))
