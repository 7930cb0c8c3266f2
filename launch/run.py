"""One command for the whole site: `make run`.

Brings up database and broker, sets up the tables, builds what the browser needs, loads the demo (with `SITE=county` an
empty county of one's own stands there instead), then keeps web, workers and beat of the Procfile running until Ctrl-C,
which stops everything that was started. Whatever ends by itself, a server too, is begun again, unless it ends over and
over.
"""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from honcho.environ import parse_procfile

from launch import services as own_services
from launch import sites
from launch.keeper import Keeper, Program
from launch.servers import dying_with_parent
from launch.services import ROOT, CannotStart, Services


def started() -> Path:
    """Return the file of the processes of this run, for the next start should this one be killed."""
    return sites.folder() / "run.json"


def main() -> int:
    """Run the site until it is told to stop; say in one sentence why it cannot."""
    began = time.monotonic()
    port = int(os.environ.get("PORT", "8000"))
    services = None
    try:
        stop_leftovers()
        refuse_taken(port)
        services = own_services.start(keep_in=sites.folder())
        environment = environment_for(services, port)
        told = prepare(environment)
        return serve(services, environment, port, told, began)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if services is not None:
            services.stop()


def refuse_taken(port: int) -> None:
    """Refuse early when another program answers on the port."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} is taken by another program. Stop that one, or choose another: PORT=8001 make run"
            ) from error


def environment_for(services: Services, port: int) -> dict[str, str]:
    """Return the variables that every process of the site gets."""
    return {
        **os.environ,
        **services.environment(),
        **sites.environment(),
        "PORT": str(port),
        "SITE_ADDRESS": os.environ.get("SITE_ADDRESS", f"http://localhost:{port}"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


def prepare(environment: dict[str, str]) -> str:
    """Bring tables, grants, static files, Chinese and the demo up to date; return what the site says of itself."""
    # These do not need each other.
    side = [
        begin(environment, "manage.py", "collectstatic", "--no-input", "-v", "0"),
        begin(environment, "-m", "launch.translations"),
    ]
    end(begin(environment, "manage.py", "set_up_database"))
    for process in side:
        end(process)
    if sites.name() == sites.COUNTY:
        return told_of_county(environment)
    return end(begin(environment, "manage.py", "load_demo", "--rest-later"))


def told_of_county(environment: dict[str, str]) -> str:
    """Return where the texts to phones are written, and what the county lacks."""
    checked = begin(environment, "manage.py", "check_county")
    lacks, complaints = checked.communicate()
    if checked.returncode not in (0, 1) or not lacks:
        raise CannotStart(complaints.strip())
    lines = [
        f"Texts to phones, and the codes to sign in with, are written to {sites.folder() / sites.TEXTS}",
        "Commands beside the site: SITE=county .venv/bin/python -m launch.services --kept .venv/bin/python manage.py …",
        lacks.strip(),
    ]
    return "\n".join(lines)


def begin(environment: dict[str, str], *arguments: str) -> subprocess.Popen:
    """Start one step; its complaints are kept back until it fails."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def end(step: subprocess.Popen) -> str:
    """Wait for a step and return what it said; a failed one ends the start with its last lines."""
    printed, complaints = step.communicate()
    if step.returncode:
        last = (complaints or printed or "").strip().splitlines()[-6:]
        raise CannotStart("\n".join([f"This step failed: {command_line(step)}", *last]))
    return printed.strip()


def command_line(step: subprocess.Popen) -> str:
    """Return what was typed, but for the interpreter."""
    return " ".join(map(str, step.args[1:])) if isinstance(step.args, list) else str(step.args)


def serve(services: Services, environment: dict[str, str], port: int, told: str, began: float) -> int:
    """Keep the servers and the processes of the Procfile running; Ctrl-C, or one that keeps ending, stops them all."""
    keeper = Keeper(changed=lambda: note(keeper))
    for server in services.servers:
        keeper.add(Program(server.name, server.start, server.last_words, stops=False, process=server.process))
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        keeper.add(Program(name, functools.partial(begin_line, command, environment)))
    for by in (signal.SIGINT, signal.SIGTERM):
        signal.signal(by, lambda *_: keeper.stop(0))
    threading.Thread(target=announce, args=(port, told, began), daemon=True).start()
    code = keeper.run()
    started().unlink(missing_ok=True)
    return code


def begin_line(command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a line of the Procfile in a process group of its own; it is told to stop when this process dies."""
    return subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )


def note(keeper: Keeper) -> None:
    """Write down the processes for the clean-up of a later start."""
    started().write_text(json.dumps({"launcher": os.getpid(), "processes": keeper.pids()}))


def announce(port: int, told: str, began: float) -> None:
    """Say where the site is once it answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    print(f"\n{told}\n\nhttp://127.0.0.1:{port}  ({time.monotonic() - began:.0f} s; Ctrl-C stops it)\n", flush=True)


def stop_leftovers() -> None:
    """Stop web, workers and beat of a run that was killed before it could do so itself."""
    try:
        noted = json.loads(started().read_text())
    except (FileNotFoundError, ValueError):
        return
    if "launch.run" in command_of(noted["launcher"]):
        return  # it is alive: the taken port or data folder will be told
    for pid in noted["processes"]:
        if "marketplace" in command_of(pid):
            os.killpg(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any("marketplace" in command_of(pid) for pid in noted["processes"]):
        time.sleep(0.1)
    started().unlink(missing_ok=True)


def command_of(pid: int) -> str:
    """Return the command line of a process, empty when there is none."""
    return subprocess.run(["ps", "-ww", "-p", str(pid), "-o", "args="], capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
