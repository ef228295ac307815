"""npm's part of the FHIR tests: installed once for all test processes, and asked."""

from __future__ import annotations

import fcntl
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.bundles import NODE, ROOT

FHIR = ROOT / "tests" / "fhir"


def installed() -> Path:
    """The folder with the npm packages; whichever test process comes first installs what the lock names."""
    done = FHIR / "node_modules" / ".lock-of-these"
    lock = (FHIR / "package-lock.json").read_bytes()
    with (FHIR / ".installing").open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not done.exists() or done.read_bytes() != lock:
            npm = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            words = [NODE, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
            subprocess.run(words, cwd=FHIR, check=True, timeout=300)
            done.write_bytes(lock)
    return FHIR


def broken_invariants(resources: list[dict[str, Any]]) -> tuple[int, list[dict[str, str]]]:
    """How many of FHIR's invariants were tried on some resources, and which do not hold."""
    command = [NODE, installed() / "invariants.mjs"]
    told = subprocess.run(command, input=json.dumps(resources), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    reply = json.loads(told.stdout)
    return reply["checked"], reply["broken"]


def issues(resources: list[dict[str, Any]]) -> list[list[str]]:
    """What Medplum's validator finds in each resource, against FHIR R4 and against the profile of the SDC guide."""
    command = [NODE, installed() / "validate.mjs"]
    told = subprocess.run(command, input=json.dumps(resources), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return list(json.loads(told.stdout))


def not_units(codes: list[str]) -> list[str]:
    """Which codes are not valid UCUM, as the U.S. National Library of Medicine's library reads it."""
    program = """
      const { UcumLhcUtils } = require("@lhncbc/ucum-lhc");
      const utils = UcumLhcUtils.getInstance();
      const codes = JSON.parse(require("fs").readFileSync(0, "utf8"));
      console.log(JSON.stringify(codes.filter((code) => utils.validateUnitString(code).status !== "valid")));
    """
    command = [NODE, "-e", program]
    told = subprocess.run(
        command, input=json.dumps(codes), capture_output=True, text=True, check=False, cwd=installed()
    )
    assert told.returncode == 0, told.stderr
    return list(json.loads(told.stdout))
