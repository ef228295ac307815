"""Who acts on this machine, and with which key it is signed."""

from __future__ import annotations

import os
from pathlib import Path

from authoring.actions import Refused
from authoring.review.events import Actor
from authoring.store import Store, global_setting
from exports.sign import PrivateKey, RefusedError

CONSOLE_KEY = "ALGOS_CONSOLE_KEY"
"""The environment variable that names the file of the key with which this machine attests who did something."""
OWN_KEY = "ALGOS_KEY"
"""The environment variable that names the file of a person's own key."""
PASSWORD = "ALGOS_KEY_PASSWORD"
"""The environment variable that holds the password of a person's own key, where it has one."""


def local_actor(store: Store) -> Actor:
    """The local profile: who git says is working here. Raises Refused where git does not say."""
    return _profile(store.setting("user.name"), store.setting("user.email"))


def global_profile() -> Actor:
    """Who git says is working on this machine, outside any repository. Raises Refused where git does not say."""
    return _profile(global_setting("user.name"), global_setting("user.email"))


def _profile(name: str | None, email: str | None) -> Actor:
    if not name or not email:
        raise Refused(
            "git does not know who you are",
            'run: git config --global user.name "Your Name"; git config --global user.email you@example.org',
        )
    return Actor(name, email, "local")


def console_key_path() -> Path:
    """Where this machine's key lies: outside every repository, for its owner only."""
    named = os.environ.get(CONSOLE_KEY)
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "algos" / "console.pem"


def console_key() -> PrivateKey:
    """This machine's key, made at first use. Raises RefusedError where it can be neither read nor made."""
    path = console_key_path()
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise RefusedError(
                "keys.place",
                str(path),
                f"its folder cannot be made: {error.strerror}",
                f"name a file that may be written with {CONSOLE_KEY}",
            ) from None
        try:
            PrivateKey.generate("console").save(path)
        except RefusedError:
            if not path.exists():  # else another process has just made it
                raise
    return PrivateKey.load(path, name="console")


def own_key(path: Path) -> PrivateKey:
    """A person's own key. Raises RefusedError where it cannot be opened."""
    return PrivateKey.load(path, os.environ.get(PASSWORD))
