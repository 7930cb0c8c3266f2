"""Keep programs running: one that ends is begun again, with a word on the terminal, until it ends too often."""

import datetime as dt
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from honcho.colour import get_colours
from honcho.printer import Message, Printer

MOST_BEGUN_AGAIN, WITHIN_SECONDS = 5, 60
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)  # before each new beginning within a minute
LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 5  # what is told to stop may finish what it does


@dataclass
class Program:
    """A program to keep: how it is begun, and what it left behind when it ended by itself.

    `begin` starts it as the leader of a process group of its own. What it prints is passed on where `printed` says so;
    `last_words` reads them where it prints into a file. A server is stopped by whoever brought it: `stops` is false.
    """

    name: str
    begin: Callable[[], subprocess.Popen[bytes]]
    last_words: Callable[[], str] = str
    stops: bool = True
    process: subprocess.Popen[bytes] | None = None
    colour: str | None = None
    due: float = 0.0
    _ended: list[float] = field(default_factory=list)

    def often(self, now: float) -> int:
        """Count its ends within the last minute, this one with them."""
        self._ended = [at for at in self._ended if at > now - WITHIN_SECONDS] + [now]
        return len(self._ended)


class Keeper:
    """Begins every program, begins again the one that ended, and stops all when it is told to or one ends too often."""

    def __init__(self, *, changed: Callable[[], object] = lambda: None) -> None:
        self.programs: list[Program] = []
        self.returncode: int | None = None
        self._printer, self._colours = Printer(sys.stdout), get_colours()
        self._printer.width = len("postgres")
        self._stop = threading.Event()
        self._printing = threading.Lock()
        self._changed = changed

    def add(self, program: Program) -> None:
        """Keep this program too; one that runs already is taken over."""
        program.colour = next(self._colours)
        self._printer.width = max(self._printer.width, len(program.name))
        self.programs.append(program)

    def pids(self) -> list[int]:
        """Return what runs now and is stopped from here."""
        return [p.process.pid for p in self.programs if p.stops and p.process is not None and p.process.poll() is None]

    def stop(self, returncode: int) -> None:
        """Let `run` end everything and return; may be called from a signal or another thread."""
        self.returncode = returncode if self.returncode is None else self.returncode
        self._stop.set()

    def run(self) -> int:
        """Keep all running until `stop`, or until one has ended too often; return 0, or what was given to `stop`.

        From the main thread only: what a server is told when its parent dies, it is told when that thread does.
        """
        try:
            while not self._stop.is_set():
                for program in self.programs:
                    self._look_after(program)
                self._stop.wait(LOOK_SECONDS)
        finally:
            self._end_all()
        return self.returncode or 0

    def say(self, words: str, program: Program | None = None) -> None:
        """Print a line, of a program or of the keeper itself."""
        name, colour = (program.name, program.colour) if program else ("run", None)
        with self._printing:
            self._printer.write(Message("line", words, dt.datetime.now(), name, colour))

    def _look_after(self, program: Program) -> None:
        if program.process is None:
            if time.monotonic() >= program.due:
                self._begin(program)
        elif program.process.poll() is not None:
            self._ended(program, program.process)

    def _begin(self, program: Program) -> None:
        program.process = program.begin()
        if program.process.stdout is not None:
            threading.Thread(target=self._pass_on, args=(program, program.process), daemon=True).start()
        self._changed()

    def _pass_on(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        with process.stdout or io.BytesIO() as printed:
            for line in printed:
                self.say(line.decode("utf-8", "replace"), program)

    def _ended(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        now = time.monotonic()
        often, how = program.often(now), how_it_ended(process.returncode)
        _end_group(process.pid, signal.SIGKILL)  # what it began itself may still hold its port
        program.process = None
        if often > MOST_BEGUN_AGAIN:
            self.say(f"{program.name} {how}, {often} times within a minute: everything is stopped. {_why(program)}")
            self.stop(1)
            return
        pause = PAUSES[often - 1]
        program.due = now + pause
        self.say(f"{program.name} {how} and is begun again, {often} of at most {MOST_BEGUN_AGAIN} times a minute.")

    def _end_all(self) -> None:
        for pid in self.pids():
            _end_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.pids() and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        for pid in self.pids():
            _end_group(pid, signal.SIGKILL)


def how_it_ended(returncode: int) -> str:
    """Say in words how a process ended."""
    if returncode >= 0:
        return f"ended (code {returncode})"
    return f"was ended by {signal.Signals(-returncode).name}"


def _why(program: Program) -> str:
    return f"Its last words:\n{program.last_words()}" if program.last_words() else "Its last words are above."


def _end_group(pid: int, by: signal.Signals) -> None:
    try:
        os.killpg(pid, by)
    except (ProcessLookupError, PermissionError):
        return
