"""Whoever owns the database can change it, and `verify_history` says which row: on each table that leaves traces."""

import datetime as dt

import pytest
from django.db.models import F

from losses.models import Visit
from records.models import Finding, HistorySeal, Move, PhotoLook, PolicyValue, Trace
from records.selectors import history
from records.selectors.history import Break, Wall, first_break, traced_models
from records.services.history import note_head, seal_history
from tests.factories import FRIDAY
from tests.guards.cases import check, owns, refuses_each_change
from tests.guards.rows import a_row, another, as_owner, force, insert, past_triggers, refused_by, twin

CHAINED = traced_models()
CHANGING = [Finding, PolicyValue, Visit]
YEARS = dt.timedelta(days=200 * 365)


def told(model, **where):
    """Return a row that tells something."""
    only = model.TRACED.only
    return a_row(model, **{f"{only}__isnull": False} if only else {}, **where)


def broken(lines=(), *, by_the_clock=False) -> Break | None:
    return first_break(Wall("liujin_app", by_the_clock), lines)


def unseal() -> None:
    """Let nothing be sealed yet."""
    with past_triggers():
        HistorySeal.objects.all()._raw_delete(using="default")


def drop_constraints(model) -> None:
    """Let the table take any value and point anywhere, as whoever owns it may."""
    with as_owner() as cursor:
        cursor.execute(
            """
            SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', conrelid::regclass::text, conname)
            FROM pg_constraint
            WHERE conrelid = %s::regclass AND contype IN ('c', 'f') OR confrelid = %s::regclass AND contype = 'f'
            """,
            [model._meta.db_table, model._meta.db_table],
        )
        for (sentence,) in cursor.fetchall():
            cursor.execute(sentence)


def columns_of(model) -> list[str]:
    return [field.name for field in model._meta.local_fields if not field.primary_key]


def in_the_past(row) -> dict:
    """Return the moments of an act, two hundred years ago."""
    return {name: getattr(row, name) - YEARS for name in row.TRACED.told_at if getattr(row, name) is not None}


@pytest.fixture(params=["before sealing", "after sealing"])
def sealed(request):
    """History as it stands after the sweep, and before it."""
    if request.param == "before sealing":
        unseal()
    assert broken() is None
    return request.param == "after sealing"


# --- What leaves traces ---------------------------------------------------------------------------


def test_every_column_of_these_tables_is_told():
    assert {model._meta.db_table for model in CHAINED} == {
        "records_move", "ledger_transfer", "catalog_movement", "records_participation", "records_finding",
        "losses_visit", "records_policyvalue", "losses_award", "ledger_cardshown",
    }  # fmt: skip
    for model in CHAINED:
        told_of, fields = model.TRACED, model._meta.local_fields
        moments = {field.column for field in fields if field.get_internal_type() == "DateTimeField"}
        assert set(told_of.moments) == moments
        assert {*told_of.columns, *told_of.moments} == {field.column for field in fields}


@pytest.mark.parametrize("model", [owns(f"trigger {m._meta.db_table}.traced", m) for m in CHAINED])
def test_a_row_that_is_written_leaves_a_trace(model):
    row = twin(told(model))
    drop_constraints(model)

    with as_owner():
        model._base_manager.bulk_create([row])

    traces = Trace.objects.filter(place=model._meta.db_table, row_id=row.pk)
    assert [(trace.role, len(trace.digest)) for trace in traces] == [("liujin_owner", 64)]


@pytest.mark.parametrize("model", [owns(f"trigger {m._meta.db_table}.traced_anew", m) for m in CHANGING])
def test_a_row_that_is_signed_leaves_another_trace(model):
    last = {Finding: "cleared_at", PolicyValue: "confirmed_at", Visit: "second_signed_at"}[model]
    row = told(model)
    before = Trace.objects.filter(place=model._meta.db_table, row_id=row.pk).count()
    drop_constraints(model)
    force(row, **{last: None})

    model._base_manager.filter(pk=row.pk).update(**{last: getattr(row, last)})

    traces = list(Trace.objects.filter(place=model._meta.db_table, row_id=row.pk).order_by("pk"))
    assert len(traces) == before + 1
    assert traces[-1].digest == traces[-2].digest  # it says the same again
    assert broken() is None


# --- What the owner of the database does ----------------------------------------------------------


@pytest.mark.parametrize(("model", "column"), [(model, column) for model in CHAINED for column in columns_of(model)])
def test_an_edited_hand_time_note_or_amount_is_found(sealed, model, column):
    row = told(model)
    drop_constraints(model)

    force(row, **{column: another(model._meta.get_field(column), getattr(row, column))})

    assert broken() == Break(model._meta.db_table, row.pk, "was changed after it was written")


@pytest.mark.parametrize("model", CHAINED)
def test_a_row_that_is_gone_is_found(sealed, model):
    row = told(model)
    drop_constraints(model)

    with past_triggers():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")

    assert broken() == Break(model._meta.db_table, row.pk, "was taken away after it was written")


@pytest.mark.parametrize("model", CHAINED)
def test_a_row_put_in_for_another_day_is_found(sealed, model):
    row = told(model)
    late = twin(row, **in_the_past(row))
    drop_constraints(model)

    with past_triggers():
        model._base_manager.bulk_create([late])

    assert broken() == Break(model._meta.db_table, late.pk, "was entered without leaving a trace")


@pytest.mark.parametrize("model", CHAINED)
def test_it_is_found_by_its_writer_where_the_triggers_are_left_on(sealed, model):
    row = told(model)
    late = twin(row, **in_the_past(row))
    drop_constraints(model)

    with as_owner():
        model._base_manager.bulk_create([late])

    assert broken() == Break(model._meta.db_table, late.pk, "was written by liujin_owner, not by the site")


@pytest.mark.parametrize("model", CHAINED)
def test_and_by_the_clock_where_it_is_put_in_as_the_site(sealed, model, monkeypatch):
    monkeypatch.setattr(history, "LATE", YEARS / 2)
    row = told(model)
    late = twin(row, **in_the_past(row))
    drop_constraints(model)
    assert broken(by_the_clock=True) is None

    model._base_manager.bulk_create([late])

    what = "says that it was long before it was written"
    assert broken(by_the_clock=True) == Break(model._meta.db_table, late.pk, what)


def test_a_signature_that_the_owner_gives_is_found_by_its_writer(sealed):
    visit = told(Visit)
    force(visit, second_signed_at=None)
    assert broken() is not None

    with as_owner():
        Visit.objects.filter(pk=visit.pk).update(second_signed_at=FRIDAY)

    assert broken() == Break("losses_visit", visit.pk, "was written by liujin_owner, not by the site")


def test_a_clearing_that_is_taken_back_is_found(sealed):
    finding = told(Finding)

    force(finding, cleared_by=None, cleared_at=None, cleared_reason="")

    assert broken() == Break("records_finding", finding.pk, "was taken away after it was written")


# --- Who also forges the traces -------------------------------------------------------------------


def forge(row, **columns) -> None:
    """Change a row, and its trace so that it agrees."""
    force(row, **columns)
    with past_triggers() as cursor:
        cursor.execute(f"SELECT {row.TRACED.digest('r')} FROM {row._meta.db_table} r WHERE id = {row.pk}")  # noqa: S608
        Trace.objects.filter(place=row._meta.db_table, row_id=row.pk).update(digest=cursor.fetchone()[0])


def test_a_forged_trace_breaks_its_seal_and_no_other():
    row = told(Move)
    seal = HistorySeal.objects.get()

    forge(row, note="改过")

    what = f"is no longer over what was written: traces 1 to {seal.last}"
    assert broken() == Break("records_historyseal", seal.pk, what)


@pytest.mark.parametrize("change", ["taken away", "put in", "put in before the first", "dated back"])
def test_traces_that_are_changed_alone_are_found(change):
    row, seal = told(Move), HistorySeal.objects.get()
    trace = Trace.objects.filter(place="records_move", row_id=row.pk).get()
    other = twin(row)
    with past_triggers():
        if change == "taken away":
            Move.objects.filter(pk=row.pk)._raw_delete(using="default")
            Trace.objects.filter(pk=trace.pk)._raw_delete(using="default")
        else:
            Move.objects.bulk_create([other])
            with_id = {"put in": None, "put in before the first": -1, "dated back": seal.last + 1}[change]
            at = trace.at - dt.timedelta(days=1)
            Trace.objects.bulk_create(
                [Trace(pk=with_id, place="records_move", row_id=other.pk, role="liujin_app", at=at)]
            )
            forge(other)

    found = broken()

    assert found is not None
    assert (found.table, found.row_id) in {("records_historyseal", seal.pk), ("records_move", other.pk)}


@pytest.mark.parametrize("column", ["after", "last", "traces", "total", "digest", "at"])
def test_a_seal_that_is_changed_is_found(column):
    seal = HistorySeal.objects.get()
    drop_constraints(HistorySeal)
    force(seal, **{column: another(HistorySeal._meta.get_field(column), getattr(seal, column))})

    found = broken()

    assert (found.table, found.row_id) == ("records_historyseal", seal.pk)


def test_a_seal_in_the_middle_that_is_gone_is_found(monkeypatch):
    unseal()
    monkeypatch.setattr("records.services.history.SEAL_TRACES", 10)
    monkeypatch.setattr(history, "SEALS", 2)
    seal_history()
    seals = list(HistorySeal.objects.order_by("pk"))
    assert len(seals) > 5 and broken() is None

    with past_triggers():
        HistorySeal.objects.filter(pk=seals[2].pk)._raw_delete(using="default")

    assert (broken().table, broken().row_id) == ("records_historyseal", seals[3].pk)


def test_a_chain_made_anew_is_told_from_the_head_that_was_noted_elsewhere(tmp_path):
    journal = tmp_path / "deep" / "heads.jsonl"
    note_head(journal, at=FRIDAY)
    noted = journal.read_text().splitlines()
    assert broken(noted) is None

    unseal()
    forge(told(Move), note="改过")
    seal_history()

    assert broken() is None, "without the head nobody could tell"
    assert broken(noted).table == "records_historyseal"
    assert FRIDAY.isoformat() in broken(noted).what


# --- What the tables of traces and seals refuse ---------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [
        check("seal_covers_its_traces", HistorySeal, {"traces": 0}, {"last": F("after")}, {"total": F("traces") - 1}),
        check("policy_confirmed_at_a_time", PolicyValue, {"confirmed_at": None}, confirmed_by__isnull=False),
    ],
)
def test_a_row_cannot_become_what_its_check_forbids(case):
    refuses_each_change(case)


@pytest.mark.guard("unique records_historyseal(after)")
def test_no_two_seals_follow_the_same_one():
    seal = a_row(HistorySeal)

    with refused_by("records_historyseal(after)"):
        insert(twin(seal, ("after",)))


@pytest.mark.guard("trigger records_finding.cleared_finding_stays")
def test_a_cleared_finding_stays():
    finding = told(Finding)
    for change in ({"cleared_reason": "另一个"}, {"cleared_by": None, "cleared_at": None, "cleared_reason": ""}):
        with refused_by("records_finding.cleared_finding_stays"):
            Finding.objects.filter(pk=finding.pk).update(**change)


@pytest.mark.guard("trigger records_photolook.looked_stays")
def test_a_look_at_a_photo_that_was_made_stays():
    look = a_row(PhotoLook, looked_at__isnull=False)
    for change in ({"opened": False}, {"compared": look.compared + 1}, {"looked_at": None}):
        with refused_by("records_photolook.looked_stays"):
            PhotoLook.objects.filter(pk=look.pk).update(**change)


@pytest.mark.guard("trigger records_policyvalue.confirmed_policy_stays")
def test_a_confirmed_policy_value_stays():
    value = told(PolicyValue, confirmed_at__isnull=False)

    with refused_by("records_policyvalue.confirmed_policy_stays"):
        PolicyValue.objects.filter(pk=value.pk).update(confirmed_by=None, confirmed_at=None)


@pytest.mark.guard("trigger records_policyvalue.policy_stays")
def test_what_is_proposed_as_a_policy_value_stays():
    value = told(PolicyValue, confirmed_at=None)

    for name in ("name", "value", "from_on", "document", "set_by", "set_at"):
        field = PolicyValue._meta.get_field(name)
        with refused_by("records_policyvalue.policy_stays"), as_owner():
            PolicyValue.objects.filter(pk=value.pk).update(**{name: another(field, getattr(value, field.attname))})
