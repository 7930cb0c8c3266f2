"""Plots and seasons: said by household or cadre, confirmed by the township, and what lots count in them."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from accounts.models import Message
from catalog.models import Listing, PlotSeason
from catalog.selectors.match import who_grows
from catalog.services import listings, plots, recalls, stale
from catalog.services.plot_register import PlotRules, TiedToHousehold
from kernel.clock import county_day
from kernel.errors import BadValue
from records.models import PolicyValue
from records.services.participation import AlreadyTookPart
from registers.models import RegisterChange
from registers.services import changes
from tests.factories import MONDAY, a_household, a_listing, a_season, a_user, an_organisation, login
from tests.guards.rows import count_rows_of, force

pytestmark = pytest.mark.django_db
TODAY = county_day(MONDAY)
DAY = dt.timedelta(days=1)
KG = 1_000


@pytest.fixture
def of_5_t_a_mu(cabbage):
    cabbage.yield_g_per_mu = 5_000_000
    cabbage.save()
    return cabbage


@pytest.fixture
def season(xiuying_household, xiuying, of_5_t_a_mu, township_officer):
    """100 kg of cabbage on 2 hundredths of a mu."""
    return a_season(xiuying_household, of_5_t_a_mu, area_cmu=2, by=xiuying, confirmed_by=township_officer)


def said(**values):
    content = {
        "household": "", "produce": "包菜", "parcel": "村东大丘", "area": 250, "capacity": None,
        "harvest_from": (TODAY - 20 * DAY).isoformat(), "harvest_to": (TODAY + 30 * DAY).isoformat(),
        "capacity_reason": "yield",
    }  # fmt: skip
    return content | values


def typed(**values):
    """Return the same as it is typed on the page: mu and jin."""
    return said(area="2.5", capacity="") | values


def propose(by, content, at=MONDAY):
    return changes.propose("plots", [content], by=by, at=at)


def counted(season):
    season.refresh_from_db()
    return season.listed_g // KG


class TestTwoHands:
    """No season stands there that the township has not confirmed."""

    @pytest.mark.parametrize("who", ["xiuying", "cadre_liu"])
    def test_a_season_is_proposed_by_the_household_or_its_cadre_and_confirmed_by_the_township(
        self, request, who, xiuying, xiuying_household, of_5_t_a_mu, township_officer
    ):
        by = request.getfixturevalue(who)
        change = propose(by, said(household=xiuying_household.number))
        assert not PlotSeason.objects.exists()

        changes.confirm(change, by=township_officer, at=MONDAY)

        season = PlotSeason.objects.get()
        assert (season.household, season.by, season.confirmed_by) == (xiuying_household, by, township_officer)
        assert (season.area_cmu, season.capacity_g, season.capacity_reason) == (250, 12_500_000, "yield")
        told = Message.objects.filter(household=xiuying_household, kind="season.for_you").count()
        assert told == (1 if who == "cadre_liu" else 0)

    def test_nobody_proposes_for_another_household_or_village_and_nobody_confirms_alone(
        self, xiuying, guiying, xiuying_household, of_5_t_a_mu, township_officer, other_village, cadre_liu
    ):
        for by, whose in ((guiying, xiuying_household), (township_officer, xiuying_household)):
            with pytest.raises(changes.NotYours):
                propose(by, said(household=whose.number))
        with pytest.raises(changes.NotYours):
            propose(cadre_liu, said(household=a_household(other_village).number))
        change = propose(xiuying, said(household=xiuying_household.number))
        with pytest.raises(AlreadyTookPart):
            changes.confirm(change, by=xiuying, at=MONDAY)
        assert not PlotSeason.objects.exists()

    def test_an_officer_confirms_nothing_of_a_household_with_whom_a_phone_is_shared(
        self, xiuying, xiuying_household, of_5_t_a_mu, township_officer
    ):
        force(xiuying_household, phone_index=township_officer.phone_index)
        change = propose(xiuying, said(household=xiuying_household.number))
        with pytest.raises(TiedToHousehold):
            changes.confirm(change, by=township_officer, at=MONDAY)
        assert not PlotSeason.objects.exists()

    @pytest.mark.parametrize(
        ("values", "refusal"),
        [
            ({"area": 0}, plots.BadArea),
            ({"area": 100_001}, plots.BadArea),
            ({"parcel": "  "}, plots.ParcelNeeded),
            ({"harvest_to": (TODAY - 21 * DAY).isoformat()}, plots.BadSeason),
            ({"harvest_to": (TODAY + 400 * DAY).isoformat()}, plots.BadSeason),
            ({"capacity": 12_500_001}, plots.TooMuchForTheLand),
            ({"capacity": 18_750_001, "capacity_reason": "inspected"}, plots.TooMuchForTheLand),
            ({"capacity_reason": "inspected"}, plots.CapacityNeeded),
            ({"produce": "金子"}, BadValue),
            ({"household": "R9999"}, BadValue),
            ({"season": 4711}, BadValue),
        ],
    )
    def test_what_no_land_gives_is_refused(self, xiuying, xiuying_household, of_5_t_a_mu, values, refusal):
        with pytest.raises(refusal):
            propose(xiuying, said(household=xiuying_household.number) | values)
        assert not RegisterChange.objects.exists()

    def test_whoever_looked_at_the_field_may_find_more_by_the_rule_of_the_day(
        self, xiuying, xiuying_household, of_5_t_a_mu, township_officer, director_lin
    ):
        asked = said(household=xiuying_household.number, capacity=18_750_000, capacity_reason="inspected")
        change = propose(xiuying, asked)
        changes.confirm(change, by=township_officer, at=MONDAY)
        assert PlotSeason.objects.get().capacity_g == 18_750_000

        PolicyValue.objects.create(
            name="inspected_yield_permille", value="1200", from_on=TODAY, confirmed_by=director_lin, confirmed_at=MONDAY
        )
        with pytest.raises(plots.TooMuchForTheLand):
            propose(xiuying, asked | {"parcel": "河边"})

    def test_the_same_season_is_not_written_down_twice(self, xiuying, xiuying_household, season):
        with pytest.raises(plots.StandsAlready):
            propose(xiuying, said(household=xiuying_household.number))
        propose(xiuying, said(household=xiuying_household.number, parcel="河边"))
        with pytest.raises(changes.WaitsAlready):
            propose(xiuying, said(household=xiuying_household.number, parcel="河边", area=3))


class TestCorrecting:
    """A correction is a new row; the old one stays as it was and counts nowhere any more."""

    def test_a_correction_takes_the_place_of_the_old_row_with_all_that_is_spoken_for(
        self, xiuying, season, of_5_t_a_mu, township_officer
    ):
        lot = a_listing(season.household, of_5_t_a_mu, kg=60, by=xiuying)
        plots.hold_room(season, contracted_g=10 * KG, claimed_g=5 * KG)
        change = propose(xiuying, said(season=season.pk, area=4))
        changes.confirm(change, by=township_officer, at=MONDAY)

        old, new = PlotSeason.objects.order_by("pk")
        lot.refresh_from_db()
        assert (lot.plot_season, new.replaces) == (new, old)
        assert (old.superseded_at, old.area_cmu, old.listed_g, old.contracted_g) == (MONDAY, 2, 0, 0)
        assert (new.capacity_g, new.listed_g) == (200 * KG, 60 * KG)
        assert (new.contracted_g, new.claimed_g, new.left_g()) == (10 * KG, 5 * KG, 125 * KG)
        assert who_grows(of_5_t_a_mu, TODAY, TODAY)[0].capacity_g == 200 * KG
        with pytest.raises(plots.SeasonReplaced):
            propose(xiuying, said(season=old.pk, area=5))
        with pytest.raises(plots.SeasonReplaced):
            plots.hold_room(old, claimed_g=1)

    def test_a_season_does_not_fall_below_what_is_spoken_for_and_keeps_its_produce(
        self, xiuying, season, of_5_t_a_mu, duck, township_officer
    ):
        waiting = propose(xiuying, said(season=season.pk, area=1))
        a_listing(season.household, of_5_t_a_mu, kg=60, by=xiuying)
        with pytest.raises(plots.LessThanIsTaken):
            changes.confirm(waiting, by=township_officer, at=MONDAY)
        with pytest.raises(plots.LessThanIsTaken):
            plots.enter_season(
                season.household, plots.SeasonAsked(of_5_t_a_mu, "河边", 1, TODAY, TODAY),
                replaces=season, by=xiuying, confirmed_by=township_officer, at=MONDAY,
            )  # fmt: skip
        changes.withdraw(waiting, by=xiuying, at=MONDAY)
        with pytest.raises(plots.OtherProduceGrows):
            propose(xiuying, said(season=season.pk, produce=duck.name))
        assert PlotSeason.objects.get().superseded_at is None


class TestCounting:
    """What a household puts on sale counts in its season, and what leaves the market unsold no longer does."""

    def test_lots_take_room_until_the_season_is_full_and_the_refusal_names_what_is_left(
        self, xiuying, season, of_5_t_a_mu
    ):
        first = a_listing(season.household, of_5_t_a_mu, kg=60, by=xiuying)
        assert (first.plot_season, counted(season)) == (season, 60)
        with pytest.raises(plots.SeasonFull) as refused:
            a_listing(season.household, of_5_t_a_mu, kg=41, by=xiuying)
        assert refused.value.left_g == 40 * KG
        assert "80 斤" in str(refused.value) and "我种了什么" in str(refused.value)
        a_listing(season.household, of_5_t_a_mu, kg=40, by=xiuying)
        assert counted(season) == 100

    def test_a_lot_counts_in_a_season_of_its_produce_and_time_only(
        self, xiuying, season, of_5_t_a_mu, duck, guiying_household, guiying
    ):
        elsewhere = [
            a_listing(season.household, duck, kg=3, by=xiuying),
            a_listing(guiying_household, of_5_t_a_mu, kg=500, by=guiying),
            a_listing(season.household, of_5_t_a_mu, kg=500, by=xiuying, at=MONDAY + 40 * DAY),
        ]
        ahead = (TODAY + 30 * DAY, TODAY + 35 * DAY)
        forecast = a_listing(season.household, of_5_t_a_mu, kg=30, by=xiuying, expected=ahead)
        assert [lot.plot_season for lot in (*elsewhere, forecast)] == [None, None, None, season]
        assert counted(season) == 30

    def test_of_two_parcels_the_one_with_room_takes_the_lot(self, xiuying, season, of_5_t_a_mu):
        second = a_season(season.household, of_5_t_a_mu, area_cmu=4, parcel="河边", by=xiuying)
        assert a_listing(season.household, of_5_t_a_mu, kg=150, by=xiuying).plot_season == second
        assert a_listing(season.household, of_5_t_a_mu, kg=90, by=xiuying).plot_season == season
        with pytest.raises(plots.SeasonFull) as refused:
            a_listing(season.household, of_5_t_a_mu, kg=60, by=xiuying)
        assert refused.value.left_g == 50 * KG

    def test_what_is_taken_down_or_recalled_gives_room_back_and_what_is_sold_does_not(
        self, xiuying, season, of_5_t_a_mu, director_lin
    ):
        lots = [a_listing(season.household, of_5_t_a_mu, kg=kg, by=xiuying) for kg in (40, 30, 20)]
        Listing.objects.filter(pk=lots[1].pk).update(sold=10 * KG)
        listings.withdraw(lots[0], reason="eaten", quantity=15 * KG, by=xiuying, at=MONDAY)
        assert counted(season) == 75
        listings.withdraw(lots[0], reason="eaten", by=xiuying, at=MONDAY)
        assert counted(season) == 50
        recalls.mark_recalled(lots[1], reason="农残", by=director_lin, at=MONDAY)
        assert counted(season) == 30
        listings.stop_sale(lots[2], reason="查一查", by=director_lin, at=MONDAY)
        assert counted(season) == 30

    def test_an_expired_lot_gives_room_back_and_comes_back_only_into_room(self, xiuying, season, of_5_t_a_mu):
        lot = a_listing(season.household, of_5_t_a_mu, kg=60, by=xiuying)
        later = MONDAY + 8 * DAY
        assert stale.expire_stale(at=later) == 1
        assert counted(season) == 0
        other = a_listing(season.household, of_5_t_a_mu, kg=50, by=xiuying, at=later)
        with pytest.raises(plots.SeasonFull) as refused:
            listings.confirm_still_there(lot, by=xiuying, at=later)
        assert refused.value.left_g == 50 * KG
        listings.withdraw(other, reason="eaten", by=xiuying, at=later)
        listings.confirm_still_there(lot, by=xiuying, at=later)
        assert counted(season) == 60

    def test_what_an_order_gives_back_of_an_expired_lot_is_room_again(self, xiuying, season, of_5_t_a_mu):
        lot = a_listing(season.household, of_5_t_a_mu, kg=60, by=xiuying)
        Listing.objects.filter(pk=lot.pk).update(reserved=25 * KG)
        stale.expire_stale(at=MONDAY + 8 * DAY)
        assert counted(season) == 25
        Listing.objects.filter(pk=lot.pk).update(reserved=0)
        assert counted(season) == 0

    def test_pieces_count_by_their_weight(self, xiuying, xiuying_household, duck):
        season = a_season(xiuying_household, duck, by=xiuying)
        a_listing(xiuying_household, duck, kg=4, by=xiuying)
        season.refresh_from_db()
        assert season.listed_g == 4 * 1_750

    def test_contracts_and_reports_hold_room_too(self, xiuying, season, of_5_t_a_mu):
        plots.hold_room(season, contracted_g=70 * KG, claimed_g=20 * KG)
        with pytest.raises(plots.SeasonFull):
            a_listing(season.household, of_5_t_a_mu, kg=11, by=xiuying)
        with pytest.raises(plots.SeasonFull):
            plots.hold_room(season, claimed_g=10 * KG + 1)
        plots.hold_room(season, contracted_g=-70 * KG)
        a_listing(season.household, of_5_t_a_mu, kg=80, by=xiuying)


class TestWhoGrows:
    """Needs find those who can fill them, by seasons that stand."""

    def test_who_grows_this_here_then(
        self, xiuying_household, xiuying, guiying_household, guiying, of_5_t_a_mu, duck, other_village
    ):
        days = {"harvest_from": TODAY + 9 * DAY, "harvest_to": TODAY + 30 * DAY}
        a_season(xiuying_household, of_5_t_a_mu, by=xiuying, **days)
        days = {"harvest_from": TODAY + 31 * DAY, "harvest_to": TODAY + 60 * DAY}
        a_season(guiying_household, of_5_t_a_mu, by=guiying, **days)
        a_listing(xiuying_household, of_5_t_a_mu, kg=80, by=xiuying)

        def who(first, last, area=""):
            found = who_grows(of_5_t_a_mu, TODAY + first * DAY, TODAY + last * DAY, area=area)
            return [(grower.household_id, grower.capacity_g, grower.on_sale_g) for grower in found]

        mine, other = (xiuying_household.pk, 12_500_000, 80_000), (guiying_household.pk, 12_500_000, 0)
        assert who(5, 20) == [mine]
        assert who(5, 40) == [mine, other]
        assert who(61, 90) == []
        assert who(5, 20, area=other_village.code) == []
        assert who(5, 20, area=xiuying_household.village_id[:9]) == [mine]
        assert who_grows(duck, TODAY, TODAY + 60 * DAY) == []

    def test_who_grows_is_answered_by_the_index_of_seasons(self, changxi, xiuying, guiying, cabbage, duck):
        many = [a_household(changxi) for _household in range(3)]
        PlotSeason.objects.bulk_create(
            PlotSeason(
                household=many[n % 3], produce=cabbage if n == 0 else duck, village=changxi, parcel="大丘",
                area_cmu=100, capacity_g=1000, capacity_reason="yield", harvest_from=TODAY + n * DAY,
                harvest_to=TODAY + (n + 5) * DAY, by=xiuying, confirmed_by=guiying, at=MONDAY,
            )
            for n in range(3000)
        )  # fmt: skip
        count_rows_of("catalog_plotseason")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                "EXPLAIN SELECT household_id FROM catalog_plotseason WHERE produce_id = %s AND harvest_to >= %s "
                "AND harvest_from <= %s AND superseded_at IS NULL AND village_id BETWEEN %s AND %s",
                [cabbage.pk, TODAY, TODAY + 9 * DAY, "360735000000", "360735999999"],
            )
            plan = " ".join(row[0] for row in cursor.fetchall())
        assert "plot_season_who_grows" in plan


class TestDoors:
    """The same over the page, a file and the API."""

    def test_a_farmer_writes_a_season_down_on_the_page_and_an_officer_confirms_it(
        self, client, xiuying, xiuying_household, of_5_t_a_mu, township_officer, now
    ):
        login(client, xiuying)
        page = client.get(reverse("plot-list"))
        begun = client.get(page.context["new_url"]).context["form"]
        assert begun["household"].value() == xiuying_household.number
        sent = client.post(
            page.context["new_url"], {"idem": uuid.uuid4().hex} | typed(household=xiuying_household.number), follow=True
        )
        change = RegisterChange.objects.get()
        assert "2.5" in sent.content.decode()
        assert [row.url for row in client.get(reverse("plot-list")).context["waiting"]] == [
            reverse("register-change", args=[change.pk])
        ]
        assert client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "x" * 32}).status_code == 403
        client.logout()
        login(client, township_officer).post(reverse("register-change-confirm", args=[change.pk]), {"idem": "y" * 32})
        a_listing(xiuying_household, of_5_t_a_mu, kg=80, by=xiuying)
        client.logout()

        [row] = login(client, xiuying).get(reverse("plot-list")).context["rows"]

        assert ("2.5 亩" in row.meta, row.listed, row.left) == (True, "已上架160斤", "还可上架24,840斤")
        corrected = client.post(
            row.correct_url, {"idem": uuid.uuid4().hex, "season": PlotSeason.objects.get().pk} | typed(area="3")
        )
        assert corrected.status_code == 302
        assert RegisterChange.objects.filter(status="proposed").get().rows.get().facts[2] == ["area", "2.5", "3"]

    def test_what_is_typed_wrong_stands_there_again_with_the_reason(
        self, client, xiuying, xiuying_household, of_5_t_a_mu, now
    ):
        login(client, xiuying)
        for values, words in (
            ({"capacity": "30000"}, "收不了这么多"),
            ({"area": "1 公顷"}, 'value="1 公顷"'),
            ({"area": "3.333"}, 'value="3.333"'),
        ):
            asked = typed(household=xiuying_household.number) | values
            answer = client.post(reverse("register-new", args=["plots"]), {"idem": uuid.uuid4().hex} | asked)
            assert (answer.status_code, words in answer.content.decode()) == (400, True)

    def test_a_cadre_brings_a_file_and_it_is_confirmed_at_once(
        self, client, cadre_liu, xiuying_household, guiying_household, of_5_t_a_mu, township_officer, xiuying, now
    ):
        login(client, cadre_liu)
        empty = openpyxl.load_workbook(io.BytesIO(client.get("/registers/plots/empty.xlsx").content))
        heads, example = [[cell.value for cell in row] for row in empty.worksheets[0].iter_rows(max_row=2)]
        book = openpyxl.Workbook()
        book.active.append(heads)
        for household in (xiuying_household, guiying_household):
            row = dict(zip(heads, example, strict=True)) | {heads[0]: household.number}
            book.active.append([row[head] for head in heads])
        out = io.BytesIO()
        book.save(out)
        sent = SimpleUploadedFile("plots.xlsx", out.getvalue())
        answer = client.post(
            "/registers/plots/file/", {"idem": "f" * 32, "file": sent, "document_number": "长溪〔2026〕3号"}
        )
        assert answer.status_code == 302, answer.context["faults"]
        change = RegisterChange.objects.get()
        assert change.size == 2
        client.logout()
        assert login(client, xiuying).get(reverse("register-change", args=[change.pk])).status_code == 404
        changes.confirm(change, by=township_officer, at=MONDAY)
        assert set(PlotSeason.objects.values_list("household", "document")) == {
            (home.pk, "长溪〔2026〕3号") for home in (xiuying_household, guiying_household)
        }

    def test_programs_propose_correct_and_confirm(
        self, client, xiuying, xiuying_household, of_5_t_a_mu, township_officer, now
    ):
        def send(address, body, key):
            return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})

        login(client, xiuying)
        address = reverse("api-register-propose", args=["plots"])
        rows = [typed(household=xiuying_household.number)]
        first, again = [send(address, {"rows": rows}, "k1") for _twice in range(2)]
        assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
        assert send(address, {"rows": [typed(household="R9999")]}, "k2").status_code == 400
        without_end = typed(harvest_from="9999-12-31", harvest_to="9999-12-31")
        assert send(address, {"rows": [without_end]}, "k5").status_code == 400
        confirm = reverse("api-register-change-confirm", args=[first.json()["id"]])
        assert send(confirm, {}, "k3").status_code == 403
        client.logout()
        assert send(confirm, {}, "k3").status_code in (401, 403)
        assert send(address, {"rows": rows}, "k4").status_code in (401, 403)
        login(client, township_officer)
        assert send(confirm, {}, "k5").status_code == 200
        client.logout()

        login(client, xiuying)
        [mine] = client.get(reverse("api-register", args=["plots"])).json()["results"]
        rows = [typed(area="3") | {"season": mine["id"]}]
        assert send(address, {"rows": rows, "change": True}, "k6").status_code == 201

    def test_a_household_sees_its_own_seasons_only_and_corrected_ones_when_asked(
        self, client, xiuying, guiying, guiying_household, season, of_5_t_a_mu, township_officer, now
    ):
        a_season(guiying_household, of_5_t_a_mu, by=guiying)
        changes.confirm(propose(xiuying, said(season=season.pk, area=4)), by=township_officer, at=MONDAY)
        address = reverse("register", args=["plots"])

        def shown(**asked):
            return [dict(row["cells"])["多少亩"] for row in client.get(address, asked).context["rows"]]

        login(client, xiuying)
        assert (shown(), shown(state="corrected")) == (["0.04"], ["0.02"])
        client.logout()
        login(client, township_officer)
        assert sorted(shown()) == ["0.04", "2.5"]
        assert shown(q=guiying_household.number) == ["2.5"]
        assert shown(on=(TODAY + 31 * DAY).isoformat()) == []

    def test_an_officer_of_another_township_sees_and_confirms_nothing(
        self, client, xiuying, xiuying_household, of_5_t_a_mu, other_village, now
    ):
        change = propose(xiuying, said(household=xiuying_household.number))
        stranger = a_user(
            "邻乡长",
            "township_officer",
            an_organisation("township", "邻乡人民政府", other_village.parent),
            other_village.parent,
        )
        login(client, stranger)
        assert client.get(reverse("register-change", args=[change.pk])).status_code == 404
        assert client.get(reverse("register", args=["plots"])).context["rows"] == []


def test_the_register_page_asks_few_questions_however_many_seasons(
    client, township_officer, changxi, xiuying, guiying, cabbage, django_assert_max_num_queries, now
):
    homes = [a_household(changxi) for _number in range(60)]
    for home in homes:
        a_season(home, cabbage, by=xiuying, confirmed_by=guiying)
    login(client, township_officer)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("register", args=[PlotRules.key])).status_code == 200
