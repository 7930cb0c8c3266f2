"""P12: how much memory does a web worker hold after many people have looked at everything they may?

Starts gunicorn as the Procfile does, on servers of its own with the demo county, lets everybody of the demo walk
through their pages four at a time, and reads from the kernel what each worker holds. Prints one JSON line; `ratio` is
the largest worker beside the target, so less is better.

    python -m launch.services python bench/memory.py
"""

import http.client
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET_MIB = 120
PAGES = int(os.environ.get("BENCH_PAGES", "300"))
INSIDE = "BENCH_MEMORY_INSIDE"
EVERYWHERE = ("/", "/market/", "/produce/", "/notices/", "/schemes/", "/me/", "/api/v1/listings/", "/api/v1/produce/")


def main():
    """Measure on servers of its own, whatever the caller's servers hold."""
    if os.environ.get(INSIDE):
        measure()
        return
    with tempfile.TemporaryDirectory() as var:
        environment = {name: value for name, value in os.environ.items() if not re.match("DATABASE_|REDIS_", name)}
        environment |= {INSIDE: "1", "LIUJIN_DEMO": "1", "LIUJIN_VAR": var, "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "launch.services", sys.executable, __file__]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


def measure():
    """Load the demo, start the web server, walk, read and print the one line."""
    for step in (
        ["collectstatic", "--no-input", "-v", "0"],
        ["set_up_database"],
        ["load_demo"],
    ):
        subprocess.run([sys.executable, "manage.py", *step], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    walks = everybodys_pages()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    server = subprocess.Popen(["sh", "-c", lines["web"]], cwd=ROOT, env={**os.environ, "PORT": str(port), "PATH": path})
    try:
        wait_for(port)
        fresh = [held(pid) for pid in workers_of(server.pid)]
        pages_to_get = list(itertools.islice(itertools.cycle(walks), PAGES))
        with ThreadPoolExecutor(4) as people:
            statuses = list(people.map(lambda walk: get(port, *walk), pages_to_get))
        after = [held(pid) for pid in workers_of(server.pid)]
    finally:
        server.terminate()
        server.wait(10)
    if any(status >= 500 for status in statuses):
        raise RuntimeError("a page failed")
    print(
        json.dumps(
            {
                "question": "P12 memory",
                "ratio": round(max(after) / TARGET_MIB, 3),
                "target": 1,
                "ok": max(after) <= TARGET_MIB,
                "detail": {
                    "worker_mib": after,
                    "worker_mib_before": fresh,
                    "target_mib": TARGET_MIB,
                    "pages": len(statuses),
                    "different_pages": len(set(pages_to_get)),
                    "shown": sum(status == 200 for status in statuses),
                },
            }
        )
    )


def everybodys_pages() -> list[tuple[str, str]]:
    """Return (session, address) of everything that each person of the demo is led to."""
    import _ground  # noqa: F401  (sets Django up)
    from django.conf import settings
    from django.test import Client

    from accounts.selectors import standing
    from accounts.services.people import account_of_phone
    from catalog.models import Listing
    from demo.people import DEMO_PEOPLE
    from kernel.present import known
    from marketplace.frame import nav

    lots = [f"/market/{pk}/" for pk in Listing.objects.order_by("pk").values_list("pk", flat=True)[:5]]
    walks = []
    for person in DEMO_PEOPLE:
        user = known(account_of_phone(person.phone))
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        links = [link.url for link in nav(standing(user), "/")]
        walks += [(session, address) for address in dict.fromkeys([*links, *EVERYWHERE, *lots])]
    return walks


def wait_for(port: int):
    """Wait until every worker answers."""
    for _try in range(120):
        try:
            if get(port, "", "/market/") == 200:
                time.sleep(3)
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the web server does not answer")


def get(port: int, session: str, address: str) -> int:
    """Ask one page and return its status."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", address, headers={"Cookie": f"sessionid={session}"} if session else {})
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer.status


def workers_of(pid: int) -> list[int]:
    """Return the workers below the server's first process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def held(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


if __name__ == "__main__":
    main()
