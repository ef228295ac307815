"""Writing the generated files: the JSON Schemas of a bundle, the types made from them, and the runtime's own types.

`python -m exports.bundle.publish` does both. The types are made by the npm package json-schema-to-typescript, which
`npm ci` in exports/runtime/js installs for developers; whoever only runs Algos needs neither.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from exports.bundle.schema import SCHEMAS, schema_files, types_digest, types_schema

JS = Path(__file__).parent.parent / "runtime" / "js"
TYPES = JS / "generated.d.ts"

_COMPILE = """
import { compile } from "json-schema-to-typescript";
let text = "";
for await (const part of process.stdin) text += part;
const options = { bannerComment: "", ignoreMinAndMaxItems: true, style: { printWidth: 120 } };
process.stdout.write(await compile(JSON.parse(text), "Types", options));
"""


def types_text(node: str = "node", tools: Path = JS) -> str:
    """The TypeScript types, made with the npm packages installed in `tools`.

    Raises CalledProcessError, after Node has said why, where they are not installed.
    """
    done = subprocess.run(
        [node, "--input-type=module", "--eval", _COMPILE],
        input=json.dumps(types_schema()),
        stdout=subprocess.PIPE,
        text=True,
        cwd=tools,
        check=True,
    )
    return f"/** Written by `python -m exports.bundle.publish`. Schemas: {types_digest()} */\n\n{done.stdout}"


def main() -> None:
    """Write every generated file."""
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schema_files().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")
    TYPES.write_text(types_text(), encoding="utf-8")
    subprocess.run(["npm", "run", "--silent", "declarations"], cwd=JS, check=True)


if __name__ == "__main__":
    main()
