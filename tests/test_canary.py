"""One household with known secrets goes through both chains; then every place that keeps or shows anything is searched.

Its secrets are a full name, an ID number, a phone and a bank card. Searched are every column of every table, the lines
of the log, the addresses visited, messages to the workers, the cache, every page, spreadsheet and answer for programs,
and the files on disk. The first tests prove the finders: what is planted is found.
"""

import inspect
import io
import itertools
import json
import logging
import re
import zipfile
from dataclasses import dataclass, field

import celery
import pytest
import redis
import structlog
from django.conf import settings as site
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from accounts.services import people
from accounts.services.messages import send_waiting
from accounts.tasks import send_messages
from kernel import clock
from ledger.models import PayoutBatch
from records.models import StoredFile
from records.services import events
from records.services.files import read_original, store_bytes
from tests import factories
from tests.county.world import addresses
from tests.factories import LONG_AGO, MONDAY
from tests.journeys import test_loss_chain as loss_chain
from tests.journeys import test_market_chain as market_chain
from tests.journeys.browsing import Person

pytestmark = pytest.mark.django_db

SECRETS = {
    "name": "黄秀英",  # as both chains call her; nobody else here is called so
    "ID number": factories.an_id_number(947, born=factories.dt.date(1958, 7, 13)),
    "phone": "13758264917",
    "card": factories.a_card_number(730_518_264_917),
}
FOR_STRANGERS = tuple(SECRETS)
# Who works on a claim or an order knows the household by its name; its numbers leave in the bank's file alone.
FOR_STAFF = ("ID number", "phone", "card")
# Columns that may hold a secret in clear, each with its reason. None may.
ALLOWED_COLUMNS: dict[str, str] = {}
MOST_PAGES = 100


# --- The finders --------------------------------------------------------------------------------------------------


def pattern(secret: str) -> str:
    """Return the expression of a secret, however its digits are grouped."""
    return "[ -]?".join(secret) if secret[:-1].isdigit() else secret


def secrets_in(text: str, which=FOR_STRANGERS) -> set[str]:
    """Return which secrets a text holds, also as JSON escapes or percent signs would write them."""
    escaped = json.dumps(SECRETS["name"])[1:-1]
    quoted = "".join(f"%{byte:02X}" for byte in SECRETS["name"].encode())
    text = text.replace(escaped, SECRETS["name"])
    text = re.sub(quoted, SECRETS["name"], text, flags=re.IGNORECASE)
    return {name for name in which if re.search(pattern(SECRETS[name]), text, re.IGNORECASE)}


def secrets_in_bytes(raw: bytes, which=FOR_STRANGERS) -> set[str]:
    """Return which secrets bytes hold, in either of the two encodings used here."""
    return {name for code in ("utf-8", "gb18030") for name in secrets_in(raw.decode(code, errors="replace"), which)}


def secrets_in_tables() -> set[tuple[str, str]]:
    """Return `table.column` and secret for every text, JSON, array or byte column that holds one."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")  # the owner sees every table, the app's role only its own
        cursor.execute(
            """
            SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
              AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')
            ORDER BY c.table_name
            """
        )
        columns = cursor.fetchall()
        assert len({table for table, _column, _kind in columns}) > 40
        for table, asked in itertools.groupby(columns, key=lambda row: row[0]):
            tries = [(column, kind, name) for _table, column, kind in asked for name in SECRETS]
            cursor.execute(f'SELECT {", ".join(map(_held, tries))} FROM "{table}"', list(map(_sought, tries)))  # noqa: S608
            held = cursor.fetchone()
            found |= {
                (f"{table}.{column}", name) for (column, _kind, name), yes in zip(tries, held, strict=True) if yes
            }
        cursor.execute(f'SET ROLE "{site.APP_ROLE}"')
    return {(place, name) for place, name in found if place not in ALLOWED_COLUMNS}


def _held(tried: tuple[str, str, str]) -> str:
    """Return what asks whether a column holds a secret in any of its rows."""
    column, kind, _name = tried
    return f'bool_or(position(%s::bytea IN "{column}") > 0)' if kind == "bytea" else f'bool_or("{column}"::text ~* %s)'


def _sought(tried: tuple[str, str, str]) -> bytes | str:
    """Return what is looked for: the secret, however its digits are grouped or its letters escaped."""
    _column, kind, name = tried
    secret = SECRETS[name]
    return secret.encode() if kind == "bytea" else f"{pattern(secret)}|{json.dumps(secret)[1:-1]}"


def secrets_in_cache() -> set[str]:
    """Return which secrets stand in keys or values of the cache and of the queues."""
    found = set()
    for number in {int(site.CACHES["default"]["LOCATION"].rpartition("=")[2].rpartition("/")[2]), 0}:
        place, _, _number = site.CACHES["default"]["LOCATION"].rpartition("?db=")
        address = f"{place}?db={number}" if place else f"{site.REDIS_URL.rstrip('/')}/{number}"
        store = redis.Redis.from_url(address)
        for key in store.scan_iter():
            found |= secrets_in_bytes(key) | secrets_in_bytes(_value(store, key))
    return found


def _value(store, key: bytes) -> bytes:
    read = {
        b"string": store.get,
        b"hash": store.hgetall,
        b"set": store.smembers,
        b"list": lambda key: store.lrange(key, 0, -1),
        b"zset": lambda key: store.zrange(key, 0, -1),
    }
    value = read[store.type(key)](key)
    if isinstance(value, bytes):
        return value
    rows = [*value, *value.values()] if isinstance(value, dict) else list(value or [])
    return b"\n".join(rows)


def secrets_on_disk(folder) -> set[tuple[str, str]]:
    """Return path and secret of every file below a folder that holds one, in its name or its bytes."""
    return {
        (path.name, name)
        for path in folder.rglob("*")
        if path.is_file()
        for name in secrets_in(str(path)) | secrets_in_bytes(path.read_bytes())
    }


@dataclass
class Overheard:
    """What went by while the chains ran."""

    log: io.StringIO
    addresses: list[str] = field(default_factory=list)
    answers: list[tuple[str, bool, bytes, str]] = field(default_factory=list)  # path, stranger, bytes, headers
    tasks: list[str] = field(default_factory=list)

    def secrets(self) -> set[tuple[str, str]]:
        """Return where and which secrets were overheard."""
        found = {("log", name) for name in secrets_in(self.log.getvalue())}
        found |= {(f"address {path}", name) for path in self.addresses for name in secrets_in(path)}
        found |= {(f"task {task}", name) for task in self.tasks for name in secrets_in(task)}
        for path, stranger, raw, headers in self.answers:
            which = FOR_STRANGERS if stranger else FOR_STAFF
            found |= {(f"page {path}", name) for name in secrets_in_bytes(raw, which) | secrets_in(headers, which)}
        return found


@pytest.fixture
def overheard(monkeypatch):
    """Listen to the log as it is written, to every request and answer, and to every message to a worker."""
    heard = Overheard(io.StringIO())
    handler = next(one for one in logging.getLogger().handlers if _writes_json(one))
    before = handler.setStream(heard.log)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    answer = Client.request

    def request(browser, **asked):
        got = answer(browser, **asked)
        address = f"{got.request['PATH_INFO']}?{got.request.get('QUERY_STRING', '')}"
        heard.addresses += [address, got.headers.get("Location", "")]
        stranger = "_auth_user_id" not in browser.session
        raw = b"".join(got.streaming_content) if got.streaming else got.content
        heard.answers.append((address, stranger, raw, str(dict(got.headers))))
        return got

    def sent(task, args=None, kwargs=None, **more):
        heard.tasks.append(f"{task.name} {args} {kwargs} {more}")

    monkeypatch.setattr(Client, "request", request)
    monkeypatch.setattr(celery.Task, "apply_async", sent)
    yield heard
    handler.setStream(before)
    logging.getLogger().setLevel(level)


def _writes_json(handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


# --- The household --------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def xiuying_household(changxi):
    """The canary: a household whose four secrets are known."""
    head = people.register_person(name=SECRETS["name"], id_number=SECRETS["ID number"], at=MONDAY)
    household = people.register_household(
        number="360735102000947", village=changxi, head=head, phone=SECRETS["phone"], people=4, tier="lifted",
        from_on=LONG_AGO, at=MONDAY,
    )  # fmt: skip
    people.set_card(household=household, number=SECRETS["card"], holder=SECRETS["name"], bank="石城农商银行", at=MONDAY)
    return household


@pytest.fixture
def xiuying(xiuying_household):
    return people.register_account(phone=SECRETS["phone"], person=xiuying_household.head, at=MONDAY)


@pytest.fixture
def purse(now, school, treasurer_zhou):
    return factories.a_fund(school, yuan=1_000, year=2026, by=treasurer_zhou, at=now.at)


@pytest.fixture
def scheme(finance_bureau, director_lin, cabbage, duck):
    return loss_chain.a_scheme(finance_bureau, director_lin, cabbage, duck)


@pytest.fixture
def lot(xiuying, xiuying_household, cabbage):
    return factories.a_listing(xiuying_household, cabbage, kg=100, by=xiuying, at=loss_chain.LISTED)


@pytest.fixture
def guiyings(guiying, guiying_household, cabbage):
    return factories.a_listing(guiying_household, cabbage, kg=100, by=guiying, at=loss_chain.LISTED)


def sign_in(phone: str) -> Client:
    """Sign in as a person does, after a slip of the finger."""
    browser = Client()
    browser.post("/sign-in/", {"phone": phone})
    browser.post("/sign-in/code/", {"code": "000000"})
    browser.post("/sign-in/code/", {"code": site.DEMO_CODE})
    assert "_auth_user_id" in browser.session
    return browser


def look_around(person: Person, start=("/", "/market/", "/notices/", "/schemes/", "/produce/")) -> set[str]:
    """Follow every link of the site that leads to a page, from the first pages on; return what was opened."""
    opened, waiting = set(), list(start)
    while waiting and len(opened) < MOST_PAGES:
        path = waiting.pop(0).partition("#")[0]
        if path in opened or not path.startswith("/") or path.startswith(("/static/", "/sign-out")):
            continue
        opened.add(path)
        page = person.open(path)
        waiting += [page.path + link if link.startswith("?") else link for link in page.links]
    return opened


def read_everything(olga, official, auditor, *, each: bool) -> set[str]:
    """Open what strangers, the county's readers and their programs can open; return what a stranger opened.

    Each reader opens each page, or the readers take turns.
    """
    stranger = look_around(Person())
    named = {reverse(name) for name, keys in addresses().items() if not keys and name not in ("sign-out", "api-schema")}
    readers = [Person(reader).client for reader in (olga, official, auditor)]
    for turn, path in enumerate(sorted(named)):
        for reader in (Client(), *(readers if each else [readers[turn % len(readers)]])):
            reader.get(path)
    for notice in loss_chain.PublicNotice.objects.all():
        for name in ("notice", "notice-poster", "notice-object", "api-notice"):
            Client().get(reverse(name, args=[notice.number]))
    return stranger


def secrets_in_workbooks(overheard) -> set[str]:
    """Return which secrets the spreadsheets that were handed out hold, in any of their parts."""
    books = [raw for path, _stranger, raw, _headers in overheard.answers if ".xlsx" in path and raw[:2] == b"PK"]
    assert books
    found = set()
    for raw in books:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            found |= {name for part in book.namelist() for name in secrets_in_bytes(book.read(part))}
    return found


# --- What is planted is found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", SECRETS)
def test_a_secret_in_a_row_is_found(xiuying, which):
    assert secrets_in_tables() == set()

    events.record("planted", "order:1", by=None, at=MONDAY, note=SECRETS[which])

    assert secrets_in_tables() == {("records_event.data", which)}


def test_a_secret_in_bytes_or_in_a_list_is_found(xiuying):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("CREATE TABLE planted (raw bytea, words text[])")
        cursor.execute("INSERT INTO planted VALUES (%s, %s)", [SECRETS["card"].encode(), ["a", SECRETS["name"]]])

    assert secrets_in_tables() == {("planted.raw", "card"), ("planted.words", "name")}


def test_a_name_in_a_log_line_is_found_and_numbers_are_struck_out_before(overheard):
    log = structlog.get_logger("planted")
    log.warning("said", note=" ".join(SECRETS[name] for name in FOR_STAFF))
    assert "[struck]" in overheard.log.getvalue() and overheard.secrets() == set()

    log.warning("said", note=SECRETS["name"])

    assert overheard.secrets() == {("log", "name")}


def test_a_secret_in_an_address_a_page_a_task_or_the_cache_is_found(overheard):
    Client().get("/market/", {"q": SECRETS["name"]})
    send_messages.apply_async(args=[SECRETS["phone"]])
    cache.set("planted", {"card": SECRETS["card"]})

    places = {(place.split()[0], name) for place, name in overheard.secrets()}
    assert places == {("address", "name"), ("page", "name"), ("task", "phone")}
    assert secrets_in_cache() == {"card"}


def test_a_secret_in_a_file_is_found(xiuying, own_media):
    raw = f"{SECRETS['name']}|{SECRETS['card']}".encode("gb18030")

    store_bytes(raw, kind=StoredFile.Kind.PAPER, media_type="text/plain", by=None, at=MONDAY)

    assert {name for _path, name in secrets_on_disk(own_media)} == {"name", "card"}


def test_no_task_takes_anything_but_the_order_to_look_for_work():
    celery.current_app.loader.import_default_modules()
    ours = {name: task for name, task in celery.current_app.tasks.items() if not name.startswith("celery.")}

    assert len(ours) > 10
    assert [name for name, task in ours.items() if inspect.signature(task.run).parameters] == []
    assert [name for name, entry in celery.current_app.conf.beat_schedule.items() if entry.get("args")] == []


# --- The two chains -------------------------------------------------------------------------------------------------

each_reader = pytest.mark.parametrize(
    "each", [False, pytest.param(True, marks=pytest.mark.gates)], ids=["in turn", "each reader"]
)


@each_reader
def test_nothing_of_a_household_leaks_while_its_goods_are_sold(
    each, overheard, own_media, now, purse, xiuying, chef_chen, haulier, receiver_wang, receiver_sun, treasurer_zhou,
    chair_tan, official, cabbage, olga, auditor, django_capture_on_commit_callbacks,
):  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(SECRETS["phone"])
        market_chain.test_cabbage_is_listed_bought_weighed_and_paid(
            xiuying, chef_chen, haulier, receiver_wang, receiver_sun, treasurer_zhou, chair_tan, official, cabbage,
            purse,
        )  # fmt: skip
    assert send_waiting(at=clock.now()) == Message.objects.count() > 3

    opened = read_everything(olga, official, auditor, each=each)

    assert any(path.startswith("/market/") and path != "/market/" for path in opened)
    assert secrets_in_tables() == set()
    assert _but_her_own_number(overheard.secrets()) == set()
    assert overheard.tasks == []  # a sweep finds the row; no page asks the queue for anything
    assert secrets_in_cache() == set()
    assert secrets_in_workbooks(overheard) == set()
    assert secrets_on_disk(own_media) == set()


@each_reader
def test_nothing_of_a_household_leaks_while_its_loss_is_relieved(
    each, overheard, own_media, now, scheme, lot, guiyings, xiuying, guiying, chef_chen, school, treasurer_zhou,
    cadre_liu, township_officer, inspector_he, inspector_xu, director_lin, clerk_ma, finance_maker, finance_checker,
    official, olga, auditor, monkeypatch,
):  # fmt: skip
    sign_in(SECRETS["phone"])
    # She objects to her neighbour's line, with her name and number: the bureau's eyes alone.
    for key, words in {"words": f"我是{SECRETS['name']}，这家的菜早就卖掉了", "contact": SECRETS["phone"]}.items():
        monkeypatch.setitem(loss_chain.OBJECTION, key, words)
    loss_chain.test_a_loss_is_reported_checked_noticed_visited_awarded_and_paid(
        now, scheme, lot, guiyings, xiuying, guiying, chef_chen, school, treasurer_zhou, cadre_liu, township_officer,
        inspector_he, inspector_xu, director_lin, clerk_ma, finance_maker, finance_checker, official,
    )  # fmt: skip
    now.at = loss_chain.PublicNotice.objects.earliest("pk").published_at  # while its lines hang
    assert send_waiting(at=loss_chain.Message.objects.latest("created_at").created_at) > 3

    opened = read_everything(olga, official, auditor, each=each)

    assert any(path.endswith("/poster/") for path in opened)
    assert any("黄*英".encode() in raw for _path, stranger, raw, _headers in overheard.answers if stranger)
    assert secrets_in_tables() == set()
    assert _but_the_number_to_call(_but_her_own_number(overheard.secrets())) == set()
    assert secrets_in_cache() == set()
    assert secrets_in_workbooks(overheard) == set()

    # The bank's file and its answer hold name and card, in nobody's hands but the checker's and encrypted on disk.
    batch = PayoutBatch.objects.get()
    kept = StoredFile.objects.filter(kind__in=[StoredFile.Kind.BANK_FILE, StoredFile.Kind.BANK_RETURN])
    assert [secrets_in_bytes(read_original(file)) for file in kept] == [{"name", "card"}] * 2
    answer = Person(finance_checker).client.get(f"/payouts/{batch.pk}/file/")
    assert secrets_in_bytes(answer.content) == {"name", "card"}
    assert "no-store" in answer.headers["Cache-Control"]
    assert secrets_on_disk(own_media) == set()


def _but_her_own_number(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Leave out the page that repeats to whoever types a phone number the number just typed."""
    return _without_number(found, re.compile(r"page /sign-in/code/"))


def _but_the_number_to_call(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Leave out the visit's own page, on which the one drawn for it reads whom to call."""
    return _without_number(found, re.compile(r"page /visits/\d+/(record|sign)/"))


def _without_number(found: set[tuple[str, str]], pages: re.Pattern) -> set[tuple[str, str]]:
    return {(place, name) for place, name in found if not (name == "phone" and pages.fullmatch(place.split("?")[0]))}
