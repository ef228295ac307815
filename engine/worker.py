"""Child processes in which durable_rules runs, so that its crash or endless loop costs one retry and never the case.

Each knowledge base has a process of its own, `python -m engine.durable`, spoken to over pipes: line by line, JSON.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import engine
from engine.answers import Answers
from engine.assess import WorkerFailure
from engine.criteria import Truth
from engine.evaluate import Values
from engine.files import kind_of

_ROOT = str(Path(engine.__file__).resolve().parent.parent)
"""Where this very `engine` lies: the child imports that one, whatever stands in the caller's directory."""

_EVALUATED = frozenset({"settings", "body", "section", "term", "rule"})
"""The kinds of record that an evaluation reads; guides, cases and pictures stay behind."""


class _NoReplyError(Exception):
    """A worker gave no answer; says why in words."""


class _Process:
    """One child process that holds one knowledge base."""

    def __init__(self, files: Mapping[str, bytes], limit: float) -> None:
        """Start it. Raises _NoReplyError; `refused` says why where the engine cannot hold the knowledge base."""
        self.refused: str | None = None
        inherited = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "engine.durable"],  # -P: nothing is imported from the working directory
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([_ROOT, *inherited])},
            )
        except OSError as error:
            raise _NoReplyError(f"the worker could not be started: {error}") from error
        records = {path: data for path, data in files.items() if kind_of(path) in _EVALUATED}
        text = {path: data.decode("utf-8", "surrogateescape") for path, data in sorted(records.items())}
        try:
            reply = self.ask({"files": text}, limit)
        except _NoReplyError:
            self.stop()
            raise
        self.refused = reply.get("refused")

    @property
    def id(self) -> int:
        """The process id."""
        return self._child.pid

    def ask(self, request: Mapping[str, object], limit: float) -> dict[str, Any]:
        """The reply to one request. After `limit` seconds the process is killed. Raises _NoReplyError."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._child.kill()  # a stopped or looping process ends too, and with it the read below

        alarm = threading.Timer(limit, give_up)
        alarm.daemon = True
        alarm.start()
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except OSError:
            line = b""
        finally:
            alarm.cancel()
        if late.is_set():
            raise _NoReplyError(f"the worker gave no answer within {limit:g} s and was stopped")
        if line.endswith(b"\n"):
            try:
                reply: dict[str, Any] = json.loads(line)
            except ValueError:
                raise _NoReplyError("the worker's reply cannot be read") from None
            return reply
        with suppress(subprocess.TimeoutExpired):  # it closed its pipe: it is about to end, and says how
            self._child.wait(1)
        self._child.kill()
        code = self._child.wait()
        raise _NoReplyError(f"the worker died ({f'signal {-code}' if code < 0 else f'exit code {code}'})")

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            with suppress(OSError):  # what was still to be written has nobody to read it
                pipe.close()
        self._child.wait()


class _Place:
    """A knowledge base's place among the workers: its process, while it has one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.given_up = False
        self.process: _Process | None = None
        self.cases = 0
        self.refused: str | None = None

    def stop(self) -> None:
        """End the process, if there is one."""
        if self.process:
            self.process.stop()
        self.process = None


class Workers:
    """The worker processes: one per knowledge base, at most `most`; the least recently used goes.

    `limit` and `start_limit` are seconds, for one case and for starting with a knowledge base. A process is replaced
    after `recycle_after` cases. Everything ends with `close`, or with the interpreter. Threads may share it.
    """

    def __init__(
        self, *, most: int = 4, limit: float = 2.0, start_limit: float = 30.0, recycle_after: int = 5000
    ) -> None:
        self._most, self._limit, self._start_limit, self._recycle_after = most, limit, start_limit, recycle_after
        self._lock = threading.Lock()
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._closed = False
        atexit.register(self.close)

    def evaluate(self, kb_id: str, files: Mapping[str, bytes], answers: Answers) -> Values | WorkerFailure:
        """What everything is for one person, as durable_rules has it, or why there is no answer.

        `kb_id` is `engine.canonical.identity(files)`. A worker that dies or hangs is replaced, and the case tried once
        more.
        """
        while True:
            place = self._place(kb_id)
            if place is None:
                return WorkerFailure("the workers were closed")
            with place.lock:
                if not place.given_up:  # else it went while this thread waited for it
                    return self._evaluate(place, files, answers)

    def running(self) -> dict[str, int]:
        """The knowledge bases that have a process now, least recently used first, and the process's id."""
        with self._lock:
            places = list(self._places.items())
        return {kb_id: process.id for kb_id, place in places if (process := place.process)}

    def close(self) -> None:
        """End every process. No case is evaluated afterwards."""
        with self._lock:
            self._closed = True
            places = list(self._places.values())
            self._places.clear()
        self._give_up(places)
        atexit.unregister(self.close)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _place(self, kb_id: str) -> _Place | None:
        surplus: list[_Place] = []
        with self._lock:
            if self._closed:
                return None
            place = self._places.setdefault(kb_id, _Place())
            self._places.move_to_end(kb_id)
            while len(self._places) > self._most:
                surplus.append(self._places.popitem(last=False)[1])
        self._give_up(surplus)
        return place

    @staticmethod
    def _give_up(places: list[_Place]) -> None:
        for place in places:
            with place.lock:  # a case that is being evaluated there is finished first
                place.given_up = True
                place.stop()

    def _evaluate(self, place: _Place, files: Mapping[str, bytes], answers: Answers) -> Values | WorkerFailure:
        reasons: list[str] = []
        while len(reasons) < 2 and not place.refused:
            try:
                if place.process is None:
                    place.process, place.cases = _Process(files, self._start_limit), 0
                    place.refused = place.process.refused
                    continue
                values = _values(place.process.ask({"answers": answers.to_json()}, self._limit), answers)
            except _NoReplyError as error:
                reasons.append(str(error))
                place.stop()
                continue
            place.cases += 1
            if place.cases >= self._recycle_after:
                place.stop()
            return values
        if place.refused:
            place.stop()
            return WorkerFailure(place.refused)
        return WorkerFailure(f"durable_rules failed twice on this case: {'; then '.join(dict.fromkeys(reasons))}")


def _values(reply: Mapping[str, Any], answers: Answers) -> Values:
    """The worker's reply as the reference evaluator writes it. Raises _NoReplyError where it holds no values."""
    if "fault" in reply:
        raise _NoReplyError(str(reply["fault"]))
    try:
        values = reply["values"]
        aside = list(values["set_aside"])
        return Values(
            answers={name: value for name, value in answers.values.items() if name not in aside},
            applies={name: Truth(truth) for name, truth in values["applies"].items()},
            findings={name: Truth(truth) for name, truth in values["findings"].items()},
            scores={name: (low, high) for name, (low, high) in values["scores"].items()},
            rules={name: Truth(truth) for name, truth in values["rules"].items()},
            set_aside=aside,
        )
    except (LookupError, TypeError, ValueError, AttributeError):
        raise _NoReplyError("the worker's reply cannot be read") from None
