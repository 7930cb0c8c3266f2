"""Logs: one JSON object a line, ids only. What could name or reach a person is struck out before it is written."""

import logging
import re
from typing import Any

import structlog

STRUCK = "[struck]"
PERSONAL = {
    "phone", "mobile", "card", "name", "id_number", "address", "code", "otp", "password", "passcode", "token",
    "secret", "cookie", "cookies", "authorization", "body", "sessionid", "csrftoken",
}  # fmt: skip
HARMLESS = {"logger_name", "task_name", "url_name", "status_code", "place_code", "error_code", "queue_name"}
LONG_NUMBER = re.compile(
    r"(?<![\w.-])(?:\+?86[ -]?)?"
    r"(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\d{15}|\d{16,19}|\d{17}[\dXx])(?![\w-])"
)


def is_personal(key: str) -> bool:
    """Return whether a log field of this name may hold personal data."""
    key = key.lower()
    if key in HARMLESS:
        return False
    return key in PERSONAL or any(part in PERSONAL for part in key.split("_")) or "id_number" in key


def strike(value: Any) -> Any:
    """Return the value with phone, ID and card numbers struck out, however deep they lie."""
    if isinstance(value, str):
        return LONG_NUMBER.sub(STRUCK, value)
    if isinstance(value, dict):
        return {k: STRUCK if is_personal(str(k)) else strike(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [strike(v) for v in value]
    return value


def redact(logger, method, event: dict[str, Any]) -> dict[str, Any]:
    """Strike out personal data of one log entry."""
    return {
        key: value if key.startswith("_") else STRUCK if is_personal(key) else strike(value)
        for key, value in event.items()
    }


def without_trace(record: logging.LogRecord) -> bool:
    """Let a refusal (403, 404, 400) take one line: where it was raised says nothing that its address does not."""
    if record.levelno < logging.ERROR:
        record.exc_info = None
    return True


def logging_settings(*, level: str) -> dict[str, Any]:
    """Return Django's LOGGING, with structlog and plain loggers written alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    redact,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "filters": {"without_trace": {"()": lambda: without_trace}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["without_trace"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "celery.app.trace": {"level": "WARNING"},  # a line for every sweep says nothing
        },
    }
