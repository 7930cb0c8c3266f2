"""Ciphertext opens in the one cell it was written for: copied to another row it is refused, not misread."""

import uuid

import pytest
from cryptography.exceptions import InvalidTag

from accounts.models import BankCard, Household, InboundMessage, Message, Person, RegisterFileRow, User
from canteens.models import SignedLine, UnionList, UnionMember
from kernel.sealing import place_of, unseal
from ledger.models import Heir, Payable, PayeeSnapshot, ReturnCase
from losses.models import Visit
from marketplace.sessions import SessionStore
from records.models import Objection, StoredFile
from records.services.files import read_original, sealed_path, store_bytes
from registers.models import RegisterChangeRow
from tests.factories import MONDAY
from tests.guards.cases import owns

SEALED = [
    (Person, "name"),
    (Person, "id_number"),
    (User, "phone"),
    (Household, "head_name"),
    (Household, "phone"),
    (RegisterFileRow, "content"),
    (RegisterChangeRow, "content"),
    (BankCard, "holder"),
    (BankCard, "number"),
    (Message, "phone"),
    (Message, "body"),
    (InboundMessage, "phone"),
    (InboundMessage, "body"),
    (UnionList, "content"),
    (UnionMember, "name"),
    (UnionMember, "id_number"),
    (SignedLine, "typed_name"),
    (Payable, "payee_name"),
    (Payable, "card"),
    (PayeeSnapshot, "payee_name"),
    (PayeeSnapshot, "card"),
    (ReturnCase, "payee_name"),
    (ReturnCase, "card"),
    (Heir, "payee_name"),
    (Heir, "id_number"),
    (Heir, "card"),
    (Objection, "words"),
    (Objection, "contact"),
    (Visit, "witness"),
]


def cell(model, name):
    column = getattr(model, name).column
    return owns(f"binding {model._meta.db_table}.{column}", model, name, column)


@pytest.mark.parametrize(("model", "name", "column"), [cell(*sealed) for sealed in SEALED])
def test_what_was_sealed_for_one_row_opens_in_no_other(model, name, column):
    own, other = model(pk=uuid.uuid4()), model(pk=uuid.uuid4())
    setattr(own, name, "黄秀英")
    setattr(other, column, getattr(own, column))

    assert getattr(own, name) == "黄秀英"
    with pytest.raises(InvalidTag):
        getattr(other, name)
    with pytest.raises(InvalidTag):
        unseal(getattr(own, column), bound_to=place_of(own, "another_column"))


@pytest.mark.guard("binding django_session.session_data")
def test_a_session_moved_under_another_key_is_empty():
    own, other = SessionStore("a" * 32), SessionStore("b" * 32)
    sealed = own.encode({"phone": "13900000000"})

    assert own.decode(sealed) == {"phone": "13900000000"}
    assert other.decode(sealed) == {}


@pytest.mark.guard("binding of a bank file to its name on disk")
def test_a_bank_file_under_the_name_of_another_does_not_open():
    raws = [uuid.uuid4().bytes, uuid.uuid4().bytes]
    own, other = (
        store_bytes(raw, kind=StoredFile.Kind.BANK_FILE, media_type="text/plain", by=None, at=MONDAY) for raw in raws
    )
    sealed_path(other.sha256).write_bytes(sealed_path(own.sha256).read_bytes())

    assert read_original(own) == raws[0]
    with pytest.raises(InvalidTag):
        read_original(other)
