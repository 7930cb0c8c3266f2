"""What the published schema says of every endpoint beside its own shape: how refusals look, and which may come."""

from http import HTTPStatus
from typing import Any

from kernel.api_fields import KEY

REFUSAL = {
    "type": "object",
    "description": "Why a request was not carried out.",
    "properties": {
        "code": {"type": "string", "description": "For programs; part of the contract."},
        "message": {"type": "string", "description": "One sentence for the person, in the person's language."},
        "fields": {
            "type": "object",
            "additionalProperties": True,
            "description": "What is wrong with each field, where single fields were read.",
        },
    },
    "required": ["code", "message"],
}
REFUSALS = {
    "400": "Something sent cannot be read; `fields` says what.",
    "403": "Nobody is signed in, or this account may not do this.",
    "404": "There is no such thing for this account to see.",
    "409": "A rule refuses this now; nothing was changed.",
    "422": "The key was already used for another request; nothing was changed.",
    "429": "Too many requests; come back after the seconds of Retry-After.",
    "503": "Many people are working at once; come back after the seconds of Retry-After.",
}


def describe_answers(result: dict, generator: Any, request: Any, public: bool) -> dict:
    """Add to every operation the refusals it can give, and to every answer a description."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Refusal"] = REFUSAL
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    components["responses"] = {
        f"Refusal{status}": {"description": words, "content": shape} for status, words in REFUSALS.items()
    }
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            for status, answer in answers.items():
                answer["description"] = answer.get("description") or HTTPStatus(int(status)).phrase
            for status in _refusals(path, method, operation):
                answers.setdefault(status, {"$ref": f"#/components/responses/Refusal{status}"})
    return result


def _refusals(path: str, method: str, operation: dict) -> list[str]:
    """Return the statuses this operation may refuse with."""
    parameters = {(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", [])}
    reads = method != "get" or any(where == "query" for where, _name in parameters)
    return [
        *(["400"] if reads else []),
        "403",
        *(["404"] if reads or "{" in path else []),
        *(["409"] if method != "get" else []),
        *(["422"] if ("header", KEY.name) in parameters else []),
        "429",
        "503",
    ]
