"""`make run` as a program of its own: its own port, its own folder, and a way to look at its rows and its processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import requests

ROOT = Path(__file__).resolve().parents[2]
CODE = "246810"  # what every code is in demo mode
START_SECONDS = 300
PLENTY = "100000/min"
# What the tests told their own processes is not for the site.
OF_THE_TESTS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "LIUJIN_TEST_FOLDER", "CACHE_DB", "STATIC_MANIFEST"}
OF_THE_TESTS |= {"DATABASE_POOL", "LOG_LEVEL", "DJANGO_SETTINGS_MODULE", "TZ"}


class Site:
    """The site, started as a person starts it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, a_free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        self._environment |= {
            "LIUJIN_VAR": str(folder),
            "PORT": str(self.port),
            "API_RATE_USER": PLENTY,
            "API_RATE_ANON": PLENTY,
        }
        self.log = folder.with_suffix(".log")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "launch.run"],
                cwd=ROOT,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(lambda: "Ctrl-C stops it" in self.said() or not self.alive(), START_SECONDS)
        assert self.alive(), self.said()[-2000:]
        self.owner_url = json.loads((folder / "services.json").read_text())["DATABASE_OWNER_URL"]
        self.redis_url = json.loads((folder / "services.json").read_text())["REDIS_URL"]

    def alive(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def ask(self, question: str, *values) -> list[tuple]:
        """Return rows, as the owner sees them."""
        with psycopg.connect(self.owner_url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(question, values).fetchall()

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run a command of the site beside it."""
        command = [sys.executable, "-m", "launch.services", "--kept", sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=300)

    def pids(self, words: str) -> list[int]:
        """Return the processes that the site began, or that those began, with these words in their command."""
        listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True).stdout
        rows = [(int(pid), int(parent), args) for pid, parent, args in re.findall(r"(\d+)\s+(\d+)\s+(.*)", listed)]
        family = {self.process.pid}
        for _generation in range(4):
            family |= {pid for pid, parent, _args in rows if parent in family}
        return sorted(pid for pid, _parent, args in rows if pid in family and re.search(words, args))

    def master(self, words: str) -> int:
        """Return the process that was begun first of those with these words."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        [pid] = set(self.pids(words)) & {int(line) for line in listed.stdout.split()}
        return pid

    def signed_in(self, phone: str) -> requests.Session:
        """Return a browser in which this demo person has signed in, with the second step where one is asked."""
        browser = requests.Session()
        self.post(browser, "/sign-in/", phone=phone)
        answer = self.post(browser, "/sign-in/code/", code=CODE)
        if answer.headers.get("Location", "").startswith("/sign-in/second-step/"):
            answer = self.post(browser, "/sign-in/second-step/", code=CODE)
        assert answer.status_code == 302, answer.text[:500]
        assert self.get(browser, "/me/").status_code == 200
        return browser

    def get(self, browser: requests.Session, path: str) -> requests.Response:
        return browser.get(self.address + path, timeout=30, allow_redirects=False)

    def post(self, browser: requests.Session, path: str, **form: str) -> requests.Response:
        """Send a form as the page would: with the token that the page was given."""
        if "csrftoken" not in browser.cookies:
            self.get(browser, path)
        token = browser.cookies.get("csrftoken", "")
        data = form | {"csrfmiddlewaretoken": token}
        return browser.post(self.address + path, data=data, timeout=30, allow_redirects=False)

    def call(self, browser: requests.Session, path: str, key: str, body: dict) -> requests.Response:
        """Send a verb of the API under a key."""
        headers = {"Idempotency-Key": key, "X-CSRFToken": browser.cookies.get("csrftoken", "")}
        return browser.post(self.address + path, json=body, headers=headers, timeout=30, allow_redirects=False)


def a_free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def until(true, seconds: float, pause: float = 0.2) -> float:
    """Wait until something is so and return how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds:.0f} s"
        time.sleep(pause)
    return time.monotonic() - began
