"""Our scripts by themselves, on an empty page: what the phone keeps, what it sends in which order, what it prints."""

import hashlib
import re

import pytest

from tests.browser.screens import a_photo

pytestmark = pytest.mark.browser

BAR = """<div hidden data-draft-page="quantity" data-draft="d1" data-owner="7" data-base="/sell/d/" data-probe="/probe"
  data-say-done="Received"><b data-draft-count data-words="{n} wait"></b><button data-draft-again></button></div>
  <p data-photo-line></p><a hidden data-draft-offer><b data-offer-head></b><b data-offer-text></b></a>
  <form data-draft-form data-draft-title="Cabbage"><input type="hidden" name="csrfmiddlewaretoken" value="token">
  <input type="radio" name="unit" value="jin" checked><input type="radio" name="unit" value="kg">
  <input name="quantity_0"><input name="price" data-price><input name="sure" type="checkbox" checked>
  <input name="photo" type="file"></form>"""
STORE = "const store = await import('/static/js/draft/store.js');"


@pytest.fixture
def sale(bare):
    """The empty page with what the server writes around a sale; it is owner 7's."""
    bare.set_content(BAR)
    return bare


def faults_of(page) -> list[str]:
    """Return the list that every error of this page is written into."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


# --- What is kept -----------------------------------------------------------------------------------------------------


def test_the_key_of_a_draft_is_a_uuid_and_no_two_are_alike(bare):
    keys = bare.evaluate(f"async () => {{ {STORE} return Array.from({{length: 500}}, store.newKey) }}")

    assert len(set(keys)) == 500
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", key) for key in keys
    )


KEEP_TWO = f"""async () => {{ {STORE}
  await store.keepDraft({{...store.newDraft('a', '7'), title: 'older'}})
  await new Promise(done => setTimeout(done, 5))
  await store.keepDraft({{...store.newDraft('b', '7'), title: 'newer'}})
  await store.keepDraft(store.newDraft('c', '8'))
}}"""
TITLES = f"async () => {{ {STORE} return (await store.draftsOf('7')).map(draft => draft.title) }}"


def test_a_person_gets_the_own_drafts_back_the_newest_first(bare):
    bare.evaluate(KEEP_TWO)
    bare.reload()

    assert bare.evaluate(TITLES) == ["newer", "older"]


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})",
        "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }",
    ],
    ids=["no localStorage", "no IndexedDB"],
)
def test_one_store_is_enough(bare, broken):
    bare.add_init_script(broken)
    bare.reload()
    faults = faults_of(bare)

    bare.evaluate(KEEP_TWO)

    assert bare.evaluate(TITLES) == ["newer", "older"]
    assert faults == []


def test_of_two_versions_of_a_draft_the_later_one_counts(bare):
    bare.evaluate(KEEP_TWO)
    bare.evaluate("""() => localStorage.setItem('liujin-draft:a', JSON.stringify(
        {...JSON.parse(localStorage['liujin-draft:a']), title: 'typed last', at: Date.now() + 1000}))""")

    assert bare.evaluate(TITLES) == ["typed last", "newer"]


def test_a_forgotten_draft_takes_its_photo_along_and_no_other(bare):
    bare.evaluate(KEEP_TWO)
    left = bare.evaluate(f"""async () => {{ {STORE}
      for (const id of ['a', 'b']) await store.keepPhoto({{id, owner: '7', at: Date.now(), blob: new Blob(['x'])}})
      await store.forgetDraft('a')
      return [(await store.draftsOf('7')).map(draft => draft.id), (await store.photosOf('7')).map(photo => photo.id),
              Object.keys(localStorage).sort()]
    }}""")

    assert left == [["b"], ["b"], ["liujin-draft:b", "liujin-draft:c"]]


def test_old_photos_are_forgotten_whoever_took_them(bare):
    left = bare.evaluate(f"""async () => {{ {STORE}
      for (const [id, owner, at] of [['a', '7', 10], ['b', '8', 19], ['c', '8', 20]])
        await store.keepPhoto({{id, owner, at, blob: new Blob(['x'])}})
      await store.forgetPhotosBefore(20)
      return [(await store.photosOf('7')).length, (await store.photosOf('8')).map(photo => photo.id)]
    }}""")

    assert left == [0, ["c"]]


# --- What is sent -----------------------------------------------------------------------------------------------------

SEND = f"""async () => {{ {STORE}
  const {{ sendSteps }} = await import('/static/js/draft/steps.js')
  const draft = store.newDraft('d1', '7')
  draft.send = [
    {{url: '/produce/', body: 'produce=cabbage&csrfmiddlewaretoken=old'}},
    {{url: '/quantity/', body: 'q=2', last: true}},
  ]
  const answer = await sendSteps(draft)
  return {{answer, send: draft.send, done: draft.done, path: draft.path, kept: (await store.draftsOf('7'))[0] ?? null}}
}}"""


def answer_with(page, *answers: dict) -> list:
    """Let these answers come one after the other to what the page posts; return the list of what was posted."""
    posted, left = [], list(answers)

    def fate(route):
        asked = route.request
        posted.append((asked.url.removeprefix("https://phone.test"), asked.post_data, asked.headers["draft-owner"]))
        route.fulfill(**left.pop(0))

    page.route(re.compile("/(produce|quantity)/$"), fate)
    return posted


def test_steps_are_sent_in_their_order_with_the_token_of_now_and_the_owner(sale):
    posted = answer_with(sale, {"json": {"to": "/quantity/"}}, {"json": {"to": "/receipt/"}})

    sent = sale.evaluate(SEND)

    assert posted == [
        ("/produce/", "produce=cabbage&csrfmiddlewaretoken=token", "7"),
        ("/quantity/", "q=2&csrfmiddlewaretoken=token", "7"),
    ]
    assert sent["answer"] == {"state": "done", "to": "/receipt/", "url": "/quantity/"}
    assert (sent["send"], sent["done"]) == (None, "/receipt/")
    assert (sent["kept"]["send"], sent["kept"]["done"]) == (None, "/receipt/")


@pytest.mark.parametrize(
    ("second", "state"),
    [
        ({"status": 502}, "waiting"),
        ({"status": 409, "json": {"code": "other_person", "message": "Not yours"}}, "signed-out"),
    ],
    ids=["server away", "another person signed in"],
)
def test_a_step_that_is_not_taken_waits_on_and_the_ones_before_it_are_not_sent_again(sale, second, state):
    posted = answer_with(sale, {"json": {"to": "/quantity/"}}, second)

    sent = sale.evaluate(SEND)

    assert len(posted) == 2 and sent["answer"]["state"] == state
    assert [step["url"] for step in sent["send"]] == ["/quantity/"]
    assert [step["url"] for step in sent["kept"]["send"]] == ["/quantity/"]


def test_a_page_for_an_answer_ends_the_waiting_and_is_where_the_draft_goes_on(sale):
    answer_with(sale, {"status": 400, "body": "<h1>How much?</h1>", "content_type": "text/html"})

    sent = sale.evaluate(SEND)

    assert sent["answer"] == {"state": "refused", "url": "/produce/"}
    assert (sent["send"], sent["path"]) == (None, "/produce/")


PIECES = """async ([size, fates]) => {
  sessionStorage['liujin-piece'] = size
  const { sendInPieces } = await import('/static/js/pieces.js')
  const blob = new Blob(['x'.repeat(200 * 1024)])
  const asked = []
  let have = fates.have ?? 0
  const ask = async (method, url, { body, headers } = {}) => {
    asked.push([method, headers?.['Upload-Offset'] ?? null, body?.size ?? 0])
    if (asked.length === fates.breaks) return { status: 0 }
    if (method === 'POST') have += body.size
    return { status: 200, answer: have < blob.size ? { have } : { to: '/done/' } }
  }
  const last = await sendInPieces(ask, '/p/', { blob, sha256: 'f', begun: 'have' in fates }, () => {})
  return { asked, last, next: Number(sessionStorage['liujin-piece']) }
}"""
KB = 1024


def test_a_photo_goes_in_pieces_that_grow_while_the_net_is_quick(bare):
    sent = bare.evaluate(PIECES, [64 * KB, {}])

    assert sent["asked"] == [["POST", 0, 64 * KB], ["POST", 64 * KB, 136 * KB]]
    assert sent["last"] == {"status": 200, "answer": {"to": "/done/"}} and sent["next"] == 1024 * KB


def test_a_photo_that_was_begun_goes_on_where_the_server_says(bare):
    sent = bare.evaluate(PIECES, [64 * KB, {"have": 150 * KB}])

    assert sent["asked"] == [["GET", None, 0], ["POST", 150 * KB, 50 * KB]]


def test_a_piece_that_breaks_ends_the_try_and_the_next_one_is_half_as_large(bare):
    sent = bare.evaluate(PIECES, [64 * KB, {"breaks": 1}])

    assert sent == {"asked": [["POST", 0, 64 * KB]], "last": {"status": 0}, "next": 32 * KB}


def test_a_form_is_sent_once_however_often_the_button_is_pressed(bare):
    posted = []

    def take(route):
        posted.append(route.request.post_data)
        route.fulfill(status=204)  # the page stays

    bare.route("**/pay/", take)
    bare.set_content('<form method="post" action="/pay/"><button name="act" value="pay">Pay</button></form>')
    bare.evaluate("import('/static/js/once.js')")

    with bare.expect_response("**/pay/"):
        bare.evaluate("for (let press = 0; press < 3; press++) document.querySelector('button').click()")
    bare.locator("button[aria-disabled=true]").wait_for()

    assert posted == ["act=pay"]


# --- What is typed and printed ----------------------------------------------------------------------------------------


def test_what_is_typed_is_written_back_without_keys_answers_and_files(sale):
    sale.fill("[name=quantity_0]", "137")
    sale.check("[value=kg]")

    fields = sale.evaluate("""async () => {
      const form = await import('/static/js/draft/form.js')
      const typed = form.typedFields(document.forms[0])
      document.forms[0].reset()
      const changed = []
      document.addEventListener('change', event => changed.push(event.target.value))
      document.addEventListener('input', event => changed.push(event.target.value))
      form.restore(document.forms[0], typed)
      return { typed, again: form.typedFields(document.forms[0]), changed }
    }""")

    assert fields["typed"] == fields["again"] == {"quantity_0": "137", "unit": "kg", "price": ""}
    assert fields["changed"] == ["kg", "137"]  # the unit first, so that no number is converted


@pytest.mark.parametrize(
    ("value", "places", "plain", "grouped"),
    [
        (0, 0, "0", "0"),
        (12_500, 0, "12.5", "12.5"),
        (5, 0, "0.005", "0.005"),
        (1_234_567_000, 0, "1234567", "1,234,567"),
        (160_000, 2, "160", "160.00"),
        (1_000_100, 2, "1000.1", "1,000.10"),
    ],
)
def test_thousandths_are_printed_exactly(bare, value, places, plain, grouped):
    printed = bare.evaluate(
        """async ([value, places]) => {
          const printed = await import('/static/js/keypad/printed.js')
          return [printed.plain(value), printed.grouped(value, places)]
        }""",
        [value, places],
    )

    assert printed == [plain, grouped]


AMOUNT = """<input data-quantity><b data-echo data-jin="= {n} jin" data-kg="= {n} kg"></b>
  <input type="radio" name="u" value="jin" data-unit checked><input type="radio" name="u" value="kg" data-unit>
  <p data-sum hidden><b data-sum-weight data-jin="{n} jin" data-kg="{n} kg"></b>
  <b data-sum-money data-words="{n}"></b></p><input data-price>"""


@pytest.mark.parametrize(
    ("typed", "echo"),
    [("200", "= 100 kg"), ("一百五", "= 75 kg"), ("0.002", "= 0.001 kg"), ("1,000", ""), ("0.001", ""), ("200kg", "")],
)
def test_the_other_weight_stands_beside_what_the_server_would_take(bare, typed, echo):
    faults = faults_of(bare)
    bare.set_content(AMOUNT)
    bare.evaluate("import('/static/js/keypad/quantity.js')")

    bare.fill("[data-quantity]", typed)

    assert bare.inner_text("[data-echo]") == echo
    assert faults == []


@pytest.mark.parametrize(
    ("typed", "unit", "shown", "stays"),
    [
        ("300", "kg", "150", False),
        ("0", "kg", "0", False),
        ("3000000", "kg", "1500000", False),  # more than can be written at once: still no other weight
        ("0.001", "kg", "0.001", True),  # half a gram: the switch does not move
        ("abc", "kg", "abc", False),
    ],
)
def test_the_unit_switch_converts_or_does_not_move(bare, typed, unit, shown, stays):
    bare.set_content(AMOUNT)
    bare.evaluate("import('/static/js/keypad/quantity.js')")
    bare.fill("[data-quantity]", typed)

    bare.locator(f"[value={unit}]").click()

    assert bare.input_value("[data-quantity]") == shown
    assert bare.locator("[value=jin]").is_checked() is stays


@pytest.mark.parametrize(
    ("typed", "price", "money"),
    [("200", "0.80", "160"), ("0.5", "0.01", "0.01"), ("0.49", "0.01", "0"), ("2000000", "100000", "200,000,000,000")],
)
def test_the_sum_is_the_servers_half_a_fen_goes_up(bare, typed, price, money):
    bare.set_content(AMOUNT)
    bare.evaluate("import('/static/js/keypad/quantity.js')")

    bare.fill("[data-quantity]", typed)
    bare.fill("[data-price]", price)

    assert bare.locator("[data-sum-money]").text_content() == money


def test_a_photo_leaves_small_and_the_print_is_that_of_the_original(bare):
    original = a_photo()["buffer"]
    small = bare.evaluate(
        """async bytes => {
          const { fingerprint, shrunk } = await import('/static/js/photo.js')
          const file = new File([new Uint8Array(bytes)], 'a.jpg', { type: 'image/jpeg' })
          const blob = await shrunk(file, 'listing')
          const { width, height } = await createImageBitmap(blob)
          return { print: await fingerprint(file), type: blob.type, width, height }
        }""",
        list(original),
    )

    assert small == {
        "print": hashlib.sha256(original).hexdigest(),
        "type": "image/jpeg",
        "width": 1280,
        "height": 960,
    }


# --- The files that pages ask for -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["draft", "keypad"])
def test_the_joined_script_runs(sale, name):
    faults = faults_of(sale)

    sale.evaluate(f"import('/static/js/{name}.js')")

    assert faults == []
