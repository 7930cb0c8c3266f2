"""Refusals: what a rule says when something may not happen now."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from kernel.present import StrOrPromise


class DomainError(Exception):
    """A rule refused. `code` is part of the contract, `message` is one plain sentence for the person.

    `about` is the value that was typed, where one cell is wrong, so that a file names that cell.
    `aftermath` writes what must stay on record although the act is undone; `kernel.transactions.whole` runs it.
    """

    aftermath: Callable[[], object] | None = None
    about: object = None
    code = "refused"
    message = _("This cannot be done now.")

    def __init__(self, message: StrOrPromise | None = None, *, about: object = None) -> None:
        super().__init__(message if message is not None else self.message)
        self.about = about

    def __str__(self) -> str:
        return str(self.args[0])


class BadValue(DomainError):
    """Something typed cannot be read as what it should be (a weight, an amount, an ID number …)."""

    code = "bad_value"
    message = _("This cannot be read.")
