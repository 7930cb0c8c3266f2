"""What the audit finds, by the numbers of its promises."""

from marketplace.audit import breaches


def broken_promises() -> set[str]:
    """Return the numbers (I1 …) of the promises that do not hold now."""
    return {breach.promise.split()[0] for breach in breaches()}
