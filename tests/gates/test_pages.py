"""Every page in a real browser, on a phone and at a desk, in ordinary and in large letters, by somebody it is for.

Measured: faults of accessibility (axe: A, AA, best practice), sideways scrolling, size of letters and of targets, room
between lines, console errors, and what travels over the network (text as gzip sends it).
"""

import gzip
import re
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from kernel.letters import COOKIE, Letters
from registers.services.rules import all_rules
from tests.browser.screens import CUT, LETTERS, LINES, OVER, TARGETS
from tests.county.access_table import EVERYBODY, IN, POSTED, SIGNED_IN
from tests.county.world import STRANGER, addresses
from tests.gates.conftest import RESULTS

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
FARMERS = {"xiuying", "guiying"}
SAID = {Letters.NORMAL: "", Letters.LARGE: " large", Letters.LARGEST: " largest"}
LEAST = {Letters.NORMAL: 14, Letters.LARGE: 14, Letters.LARGEST: 30}  # points of any letter on a page
# Kilobytes a first visit may cost (interface.md §4.2), by the beginning of the address's name; else the last.
BUDGETS = {
    "home": 50, "sell": 50, "my-listing": 60, "market": 120, "listing-detail": 110, "order": 80, "notice": 40,
    "sales": 90, "funnel": 90, "review": 200, "delivery-accept": 60, "delivery-list": 60, "": 120,
}  # fmt: skip


@dataclass
class Walk:
    """What the walk has seen so far."""

    pages: int = 0
    loads: int = 0
    rules: int = 0
    heaviest: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def reader_of(name: str) -> str | None:
    """Return somebody a page is for: a farmer where farmers get in, as they have the strictest eyes."""
    allowed = IN[name]
    if allowed == EVERYBODY:
        return STRANGER
    if allowed == SIGNED_IN:
        return "buyer" if name.startswith("mfa_") else "xiuying"
    return min(allowed, key=lambda who: (who not in FARMERS, who)) if allowed else None


def documents(demo) -> list[tuple[str, str, str]]:
    """Return every page that is a page: its name, its address, its reader."""
    found = []
    for name, keys in sorted(addresses().items()):
        who = reader_of(name)
        if who is None or name in POSTED or name.startswith("api-"):
            continue
        path = demo.address(name, keys)
        with transaction.atomic():  # else this transaction would keep the row of the session that the site writes to
            answer = demo.clients[who].get(path)
            transaction.set_rollback(True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found.append((name, path, who))
    return found


def registers(demo) -> list[tuple[str, str, str]]:
    """Return the pages of every register: its list, its form, its file, its first row, by whoever proposes there."""
    found = []
    for rules in all_rules():
        for page, keys in (("register", ()), ("register-new", ()), ("register-rows", ()), ("register-edit", ("row",))):
            for who in sorted(set(demo.clients) - {STRANGER}):
                path = _of_register(page, rules.key, keys, demo.clients[who])
                if path:
                    found.append((f"{page} {rules.key}", path, who))
                    break
    return found


def _of_register(page: str, key: str, keys: tuple[str, ...], client) -> str:
    """Return the address of a page of a register where this person gets in; empty elsewhere."""
    with transaction.atomic():
        shown = client.get(reverse("register", args=[key])).content.decode()
        row = re.search(rf'"(/registers/{key}/(?!new/|file/)[^/"]+/)"', shown)
        path = reverse(page, args=[key]) if not keys else row[1] if row else ""
        answer = client.get(path) if path else None
        transaction.set_rollback(True)
    is_page = answer is not None and answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return path if is_page else ""


def context_for(browser, site: str, demo, who: str, *, width: int, letters: Letters):
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": 844 if width < 700 else 800}, locale="zh-CN"
    )
    cookies = [{"name": COOKIE, "value": str(letters.value), "url": site}] if letters else []
    session = demo.clients[who].cookies.get(settings.SESSION_COOKIE_NAME)
    if session:
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session.value, "url": site})
    context.add_cookies(cookies)
    return context


def weight_of(answers) -> float:
    """Return what these answers weigh on the wire in KB: text pressed by gzip, pictures as they are."""
    total = 0
    for answer in answers:
        body = answer.body()
        pressed = not answer.headers.get("content-type", "").startswith(("image/jpeg", "image/webp", "image/png"))
        total += len(gzip.compress(body, 6)) if pressed else len(body)
    return total / 1024


def look(page, name: str, path: str, *, width: int, letters: Letters, axe, walk: Walk):
    """Open one page and write down whatever is wrong with it."""
    answers, red = [], []
    page.on("response", lambda answer: answers.append(answer) if answer.status == 200 else None)
    page.on("console", lambda message: red.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: red.append(str(error)))
    page.goto(path)
    page.wait_for_load_state("load")
    kb = weight_of(answers)
    walk.loads += 1
    walk.heaviest[name] = max(kb, walk.heaviest.get(name, 0))
    where = f"{name} at {width}{SAID[letters]}"
    budget = next(most for start, most in BUDGETS.items() if name.startswith(start))
    if kb > budget:
        walk.faults.append(f"{where}: {kb:.0f} KB of {budget}")
    walk.faults += [f"{where}: console: {text}" for text in red]
    measure(page, where, width=width, letters=letters, axe=axe, walk=walk)


def measure(page, where: str, *, width: int, letters: Letters, axe, walk: Walk):
    """Write down what is wrong with a page as it stands: too wide, too small, not to be read by everybody."""
    if (over := page.evaluate(OVER)) > 0:
        walk.faults.append(f"{where}: {over} px too wide")
    phone = width < 700
    least = (60 if letters else 48) if phone else 24
    walk.faults += [f"{where}: small target: {text}" for text in page.evaluate(TARGETS, least)]
    walk.faults += [f"{where}: small letters: {text}" for text in page.evaluate(LETTERS, LEAST[letters])]
    walk.faults += [f"{where}: close {text}" for text in page.evaluate(LINES)]
    found = axe.run(page, options=RULES).response
    walk.rules += len(found["passes"]) + len(found["violations"])
    for broken in found["violations"]:
        for node in broken["nodes"][:3]:
            walk.faults.append(f"{where}: axe {broken['id']}: {node['target']} {node['html'][:120]}")


@pytest.mark.browser
def test_every_register_at_both_widths(demo, site, chromium):
    walk, axe = Walk(), Axe()
    pages = registers(demo)
    walk.pages = len(pages)
    for width in (390, 1280):
        contexts = {}
        for name, path, who in pages:
            if who not in contexts:
                contexts[who] = context_for(chromium, site, demo, who, width=width, letters=Letters.NORMAL)
            page = contexts[who].new_page()
            look(page, name, path, width=width, letters=Letters.NORMAL, axe=axe, walk=walk)
            page.close()
        for context in contexts.values():
            context.close()
    RESULTS["Registers"] = (
        f"{walk.pages} pages of {len(all_rules())} registers, {walk.loads} looks at 390 and 1280 px, {walk.rules} rules"
        f" of axe: {len(walk.faults)} faults."
    )
    assert len({name.partition(" ")[2] for name, _path, _who in pages}) == len(all_rules())
    assert walk.faults == []


@pytest.mark.browser
def test_every_page_at_both_widths_in_both_letters(demo, site, chromium):
    walk, axe = Walk(), Axe()
    pages = documents(demo)
    walk.pages = len(pages)
    for width in (390, 1280):
        for letters in (Letters.NORMAL, Letters.LARGE):
            contexts = {}
            for name, path, who in pages:
                if who not in contexts:
                    contexts[who] = context_for(chromium, site, demo, who, width=width, letters=letters)
                page = contexts[who].new_page()
                look(page, name, path, width=width, letters=letters, axe=axe, walk=walk)
                page.close()
            for context in contexts.values():
                context.close()
    heavy = sorted(walk.heaviest.items(), key=lambda row: -row[1])[:8]
    RESULTS["Pages"] = "\n".join(
        [
            f"{walk.pages} pages × 390 and 1280 px × ordinary and large letters = {walk.loads} looks; "
            f"{walk.rules} rules of axe met or broken; {len(walk.faults)} faults.",
            "",
            "Heaviest on a first visit (KB): " + ", ".join(f"{name} {kb:.0f}" for name, kb in heavy) + ".",
            *(["", "```", *walk.faults[:200], "```"] if walk.faults else []),
        ]
    )
    assert walk.pages > 60
    assert walk.faults == []


@pytest.mark.browser
def test_every_page_of_a_household_in_the_largest_letters_on_the_smallest_phone(demo, site, chromium):
    walk, axe, contexts = Walk(), Axe(), {}
    pages = [(name, path, who) for name, path, who in documents(demo) if who in FARMERS | {STRANGER}]
    walk.pages = len(pages)
    for name, path, who in pages:
        if who not in contexts:
            contexts[who] = context_for(chromium, site, demo, who, width=360, letters=Letters.LARGEST)
        page = contexts[who].new_page()
        look(page, name, path, width=360, letters=Letters.LARGEST, axe=axe, walk=walk)
        walk.faults += [f"{name}: cut off: {text}" for text in page.evaluate(CUT)]
        page.close()
    for context in contexts.values():
        context.close()
    RESULTS["Pages in the largest letters"] = "\n".join(
        [
            f"{walk.pages} pages of households and of everybody at 360 px, no letter under 30 px: "
            f"{len(walk.faults)} faults.",
            *walk.faults[:200],
        ]
    )
    assert walk.pages > 30
    assert walk.faults == []


@dataclass
class Done:
    """One act in a page, and what the page after it shows: by whom, where, what is pressed."""

    name: str
    who: str
    path: str
    press: str
    shows: str


ACTS = [
    Done("a pause begun", "guiying", "/goods/pause/", ".sheet-chips button", ".messages .panel"),
    Done("a pause ended", "guiying", "/goods/", "form[action$='/end/'] button", ".messages .panel"),
    Done("nothing asked for", "buyer", "/orders/new/", "main form .btn-main", ".error-summary"),
]


@pytest.mark.browser
def test_pages_after_an_act_at_both_widths_in_both_letters(demo, site, chromium):
    walk, axe = Walk(), Axe()
    for width in (390, 1280):
        for letters in (Letters.NORMAL, Letters.LARGE):
            for done in ACTS:
                context = context_for(chromium, site, demo, done.who, width=width, letters=letters)
                page = context.new_page()
                page.goto(done.path)
                page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
                page.locator(done.press).first.click()
                page.wait_for_load_state("load")
                where = f"after {done.name} at {width}{SAID[letters]}"
                assert page.locator(done.shows).count(), where
                measure(page, where, width=width, letters=letters, axe=axe, walk=walk)
                context.close()
    RESULTS["Pages after an act"] = "\n".join(
        [f"{len(ACTS)} acts × 390 and 1280 px × ordinary and large letters: {len(walk.faults)} faults.", *walk.faults]
    )
    assert walk.faults == []


def test_the_walk_has_eyes(site, chromium):
    """A page that is wrong in each way is found wrong in each way: a gate that sees nothing guards nothing."""
    page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.set_content(
        '<html><body><div style="width:500px">宽</div><button style="height:20px">小</button>'
        '<p style="font-size:9px;line-height:1.2">看不见</p><img src="data:,"></body></html>'
    )
    assert page.evaluate(OVER) > 0
    assert page.evaluate(TARGETS, 48)
    assert page.evaluate(LETTERS, 14)
    assert page.evaluate(LINES)
    assert {"html-has-lang", "image-alt"} <= {
        row["id"] for row in Axe().run(page, options=RULES).response["violations"]
    }
    page.close()
