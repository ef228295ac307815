"""`algos export`, `sign`, `verify`, `serve` and `keys`: what leaves, and what it is trusted by."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from engine import jsontext
from engine.finding import KnowledgeError
from exports.bundle.model import MAX_FILE, Manifest
from exports.sql.dialect import DialectName

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
FINE, FOUND, COULD_NOT = 0, 1, 2

KeysOption = Annotated[Path, typer.Option("--keys", help="The file of the public keys that you trust (a JWK Set).")]
DEFAULT_KEYS = Path("keys.json")
KeyOption = Annotated[
    list[Path] | None, typer.Option("--key", help="A private key's file; several: several signatures.")
]

keys_app = typer.Typer(help="Make, show, trust and revoke the keys that sign bundles.", no_args_is_help=True)


@contextlib.contextmanager
def _told(code: int = COULD_NOT) -> Iterator[None]:
    """Tell what stands in the way, and exit: never a traceback for bad input."""
    try:
        yield
    except KnowledgeError as error:
        for finding in error.findings[:10]:
            err.print(escape(str(finding)))
        if len(error.findings) > 10:
            err.print(f"and {len(error.findings) - 10} more")
        raise typer.Exit(code) from None
    except KeyboardInterrupt:
        err.print("stopped")
        raise typer.Exit(COULD_NOT) from None


def _password(question: str) -> str:
    return str(typer.prompt(question, hide_input=True, err=True))


def export(
    key: KeyOption = None,
    kb: Annotated[Path, typer.Option("--kb", help="The knowledge base's directory.", show_default=True)] = Path("kb"),
    release: Annotated[
        int | None, typer.Option(help="What `algos release` released under this number, with its notes and approvals.")
    ] = None,
    repository: Annotated[Path, typer.Option("--repo", help="For --release: the git repository.")] = Path(),
    version: Annotated[
        int, typer.Option(help="Where no release was made: the number, greater than every one before.", min=0)
    ] = 0,
    preview: Annotated[bool, typer.Option("--preview", help="For trying out; apps for patients refuse it.")] = False,
    archive: Annotated[Path | None, typer.Option(help="Write one archive, to this file.")] = None,
    unpacked: Annotated[Path | None, typer.Option(help="Write it for a web host, to this new folder.")] = None,
    assessment: Annotated[
        Path | None, typer.Option(help="Write the pain assessment with it, to this new folder, ready for a web host.")
    ] = None,
    also: Annotated[
        Path | None, typer.Option(help="Public keys of those who sign it later, with `algos sign` (a JWK Set).")
    ] = None,
    proof: Annotated[Path | None, typer.Option(help="The certificate that `algos prove --json` wrote.")] = None,
    approvals: Annotated[Path | None, typer.Option(help="A folder of signed statements of who approved what.")] = None,
    notes: Annotated[Path | None, typer.Option(help="The release notes (Markdown).")] = None,
    sql: Annotated[
        Path | None, typer.Option(help="Write the rules as SQL views for a warehouse, to this file; it needs no key.")
    ] = None,
    dialect: Annotated[DialectName | None, typer.Option(help="For --sql: the database.", show_default="duckdb")] = None,
) -> None:
    """Write a signed bundle, from which apps ask and answer; or the rules as SQL."""
    from authoring import warehouse
    from authoring.bundling import clash, must_be_sound, open_key, read_release, released
    from authoring.bundling import export as write
    from authoring.named_files import write_named
    from authoring.opening import open_kb
    from exports.sign import KeySet

    bundled = sql is None or any((archive, unpacked, assessment))
    with _told():
        if bundled and not key:
            raise clash("a bundle is signed, and no key is named", "add --key FILE; `algos keys new` makes one")
        if not bundled and any((key, also, proof, approvals, notes)):
            what = "--key, --also, --proof, --approvals and --notes go into a bundle, and --sql alone makes none"
            raise clash(what, "leave them out, or add --archive FILE")
        if dialect and sql is None:
            raise clash("--dialect says for which database --sql is", "add --sql FILE, or leave --dialect out")
        if release is not None:
            if version or preview or approvals or notes:
                raise clash("--release brings its own number, notes and approvals")
            opened, content = released(repository, kb, release, proof)
        else:
            opened, content = open_kb(kb), read_release(version, preview, proof, approvals, notes)
            if not preview:
                must_be_sound(opened, date.today())
        script = warehouse.script_of(opened, content, dialect or "duckdb") if sql else b""
        if bundled:
            if archive is None and unpacked is None and assessment is None:
                archive = Path(f"{opened.kb.settings.id}-{content.version or 'preview'}.tar")
            keys = [open_key(path, _password) for path in key or ()]
            others = list(KeySet.load(also).keys) if also else []
            with err.status("drawing guides and choosing conformance cases"):
                bundle = write(opened, content, keys, others, archive, unpacked, assessment)
            for path in (archive, unpacked, assessment):
                if path:
                    out.print(f"[bold]{escape(str(path))}[/]")
            manifest = bundle.manifest
            out.print(f"{len(manifest.files)} files, content {manifest.content[:12]}, review by {manifest.review_by}")
            waiting = set(manifest.signed_by) - {one.id for one in keys}
            for key_id in sorted(waiting):
                out.print(f"[yellow]waiting for the signature by {key_id}[/]")
        if sql:
            write_named(sql, script)
            out.print(f"[bold]{escape(str(sql))}[/]")
        if content.unreviewed:
            out.print(f"[bold magenta]{escape(opened.kb.settings.unreviewed)}[/]")


def sign(
    place: Annotated[Path, typer.Argument(help="A bundle: an archive, or a folder.")],
    key: Annotated[Path, typer.Option("--key", help="Your private key's file.")],
) -> None:
    """Add your signature to a bundle that waits for it."""
    from authoring.bundling import open_key
    from authoring.bundling import sign as add

    with _told():
        opened = open_key(key, _password)
        add(place, opened)
        out.print(f"signed with {opened.id}")


def verify(
    place: Annotated[str, typer.Argument(help="A bundle: an archive, a folder, or a web address.")],
    keys: KeysOption = DEFAULT_KEYS,
    required: Annotated[int, typer.Option(help="How many trusted keys must have signed it.", min=1)] = 1,
    overdue: Annotated[str, typer.Option(help="Past its review date: refuse, or warn.")] = "refuse",
    preview: Annotated[bool, typer.Option("--preview", help="Accept a preview.")] = False,
    store: Annotated[
        Path | None, typer.Option(help="A folder in which the last good bundle is kept, and nothing older accepted.")
    ] = None,
) -> None:
    """Say whether a bundle may be used, or the reason why not."""
    from exports.accepted import Store
    from exports.bundle.source import at
    from exports.sign import KeySet
    from exports.verify import Policy
    from exports.verify import verify as check

    if overdue not in ("refuse", "warn"):
        err.print("--overdue is refuse or warn")
        raise typer.Exit(COULD_NOT)
    late: Literal["refuse", "warn"] = "warn" if overdue == "warn" else "refuse"
    with _told():
        trusted = KeySet.load(keys)
    with _told(FOUND):
        kept = Store(store) if store else None
        last = kept.last() if kept else None
        source = at(place)
        with err.status("verifying"):
            bundle = check(source, Policy(trusted, required, late, preview), date.today(), last, thorough=True)
        if kept:
            kept.keep(bundle)
    manifest = bundle.manifest
    number = "preview" if manifest.preview else f"release {manifest.version}"
    out.print(f"[bold green]May be used[/]: {escape(manifest.title)}, {number}")
    names = [one.name for key_id in bundle.signed_by if (one := trusted.get(key_id))]
    out.print(f"signed by {escape(', '.join(names))}")
    out.print(f"content {manifest.content}")
    out.print(f"{len(manifest.files)} files, review by {manifest.review_by}")
    out.print(f"proof: {_proof(manifest, bundle.files)}; approvals: {len(manifest.approvals) or 'none'}")
    for warning in bundle.warnings:
        out.print(f"[yellow]{escape(warning)}[/]")


def _proof(manifest: Manifest, files: Mapping[str, bytes]) -> str:
    """What the certificate says of itself, in words."""
    if manifest.proof is None:
        return "none"
    try:
        value = jsontext.read(files.get(manifest.proof, b""), manifest.proof, limit=MAX_FILE)
    except KnowledgeError:
        return "a certificate that cannot be read"
    complete = isinstance(value, dict) and value.get("complete") is True
    return "a certificate that everything was proved" if complete else "a certificate that not everything was proved"


def serve(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the releases, as archives or folders.")],
    port: Annotated[int, typer.Option(help="The port.", min=1, max=65535)] = 8600,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for everybody.")] = "127.0.0.1",
    assessment: Annotated[
        bool, typer.Option("--assessment", help="Show the pain assessment, with the newest release.")
    ] = False,
    keys: KeysOption = DEFAULT_KEYS,
) -> None:
    """Serve releases over HTTP, for apps that follow them; or the pain assessment with them."""
    import uvicorn

    from exports.assessment import serve as site
    from exports.serve import application
    from exports.sign import KeySet

    if not folder.is_dir():
        err.print(f"{escape(str(folder))}: there is no such folder\n      fix: name the folder that holds the releases")
        raise typer.Exit(COULD_NOT)
    with _told():
        app = site.application(folder, KeySet.load(keys)) if assessment else application(folder)
    address = f"http://{host}:{port}/"
    what = "The pain assessment with the newest release" if assessment else "The newest release"
    out.print(f"{what} in {escape(str(folder))} is at {address} (stop it with Ctrl+C)")
    sys.stdout.flush()
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)
    except SystemExit as error:  # uvicorn leaves so where the port is taken, after it has said so
        raise typer.Exit(COULD_NOT) from error


@keys_app.command(name="new")
def keys_new(
    path: Annotated[Path, typer.Argument(help="Where to write the private key: outside every repository.")],
    name: Annotated[str, typer.Option(help="Whose key it is, for people to read.")],
    keys: Annotated[Path | None, typer.Option("--keys", help="Add the public key to this file.")] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Protect it with a password, which is asked for.")
    ] = False,
) -> None:
    """Make a key pair."""
    from authoring.bundling import new_key

    with _told():
        secret = None
        if password:
            secret = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
        key = new_key(path, name, secret, keys)
        out.print(f"{escape(str(path))}: keep it to yourself, and keep a copy where nobody else can reach it")
        out.print(f"id {key.id}")
        if keys:
            out.print(f"{escape(str(keys))}: the public key was added")


@keys_app.command(name="public")
def keys_public(
    key: Annotated[Path, typer.Argument(help="A private key's file.")],
    name: Annotated[str, typer.Option(help="Whose key it is; its file's name if left out.")] = "",
) -> None:
    """Print the public half of a key, as a JWK Set to give to others."""
    from authoring.bundling import open_key
    from exports.sign import KeySet

    with _told():
        public = open_key(key, _password).public
        sys.stdout.write(KeySet((replace(public, name=name or public.name),)).to_json())


@keys_app.command(name="list")
def keys_list(keys: KeysOption = DEFAULT_KEYS) -> None:
    """Show the public keys in a file."""
    from exports.sign import KeySet

    with _told():
        for key in KeySet.load(keys).keys:
            state = f"  [red]revoked {key.revoked_at.date()}: {escape(key.reason)}[/]" if key.revoked_at else ""
            out.print(f"{key.id}  {escape(key.name)}{state}")


@keys_app.command(name="add")
def keys_add(
    others: Annotated[Path, typer.Argument(help="A file of public keys (a JWK Set).")], keys: KeysOption = DEFAULT_KEYS
) -> None:
    """Trust somebody's public keys; those that they say are revoked are trusted no more."""
    from authoring.bundling import add_keys

    with _told():
        added, revoked = add_keys(keys, others)
        for key in added:
            gone = f"  [red]revoked: {escape(key.reason)}[/]" if key.revoked_at else ""
            out.print(f"added {key.id}  {escape(key.name)}{gone}")
        for key in revoked:
            out.print(f"revoked {key.id}  {escape(key.name)}")
        if not added and not revoked:
            out.print("nothing new: these keys are there already")


@keys_app.command(name="revoke")
def keys_revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, or how it begins.")],
    reason: Annotated[str, typer.Option(help="Why, for those whose apps refuse what it signed.")],
    keys: KeysOption = DEFAULT_KEYS,
) -> None:
    """Trust a key no more: what it signed is refused from now on, with this reason."""
    from authoring.bundling import revoke_key

    with _told():
        key = revoke_key(keys, key_id, reason)
        out.print(f"revoked {key.id}  {escape(key.name)}")


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (export, sign, verify, serve):
        app.command()(command)
    app.add_typer(keys_app, name="keys")
