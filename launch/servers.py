"""A server of our own: how it is started, and that it ends when this process does."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root


class CannotStart(Exception):
    """Why the site cannot run, in one sentence for the person at the keyboard."""


@dataclass
class Server:
    """A server that ends with this process, however this process ends."""

    name: str
    command: list[Any]
    log: Path
    dies_by: signal.Signals
    unprivileged: bool
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, or start it again at the same place."""
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl-C is for the processes above; servers are stopped last
                preexec_fn=dying_with_parent(self.dies_by),
                **identity(unprivileged=self.unprivileged),
            )
        return self.process

    def ended(self) -> bool:
        """Say whether it does not run."""
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        """Stop it, at last by force."""
        if self.process is None or self.ended():
            return
        self.process.send_signal(self.dies_by)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """Return the end of what it printed."""
        return self.log.read_text(errors="replace")[-600:].strip() if self.log.exists() else ""


def dying_with_parent(by: signal.Signals) -> Callable[[], None]:
    """Return what a new process does first, so that the kernel ends it with the thread that began it."""

    def ask() -> None:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, int(by))  # PR_SET_PDEATHSIG, where there is one

    return ask


def identity(*, unprivileged: bool) -> dict:
    """Return how to start a process: from the root folder, and never a database as root."""
    if not unprivileged or os.geteuid() != 0:
        return {"cwd": "/"}
    who = pwd.getpwnam(UNPRIVILEGED)
    return {"cwd": "/", "user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
