"""A household texts a loss: what is read, which goods are meant, what goes back, and that one text is one notice."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Household, InboundMessage, Message
from accounts.services.inbound import MOST_TRIES, take_in
from losses.models import LossNotice
from losses.pasted import read_loss
from losses.services import loss_notices, texting
from orders.selectors.texting import texts_seen_by
from orders.services.texting import answer_texts
from tests.factories import MONDAY, a_season, login
from tests.guards.rows import force
from tests.losses.steps import KG, a_lot

pytestmark = pytest.mark.django_db
LATER = MONDAY + dt.timedelta(hours=1)


def texted(household, body, *, at=LATER, key="", phone=""):
    """Let a text come from a household's phone, and the sweep take it; return its row."""
    key = key or f"g-{InboundMessage.objects.count()}"
    take_in(gateway_id=key, phone=phone or household.phone, body=body, at=at)
    answer_texts(at=at)
    return InboundMessage.objects.get(gateway_id=key)


def back_to(text):
    return Message.objects.get(document=f"text:{text.pk}").body


@pytest.mark.parametrize(
    ("text", "goods", "grams", "cause", "days_ago"),
    [
        ("报损 包菜 50斤", "包菜", 25_000, "", 0),
        ("报损包菜五十斤", "包菜", 25_000, "", 0),
        ("报损：包菜，５０公斤，昨天烂了。", "包菜", 50_000, "spoiled", 1),
        ("报损 50 包菜", "包菜", 25_000, "", 0),
        ("报损 前天没人收 包菜 大约12.5kg", "包菜", 12_500, "unsold", 2),
        ("\u200b报损 运不出去 四季豆 一百五十斤", "四季豆", 75_000, "road", 0),
    ],
)
def test_a_loss_is_read_in_any_order(text, goods, grams, cause, days_ago):
    said = read_loss(text)

    assert (said.goods, said.cause, said.days_ago) == (goods, cause, days_ago)
    assert said.about(counted=False).grams == grams


@pytest.mark.parametrize(
    "text",
    ["报 损", "包菜报损", "报损 包菜 50斤 60斤", "报损 包菜 0斤", "报损 昨天 今天 包菜", "报损 烂了 没人收",
     "报损 PC261102-0417-4 50斤", "报损 包菜 5 0", "报损？", "报损 " + "菜" * 200],
)  # fmt: skip
def test_what_may_mean_two_things_is_no_loss(text):
    assert read_loss(text) is None


def test_heads_are_counted_and_all_is_all():
    assert read_loss("报损 鸭子 5只 死了").about(counted=True).pieces == 5
    assert read_loss("报损 鸭子 5").about(counted=True).pieces == 5
    assert (read_loss("报损 全坏了").everything, read_loss("报损").everything) == (True, False)


def test_a_text_becomes_a_notice_that_author_and_cadre_see(client, now, lot, xiuying, xiuying_household, cadre_wu):
    now.at = LATER
    text = texted(xiuying_household, "报损 包菜 60斤 昨天烂了")

    notice = LossNotice.objects.get()
    assert (text.state, notice.text, notice.by, notice.by_proxy) == ("understood", text, xiuying, False)
    assert (notice.listing, notice.about, notice.cause, notice.late) == (lot, 30 * KG, "spoiled", False)
    [told] = Message.objects.filter(document=notice.reference)
    assert "按你的短信记下了：11 月 1 日 损了包菜大约 60 斤（30 公斤）（放坏了）" in told.body
    assert told.phone == xiuying_household.phone
    assert not Message.objects.filter(document=f"text:{text.pk}").exists()  # that phone is told already
    for reader in (xiuying, cadre_wu):
        login(client, reader)
        assert "包菜" in client.get(reverse("loss-notice-list")).content.decode()
        shown = client.get(reverse("loss-notice", args=[notice.pk])).content.decode()
        assert "短信" in shown and "昨天烂了" in shown
        assert client.get(f"/api/v1/loss-notices/{notice.pk}/").json()["by_text"] is True


def test_a_text_read_the_next_day_means_the_day_on_which_it_came(lot, xiuying_household):
    take_in(gateway_id="g", phone=xiuying_household.phone, body="报损 包菜 60斤", at=LATER)

    answer_texts(at=LATER + dt.timedelta(days=1))

    assert LossNotice.objects.get().seen_on == LATER.date()


def test_one_text_is_one_notice_however_often_it_comes_or_is_tried(lot, xiuying_household, monkeypatch):
    take_in(gateway_id="g", phone=xiuying_household.phone, body="报损", at=LATER)
    with monkeypatch.context() as broken:
        broken.setattr(texting, "end_text", _breaks)
        with pytest.raises(ConnectionError):
            answer_texts(at=LATER)
    loss_notices.take_back(LossNotice.objects.get(), by=LossNotice.objects.get().by, at=LATER)

    text = texted(xiuying_household, "报损", key="g", at=LATER + dt.timedelta(days=1))

    assert (text.state, LossNotice.objects.count(), text.loss_notice.about) == ("understood", 1, 100 * KG)


def _breaks(*_args, **_more):
    raise ConnectionError


def test_the_own_phone_of_an_account_is_told_beside_that_of_the_household(lot, xiuying, xiuying_household):
    text = texted(xiuying_household, "报损 包菜 全坏了", phone=xiuying.phone)

    assert LossNotice.objects.get().about == 100 * KG
    assert "按你的短信记下了" in back_to(text)


def test_ducks_are_counted_and_the_goods_named_are_meant(lot, xiuying, xiuying_household, duck):
    ducks = a_lot(xiuying_household, duck, kg=30, by=xiuying)

    texted(xiuying_household, "报损 土鸭 死了 5只")

    notice = LossNotice.objects.get()
    assert (notice.listing, notice.about) == (ducks, 5)


def test_of_several_lots_the_number_tells(xiuying, xiuying_household, lot, cabbage):
    second = a_lot(xiuying_household, cabbage, kg=40, by=xiuying)
    which = texted(xiuying_household, "报损 包菜 20斤")

    assert which.state == "refused"
    assert lot.number in back_to(which) and f"{second.number} 包菜 80 斤" in back_to(which)
    texted(xiuying_household, f"报损 {second.number} 20斤")
    texted(xiuying_household, "报损 包菜 30斤")  # of the two, the one that is not said yet
    assert list(LossNotice.objects.order_by("pk").values_list("listing", "about")) == [
        (second.pk, 10 * KG), (lot.pk, 15 * KG)
    ]  # fmt: skip


def test_a_crop_in_the_field_is_meant_where_nothing_is_listed(xiuying, xiuying_household, cabbage):
    season = a_season(xiuying_household, cabbage, by=xiuying, area_cmu=2)

    texted(xiuying_household, "报损 包菜 60斤 淹了")

    notice = LossNotice.objects.get()
    assert (notice.plot_season, notice.cause) == (season, "field")


@pytest.mark.parametrize(
    ("body", "state", "words"),
    [
        ("报损 萝卜 20斤", "refused", "没有你家对得上的货"),
        ("报损 包菜", "refused", "损了多少"),
        ("报损 包菜 20只", "refused", "重量"),
        ("报损 包菜 20斤 30斤", "unreadable", "报损 包菜 50斤"),
    ],
)
def test_what_cannot_be_told_is_answered_with_what_to_send(lot, xiuying_household, cadre_wu, body, state, words):
    text = texted(xiuying_household, body)

    assert (text.state, LossNotice.objects.count()) == (state, 0)
    assert words in back_to(text)
    assert texts_seen_by(cadre_wu, LATER).get() == text  # somebody calls


def test_a_second_text_on_the_same_goods_is_told_so(lot, xiuying_household):
    texted(xiuying_household, "报损 包菜 20斤")

    assert "已经" in back_to(texted(xiuying_household, "报损 包菜 30斤"))


def test_another_household_s_goods_are_not_meant(neighbours_lot, xiuying, xiuying_household):
    assert texted(xiuying_household, "报损 包菜 20斤").state == "refused"


def test_an_unknown_phone_is_answered_kindly_once_a_day(lot):
    first, second = (texted(None, "报损 包菜 20斤", phone="13911112222") for _twice in range(2))

    assert (first.state, second.state) == ("stranger", "stranger")
    assert "没有登记在哪一户" in back_to(first)
    assert not Message.objects.filter(document=f"text:{second.pk}").exists()


def test_a_phone_of_two_households_speaks_for_none(lot, xiuying_household, guiying_household):
    neighbour = Household.objects.get(pk=guiying_household.pk)
    neighbour.phone = xiuying_household.phone
    force(neighbour, phone_sealed=neighbour.phone_sealed, phone_index=neighbour.phone_index)

    text = texted(xiuying_household, "报损 包菜 20斤")

    assert (text.state, LossNotice.objects.count()) == ("refused", 0)
    assert "好几户" in back_to(text)


def test_after_six_tries_somebody_calls(lot, xiuying_household):
    take_in(gateway_id="g", phone=xiuying_household.phone, body="报损 包菜 20斤", at=LATER)
    force(InboundMessage.objects.get(), tries=MOST_TRIES)

    answer_texts(at=LATER)

    assert InboundMessage.objects.get().state == "unreadable"


@pytest.mark.parametrize("page", ["home", "claim-choose", "scheme-list"])
def test_the_pages_of_a_household_tell_how_to_text_a_loss_where_texts_come_in(client, xiuying, settings, page):
    login(client, xiuying)
    assert "报损 包菜 50斤" in client.get(reverse(page)).content.decode()

    settings.SMS_INBOUND_SECRET = ""
    assert "报损 包菜 50斤" not in client.get(reverse(page)).content.decode()
