"""Parts of the assessment without a browser: a host that changes and fails, several sites on it, a page left open."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from exports.assessment.files import site_files
from tests.bundles import KEYS, NODE, ROOT, small_bundle


def test_a_host_that_changes_and_fails_and_what_is_kept(tmp_path: Path) -> None:
    for name, data in site_files(KEYS).items():
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (tmp_path / "site" / "package.json").write_text('{"type": "module"}')
    for version in (1, 2):
        small_bundle(version=version).write_folder(tmp_path / str(version))
    program = [NODE, ROOT / "tests" / "assessment_parts.mjs", tmp_path / "site", tmp_path / "1", tmp_path / "2"]
    told = json.loads(subprocess.run(program, capture_output=True, check=True, text=True).stdout)
    assert told == {
        "without_a_network": 1,  # not the next release, of which no file is kept
        "next": 2,
        "only_an_older_one_is_kept": "bundle.unreachable",  # there is no network, and nothing is wrong with the bundle
        "old_at_once": False,
        "old_a_day_later": True,
        "storage": ["algos./pain/.accepted", "algos./pain/.answers"],  # not what another folder of the host keeps
        "keys": 200,
        "keys_of_a_host_that_fails": 200,
        "manifest_of_a_host_that_fails": 503,
        "keys_that_were_taken_away": 404,
        "keys_without_room": 200,
        "caches": ["algos-bundle/pain/", "algos-site-of-another", "algos-site/pain/-…"],
    }
