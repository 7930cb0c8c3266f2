"""Rows that are written once and stay: no role changes, deletes or empties them, not even their owner."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import F

from accounts.models import Consent, RegisterFile
from canteens.models import BudgetChange
from catalog.models import Listing, Movement, Paper, PriceChange, Recognition, SellerPause
from ledger.models import Account, AppliedReturn, BankReturn, BankReturnLine, Payable, PayeeSnapshot, Transfer
from losses.models import Award, ClaimFigure, Computation, SchemeRate
from orders.models import Delivery, DeliveryLine, OrderLine, ReceiptLine, SettlementStatement, StatementLine
from produce.models import ProduceChange
from records.models import Attachment, Event, Move, NoticeLine, Participation, PhotoPrint, StoredFile
from tests.guards.cases import owns
from tests.guards.rows import a_row, as_owner, ask, refused_by

HISTORIES = [
    AppliedReturn, Attachment, Award, BankReturn, BankReturnLine, ClaimFigure, Computation, Consent, Delivery,
    DeliveryLine, Event, Move, Movement, NoticeLine, OrderLine, Participation, Payable, PayeeSnapshot, PhotoPrint,
    PriceChange, ReceiptLine, SchemeRate, SellerPause, SettlementStatement, StatementLine, StoredFile, Transfer,
]  # fmt: skip
NEVER_DELETED = [Account, BudgetChange, Listing, Paper, ProduceChange, Recognition, RegisterFile]
NEVER_EMPTIED = [*HISTORIES, Account, BudgetChange, Listing, Paper, ProduceChange, RegisterFile]
OURS = [model for model in apps.get_models() if model._meta.app_label in settings.OUR_APPS]


def under(trigger: str, models):
    return [owns(f"trigger {model._meta.db_table}.{trigger}", model) for model in models]


def withheld(verb: str, models):
    return [owns(f"grant no {verb} on {model._meta.db_table}", model._meta.db_table, verb) for model in models]


def test_every_model_that_calls_itself_history_is_here():
    assert set(HISTORIES) == {model for model in apps.get_models() if getattr(model, "HISTORY", False)}


@pytest.mark.parametrize("model", under("append_only", HISTORIES))
def test_not_even_the_owner_changes_or_deletes_history(model):
    row, key = a_row(model), model._meta.pk.name

    with refused_by(f"{model._meta.db_table}.append_only"), as_owner():
        model._base_manager.filter(pk=row.pk).update(**{key: F(key)})
    with refused_by(f"{model._meta.db_table}.append_only"), as_owner():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")


@pytest.mark.parametrize("model", under("no_delete", NEVER_DELETED))
def test_not_even_the_owner_deletes_what_others_stand_on(model):
    row = a_row(model)

    with refused_by(f"{model._meta.db_table}.no_delete"), as_owner():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")


@pytest.mark.parametrize("model", under("no_truncate", NEVER_EMPTIED))
def test_not_even_the_owner_empties_the_table(model):
    table = model._meta.db_table

    with refused_by(f"{table}.no_truncate"), as_owner() as cursor:
        cursor.execute(f'TRUNCATE "{table}" CASCADE')


@pytest.mark.parametrize(
    ("table", "verb"),
    [*withheld("UPDATE", HISTORIES), *withheld("DELETE", HISTORIES), *withheld("TRUNCATE", OURS)],
)
def test_the_app_role_may_add_to_the_table_and_not_do_that(table, verb):
    may = "SELECT has_table_privilege(%s, %s, %s)"

    assert ask(may, "liujin_app", table, "INSERT") is True
    assert ask(may, "liujin_app", table, verb) is False
