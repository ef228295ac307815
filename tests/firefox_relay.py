"""Firefox for Playwright: it starts the browser, and answers what this Firefox cannot do instead of it.

Playwright sets up every window with a command of WebDriver BiDi that not every Firefox knows, and gives up where it is
refused. Such a refusal becomes an empty answer here; everything else goes through as it is. A Firefox that knows the
command needs none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

OPTIONAL = "emulation."
"""Commands that only make a window look like another one."""


class Relay:
    """What stands between Playwright and the Firefox at an address."""

    def __init__(self, firefox: str) -> None:
        self._firefox = firefox

    async def __call__(self, playwright: ServerConnection) -> None:
        """Pass everything on, both ways, until one of them goes."""
        asked: dict[int, str] = {}
        async with connect(f"{self._firefox}/session", max_size=None) as firefox:

            async def up() -> None:
                async for text in playwright:
                    command = json.loads(text)
                    asked[command["id"]] = command["method"]
                    await firefox.send(text)

            async def down() -> None:
                async for text in firefox:
                    said = json.loads(text)
                    method = asked.pop(said.get("id"), "")
                    if said.get("error") == "unknown command" and method.startswith(OPTIONAL):
                        text = json.dumps({"id": said["id"], "type": "success", "result": {}})
                    await playwright.send(text)

            ways = [asyncio.create_task(up()), asyncio.create_task(down())]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for one in ways:
                one.cancel()


async def _run(command: list[str]) -> int:
    browser = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert browser.stdout
    try:
        async for line in browser.stdout:
            text = line.decode(errors="replace")
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", text):
                server = await serve(Relay(found[1]), "127.0.0.1", 0, max_size=None)
                port = next(iter(server.sockets)).getsockname()[1]
                text = text.replace(found[1], f"ws://127.0.0.1:{port}")
            print(text, end="", file=sys.stderr, flush=True)
        return await browser.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            browser.kill()


def main(command: list[str]) -> int:
    """Start a Firefox by its command, and say where it is reached."""
    return asyncio.run(_run(command))
