"""Install the packages of a requirements file into this environment: by uv, in a tenth of the time, or else by pip.

    python -m launch.packages requirements.txt

Both ask where pip is told to look: a county behind a mirror says so once, in pip's own settings.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent.parent / "requirements-dev.txt"  # where the version of uv is pinned
UV_NAMES = {"index-url": "UV_DEFAULT_INDEX", "find-links": "UV_FIND_LINKS"}
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile")
SETTING = re.compile(r"^[\w:]+\.(?P<name>[\w-]+)='(?P<value>.*)'$", re.MULTILINE)


def install(*files: str) -> int:
    """Install what these requirements files name; return the exit status."""
    asked = [word for file in files for word in ("-r", file)]
    return _by_uv(asked) and subprocess.call([*PIP, *asked])


def _by_uv(asked: list[str]) -> int:
    uv = Path(sys.executable).with_name("uv")
    pinned = next(line for line in TOOLS.read_text().splitlines() if line.startswith("uv=="))
    if not uv.exists() and subprocess.call([*PIP, pinned]):
        return 1
    return subprocess.call(
        [uv, "pip", "install", "--quiet", "--python", sys.executable, *asked], env=os.environ | _where_pip_looks()
    )


def _where_pip_looks() -> dict[str, str]:
    """Return pip's places in the words of uv; what the environment says to pip comes after its files and wins."""
    settings = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    places = {match["name"]: match["value"] for match in SETTING.finditer(settings)}
    return {UV_NAMES[name]: value for name, value in places.items() if name in UV_NAMES and value}


if __name__ == "__main__":
    sys.exit(install(*sys.argv[1:]))
