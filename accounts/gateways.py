"""How a text reaches a phone: one narrow interface, and the ways this machine has of showing what would be sent."""

import json
import os
import sys
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kernel import clock


class TextGateway(Protocol):
    """What a text-message provider must be able to do; False means: try again later."""

    def send(self, phone: str, body: str, *, reference: str) -> bool: ...


class ConsoleGateway:
    """Show the text on the terminal of the person who tries the demo; no log file ever holds it."""

    def send(self, phone: str, body: str, *, reference: str) -> bool:
        if sys.stderr.isatty():
            print(f"[text message] {body}", file=sys.stderr)
        return True


class FileGateway:
    """Append each text to one private file, for tests and for trying out."""

    def send(self, phone: str, body: str, *, reference: str) -> bool:
        file = Path(settings.VAR_DIR) / "sent-messages.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "a", opener=_private) as out:
            out.write(json.dumps({"phone": phone, "body": body, "reference": reference}, ensure_ascii=False) + "\n")
        return True


class ReadableGateway:
    """Write each text into one private file as a person reads it: how a county on this machine gets its codes."""

    def send(self, phone: str, body: str, *, reference: str) -> bool:
        file = Path(settings.VAR_DIR) / "texts.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "a", opener=_private) as out:
            out.write(f"{clock.now().astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M:%S}  {phone}  {body}\n")
        return True


def _private(path, flags):
    return os.open(path, flags, 0o600)


GATEWAYS: dict[str, type[TextGateway]] = {"console": ConsoleGateway, "file": FileGateway, "texts": ReadableGateway}


def gateway() -> TextGateway:
    """Return the county's text-message gateway, as the settings name it: console, file, or a dotted class path."""
    kind: type[TextGateway] = GATEWAYS.get(settings.SMS_BACKEND) or import_string(settings.SMS_BACKEND)
    return kind()
