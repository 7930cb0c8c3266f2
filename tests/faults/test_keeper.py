"""What `make run` keeps running: what ends is begun again, what ends over and over stops everything, with a word."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from launch import keeper as keeping
from launch.keeper import Keeper, Program, how_it_ended

STAYS = "import signal; print('here', flush=True); signal.pause()"
FALLS = "raise SystemExit('no more')"
LEAVES_A_CHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"


def lasting(name: str, code: str, **more) -> Program:
    """Return a program that is a line of Python."""

    def begin():
        return subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    return Program(name, begin, **more)


@pytest.fixture
def keep():
    """Run a keeper of these programs beside the test; it is stopped afterwards."""
    running = []

    def run(*programs):
        keeper = Keeper()
        for program in programs:
            keeper.add(program)
        codes = []
        thread = threading.Thread(target=lambda: codes.append(keeper.run()))
        thread.start()
        running.append((keeper, thread))
        return keeper, codes, thread

    yield run
    for keeper, thread in running:
        keeper.stop(0)
        thread.join(30)


def until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def alive_in(group):
    """Return what of a process group still runs."""
    states = subprocess.run(["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True).stdout.split()
    return [state for state in states if not state.startswith("Z")]


def test_what_is_killed_is_begun_again_and_the_rest_never_notices(keep, capsys):
    web, beat = lasting("web", STAYS), lasting("beat", STAYS)
    keep(web, beat)
    until(lambda: web.process and beat.process)
    first, other = web.process, beat.process

    first.kill()
    until(lambda: web.process not in (None, first))

    assert web.process.poll() is None and beat.process is other and other.poll() is None
    assert "web was ended by SIGKILL and is begun again, 1 of at most 5 times a minute." in capsys.readouterr().out


def test_what_ends_over_and_over_stops_everything_with_its_last_words(keep, capsys, monkeypatch):
    monkeypatch.setattr(keeping, "PAUSES", (0.0,) * 5)
    web, beat = lasting("web", FALLS), lasting("beat", STAYS)

    _keeper, codes, thread = keep(web, beat)
    thread.join(60)

    told = capsys.readouterr().out
    assert codes == [1] and beat.process.poll() is not None
    assert "web ended (code 1), 6 times within a minute: everything is stopped. Its last words are above." in told
    assert "| no more" in told


def test_a_server_is_left_to_whoever_brought_it_and_its_last_words_are_told(keep, capsys, monkeypatch):
    monkeypatch.setattr(keeping, "PAUSES", (0.0,) * 5)
    server, other = (
        lasting("postgres", STAYS, stops=False),
        lasting("valkey", FALLS, stops=False, last_words=lambda: "disk full"),
    )

    _keeper, codes, thread = keep(server, other)
    thread.join(60)

    assert codes == [1] and "| disk full" in capsys.readouterr().out
    assert server.process.poll() is None
    server.process.kill()


def test_what_a_fallen_program_had_begun_goes_with_it(keep):
    web = lasting("web", LEAVES_A_CHILD)
    keep(web)
    until(lambda: web.process)
    group = web.process.pid
    until(lambda: web.process is None or web.process.pid != group)

    until(lambda: not alive_in(group))


def test_ends_of_long_ago_do_not_count():
    program = lasting("web", STAYS)

    assert [program.often(at) for at in (0, 10, 20, 65, 200)] == [1, 2, 3, 3, 1]


def test_how_something_ended_is_told_in_words():
    assert (how_it_ended(3), how_it_ended(-signal.SIGSEGV)) == ("ended (code 3)", "was ended by SIGSEGV")
