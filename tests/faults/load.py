"""Mixed load: people who read, a farmer who lists and canteens that order, each act retried under its key."""

import datetime as dt
import re
import threading
import time
import uuid
from collections import Counter

import requests

from tests.faults.site import Site, until

BUYER, FARMER = "13800000005", "13800000001"
PAGES = ["/", "/market/", "/orders/", "/funds/", "/api/v1/orders/"]
PUBLIC = ["/", "/market/", "/notices/", "/api/v1/notices/", "/sign-in/"]
MAY_BE_SAID = {200, 201, 409, 429, 503}
MARK_FEN = 83  # the price a jin by which the lots of this load are known
AGAIN_SECONDS = 0.3
READ_SECONDS = 0.1


class Load:
    """Threads that use the site until they are told to end; what they were told is kept for the count."""

    def __init__(self, site: Site, *, orderers: int = 2, readers: int = 2) -> None:
        self.site = site
        self.answers: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []
        self.orders: dict[str, int] = {}  # key → the order it was told
        self.lots: dict[str, int] = {}
        self.buyer, self.farmer = site.signed_in(BUYER), site.signed_in(FARMER)
        until(self._funds, 180)  # the worker makes the demo's market first
        self.today = site.ask("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")[0][0]
        seen = [int(fund) for fund in self._funds()]
        of_this_year = "SELECT id FROM canteens_fund WHERE id = ANY(%s) AND fiscal_year = %s ORDER BY id"
        self.fund = site.ask(of_this_year, seen, self.today.year)[0][0]
        self.deliver_on = self.today + dt.timedelta(days=6)
        self._over = threading.Event()
        self._list("500")
        [self.produce] = site.ask(
            "SELECT p.code FROM produce_produce p JOIN catalog_listing l ON l.produce_id = p.id WHERE l.id = %s",
            *self.lots.values(),
        )[0]
        acts = [self._order] * orderers + [self._list] + [self._read] * readers
        self._threads = [threading.Thread(target=self._go_on, args=(act,), daemon=True) for act in acts]

    def _funds(self) -> list[str]:
        return re.findall(r'href="/funds/(\d+)/"', self.site.get(self.buyer, "/funds/").text)

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let everybody finish what they began: every key gets its answer."""
        self._over.set()
        for thread in self._threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self._threads), "somebody never got an answer"

    def _go_on(self, act) -> None:
        while not self._over.is_set():
            act()

    def _order(self) -> None:
        lot = list(self.lots.values())[-1 - len(self.orders) % min(5, len(self.lots))]
        line = {"produce": self.produce, "lots": [{"listing": lot, "kg": "1", "price": f"{MARK_FEN / 100:.2f}"}]}
        body = {"fund": self.fund, "deliver_on": self.deliver_on.isoformat(), "lines": [line]}
        self._once("place an order", self.buyer, "/api/v1/orders/", body, self.orders)

    def _list(self, kg: str = "200") -> None:
        price = f"{MARK_FEN / 100:.2f}"
        goods = {"produce": "cabbage", "kg": kg, "yuan_per_jin": price, "harvested_on": self.today.isoformat()}
        self._once("list goods", self.farmer, "/api/v1/listings/", goods | {"sure": True}, self.lots)
        self._over.wait(1)

    def _read(self) -> None:
        for path in PAGES:
            self._note("read, signed in", lambda path=path: self.site.get(copy_of(self.buyer), path))
        for path in PUBLIC:
            self._note("read, a stranger", lambda path=path: self.site.get(requests.Session(), path))
        self._over.wait(READ_SECONDS)

    def _once(self, what: str, who: requests.Session, path: str, body: dict, told: dict[str, int]) -> None:
        """Send one act until it is answered, always under the same key."""
        key = str(uuid.uuid4())
        while True:
            answer = self._note(what, lambda: self.site.call(copy_of(who), path, key, body))
            if answer is not None and answer.status_code == 201:
                told[key] = answer.json()["id"]
            if answer is not None and answer.status_code != 503:
                return
            time.sleep(AGAIN_SECONDS)

    def _note(self, what: str, ask) -> requests.Response | None:
        try:
            answer = ask()
        except requests.RequestException:  # nobody was there, or fell while it answered
            self.answers[what, "no answer"] += 1
            return None
        status = answer.status_code
        self.answers[what, str(status)] += 1
        if status not in MAY_BE_SAID or (status == 503 and "Retry-After" not in answer.headers):
            self.wrong.append(f"{what}: {status} {answer.url} {answer.text[:300]}")
        return answer


def copy_of(browser: requests.Session) -> requests.Session:
    """Return another connection of the same browser: threads share its cookies, not its sockets."""
    other = requests.Session()
    other.cookies.update(browser.cookies)
    return other
