"""What relief shows its officers on a phone and at a desk: lines far enough apart, nothing too small to be touched."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from losses.services import awarding, noticing, visiting
from tests.browser.screens import LINES, TARGETS, WIDER
from tests.factories import login
from tests.losses.steps import Story, a_lot, a_scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture
def pages(
    now, xiuying, xiuying_household, cabbage, cadre_wu, township_officer, inspector_he, inspector_xu, director_lin,
    clerk_ma, finance_bureau,
):  # fmt: skip
    """Who opens which page: one report waits at each stage."""
    people = {"cadre": cadre_wu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
    scheme = a_scheme(finance_bureau, director_lin, cabbage)
    story = Story(people, scheme)
    to_village, to_township, to_visit, to_award = (
        story.filed(a_lot(xiuying_household, cabbage, kg=100, by=xiuying)) for _lot in range(4)
    )
    story.village_checked(to_township)
    for_visit, for_award = story.drawn_together(to_visit, to_award)
    story.found(for_award)
    for_award.refresh_from_db()
    visiting.sign_visit(for_award, by=for_award.second, at=for_award.first_signed_at)
    to_award.refresh_from_db()
    awarding.compute(to_award, by=clerk_ma, at=to_award.due_at)
    to_award.refresh_from_db()
    notice = noticing.publish_county_notice(scheme, to_award.household.village.parent, by=clerk_ma, at=to_award.due_at)
    now.at = to_award.due_at
    return [
        (xiuying, reverse("claim-new", args=[to_village.listing_id])),
        (xiuying, reverse("claim-choose")),
        (xiuying, f"{reverse('claim-new-several')}?lot={to_village.listing_id}&lot={to_township.listing_id}"),
        (xiuying, reverse("claim-report", args=[to_award.report_id])),
        (cadre_wu, "/"),
        (cadre_wu, reverse("check-list")),
        (cadre_wu, reverse("claim-village-check", args=[to_village.pk])),
        (township_officer, "/"),
        (township_officer, reverse("claim-township-check", args=[to_township.pk])),
        (for_visit.first, "/"),
        (for_visit.first, reverse("visit-list")),
        (for_visit.first, reverse("visit-record", args=[to_visit.pk])),
        (clerk_ma, "/"),
        (clerk_ma, reverse("review-desk")),
        (clerk_ma, reverse("rehearsal-list")),
        (director_lin, "/"),
        (director_lin, reverse("claim-review", args=[to_award.pk])),
        (director_lin, reverse("notice", args=[notice.number])),
    ]


@pytest.mark.gates
def test_staff_touch_48_px_on_a_phone_and_every_line_has_room(chromium, live_server, pages):
    faults, context = [], chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    for who, path in pages:
        key = login(Client(), who).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        assert page.goto(path).status == 200, path
        for size, least in ((PHONE, 48), (DESK, 24)):
            page.set_viewport_size(size)
            where = f"{path} at {size['width']}"
            faults += [f"{where}: too wide"] * page.evaluate(WIDER)
            faults += [f"{where}: {text}" for text in page.evaluate(TARGETS, least) + page.evaluate(LINES)]
    context.close()

    assert faults == []
