"""Which site is started: the demo, or with `SITE=county` an empty county of one's own, on this machine alone.

A county keeps everything under var/county: its data, the secrets made for it on its first start, and the texts that a
provider would send to phones.
"""

import json
import os
import secrets
from pathlib import Path

from launch.servers import CannotStart

ROOT = Path(__file__).resolve().parent.parent
DEMO, COUNTY = "demo", "county"
TEXTS = "texts.txt"
_SECRETS = ("SECRET_KEY", "FIELD_KEY", "INDEX_KEY")


def name() -> str:
    """Return which site is asked for; raises CannotStart where there is none of this name."""
    asked = os.environ.get("SITE") or DEMO
    if asked not in (DEMO, COUNTY):
        raise CannotStart(f"There is no site {asked}. Start the demo without SITE, or a county with SITE=county.")
    return asked


def folder() -> Path:
    """Return where the site keeps what outlives it."""
    var = Path(os.environ.get("LIUJIN_VAR", str(ROOT / "var")))
    return var / COUNTY if name() == COUNTY else var


def environment() -> dict[str, str]:
    """Return the variables that make the settings those of this site; a county's secrets are made on first use."""
    var = {"LIUJIN_VAR": str(folder())}
    if name() == DEMO:
        return var | {"LIUJIN_DEMO": "1"}
    kept = _kept_secrets(folder() / "secrets.json")
    return var | {
        "LIUJIN_DEMO": "0",
        "SECRET_KEY": kept["SECRET_KEY"],
        "FIELD_KEYS": f"first:{kept['FIELD_KEY']}",
        "INDEX_KEY": kept["INDEX_KEY"],
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SMS_BACKEND": "texts",
        "SIGN_IN_CODES": "100/d/key,1000/h/ip",  # everybody comes from this machine, and a text costs nothing
        "SECURE": "0",  # nothing but this machine is served
        "NUM_PROXIES": "0",
    }


def _kept_secrets(file: Path) -> dict[str, str]:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = {one: secrets.token_urlsafe(48) for one in _SECRETS}
        with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
            json.dump(made, out)
    return json.loads(file.read_text())
