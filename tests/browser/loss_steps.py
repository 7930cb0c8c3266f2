"""The steps of a loss as its people take them on their screens, each by the one whose step it is."""

from ledger.models import PayoutBatch
from records.models import PublicNotice
from tests.browser.screens import Screen, a_photo
from tests.ledger.steps import return_file

DESK = {"width": 1280, "height": 800, "by_code": False}
HERE = {"latitude": 26.3271, "longitude": 116.3548, "accuracy": 8}


def looks(officer: Screen, level: str, name: str, *words: str, jin: str, why: str = ""):
    """Open a report from the queue, read these words and write what village or township found."""
    officer.open("/checks/", name)
    officer.press(name, *words, at=f"/{level}/")
    officer.page.fill('input[name="quantity"]', jin)
    officer.page.fill('textarea[name="why"]', why)
    officer.page.locator('input[name="looked_at"][value="goods"]').check()
    officer.press("记下，看下一户", at="/checks/")


def publishes(desk: Screen, level: str, households: int, *words: str) -> PublicNotice:
    """Publish the one list that waits for its village or for the county."""
    desk.open("/checks/" if level == "village" else "/checks/?view=county")
    desk.press("发布公示", *words, at=f"/publish/{level}/")
    desk.press(f"公示 {households} 户", *words, at="/notices/")
    return PublicNotice.objects.get(number=desk.path.split("/")[2])


def stands_in_the_valley(verifier: Screen, origin: str = ""):
    """Let the phone of a verifier say where it is."""
    verifier.page.context.grant_permissions(["geolocation"], **({"origin": origin} if origin else {}))
    verifier.page.context.set_geolocation(HERE)


def fill_in(
    page, found: str = "180", why: str = "地头还能卖", conclusion: str = "less", colours=("green", "brown", "grey")
):
    """Fill in a visit: three photos, what was found, and the household's signature on the glass."""
    for which, colour in zip(("whole", "near", "people"), colours, strict=True):
        page.locator(f"[name={which}]").set_input_files(a_photo(colour))
    page.locator("[name=found]").fill(found)
    page.locator("[name=why]").fill(why)
    page.locator(f"[name=conclusion][value={conclusion}]").check(force=True)
    page.locator("[name=signed][value=glass]").check(force=True)
    sign_by_hand(page, "signature")


def sign_by_hand(page, role: str):
    """Draw a name on one pad with a finger."""
    pad = page.locator(f"[data-sign={role}]")
    pad.scroll_into_view_if_needed()
    box = pad.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 110, steps=5)
    page.mouse.up()
    pad.get_by_text("签字存在手机里").wait_for()


def write_it_down(page):
    """Press the one button of a visit."""
    page.locator("form[data-visit] .btn-main").click()


def signs(verifier: Screen, name: str, found: str):
    """Sign as the second what the first has written down."""
    verifier.open("/visits/", name)
    verifier.press(name, found, at="/sign/")
    verifier.press(f"签字：{found.partition('（')[0]}", at="/visits/")


def computes(desk: Screen, name: str, arithmetic: str, amount: str):
    """Compute the money of a report and hold it."""
    desk.open("/checks/?view=compute", name)
    desk.press(name, arithmetic, at="/compute/")
    desk.press(amount, at="/checks/")


def awards(director: Screen, path: str, *words: str):
    """Approve by the keyboard: the letter twice."""
    director.open(path, *words)
    director.page.keyboard.press("a")
    with director.page.expect_navigation():
        director.page.keyboard.press("a")
    director.sees("已核定", at="/checks/")


def sends_batch(maker: Screen, checker: Screen, households: int, sum_: str, *words: str) -> PayoutBatch:
    """Let one make a batch of everything that waits and another send it."""
    maker.open("/payouts/new/", *words)
    maker.page.locator("main form[method=post] button").last.click()
    maker.page.wait_for_url("**/payouts/*/")
    maker.sees(sum_)
    batch = PayoutBatch.objects.latest("pk")
    checker.open(f"/payouts/{batch.pk}/", f"户数 {households}", sum_)
    checker.press("复核无误", sum_, at=f"/payouts/{batch.pk}/")
    batch.refresh_from_db()
    return batch


def loads_answers(checker: Screen, batch: PayoutBatch, lines: list, *words: str):
    """Choose the bank's file on the page of the batch and load it."""
    checker.open(f"/payouts/{batch.pk}/return/")
    told = {"name": "RET.txt", "mimeType": "text/plain", "buffer": return_file(batch, lines)}
    checker.page.set_input_files('input[type="file"]', told)
    checker.press("导入", *words)
