"""A county with years of losses: villages, households with land and lots, claims with figures, photos and visits.

The rows are made by the server itself, past the triggers; imported after `_ground`.
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import datetime as dt

import psycopg

from accounts.models import Organisation, Place, Role, User
from accounts.services import people
from kernel import clock
from losses.models import ReliefScheme, SchemeStatus
from losses.services import schemes

TOWNS, VILLAGES, HOUSEHOLDS, STAFF, VERIFIERS, KINDS = 15, 17, 30_000, 250, 20, 20
YEARS_S = 3 * 365 * 86_400
TABLES = (
    "catalog_plotseason", "catalog_listing", "losses_claimreport", "losses_lossclaim", "losses_claimfigure",
    "records_storedfile", "records_attachment", "records_photolook", "losses_visit", "accounts_householdtier",
)  # fmt: skip
HOMES = """
INSERT INTO accounts_person (id, key, name_sealed, id_number_sealed, born_on)
SELECT md5('loss' || g)::uuid, md5('lossp' || g), '', '', '1971-01-01' FROM generate_series(1, %(homes)s + %(staff)s) g;
INSERT INTO accounts_household
    (id, number, village_id, head_id, head_name_sealed, phone_sealed, phone_index, people, created_at)
SELECT md5('lossh' || g)::uuid, left(md5('lossn' || g), 20), (%(villages)s::text[])[1 + g %% %(many)s],
       md5('loss' || g)::uuid, '', '', '', 1, now() FROM generate_series(1, %(homes)s) g;
INSERT INTO accounts_householdtier (household_id, tier, cause, from_on)
SELECT md5('lossh' || g)::uuid, (ARRAY['lifted', 'ordinary', 'marginal'])[1 + g %% 3], '', '2020-01-01'
FROM generate_series(1, %(homes)s) g;
INSERT INTO ledger_account (code, kind, guarded, debits_pending_fen, debits_posted_fen, credits_pending_fen,
                            credits_posted_fen, given_back_fen)
SELECT 'payee:household:' || md5('lossh' || g)::uuid, 'payable', false, 0, 0, 0, 0, 0
FROM generate_series(1, %(homes)s) g;
INSERT INTO accounts_user (password, is_active, id, person_id, phone_sealed, phone_index, phone_verified, elder_mode,
                           created_at)
SELECT '', true, md5('lossu' || g)::uuid, md5('loss' || (%(homes)s + g))::uuid, '', 'lossu' || g, true, false, now()
FROM generate_series(1, %(staff)s) g;
INSERT INTO catalog_plotseason (household_id, produce_id, village_id, parcel, area_cmu, capacity_g, capacity_reason,
    harvest_from, harvest_to, contracted_g, listed_g, claimed_g, document, by_id, confirmed_by_id, at)
SELECT md5('lossh' || g)::uuid, (%(kinds)s::bigint[])[1 + g %% %(goods)s], (%(villages)s::text[])[1 + g %% %(many)s],
       'A' || s || '.' || g, 200, 4000000, 'yield', %(today)s::date - 30 - 365 * s, %(today)s::date - 365 * s, 0, 0, 0,
       '', md5('lossu1')::uuid, md5('lossu2')::uuid, now()
FROM generate_series(1, %(homes)s, 2) g, generate_series(0, 2) s;
"""
LOTS = """
INSERT INTO catalog_listing (number, household_id, produce_id, stock_unit, typed_quantity, typed_unit, listed, reserved,
    sold, sold_low, claimed, written_off, withdrawn, smallest, grade_steps, price_fen, price_unit_g, price_reason,
    village_id, township_id, harvested_on, sell_by, storage, entry_key, track, made_by_id, by_proxy, listed_at,
    confirmed_at, payee_account_id, status)
SELECT 'L' || g, h.id, (%(kinds)s::bigint[])[1 + (1 + g %% %(homes)s) %% %(goods)s], 'g', '1000', 'jin',
    500000 + g %% 7 * 1000, 0, 100000, 0, 0, 0, 0, 0, '[]', 60 + g %% 90, 500, '', h.village_id, v.parent_id,
    %(today)s::date - (40 + g %% 300)::int, %(today)s::date - (20 + g %% 300)::int, 'room', '', '',
    md5('lossu1')::uuid, false, now(), now(), a.id, 'expired'
FROM generate_series(1, %(lots)s) g
JOIN accounts_household h ON h.id = md5('lossh' || (1 + g %% %(homes)s))::uuid
JOIN accounts_place v ON v.code = h.village_id JOIN ledger_account a ON a.code = 'payee:household:' || h.id;
"""
# The newest claims come last; each is on a lot of its household, whose produce has a rate.
CLAIMS = """
INSERT INTO losses_claimreport (id, number, household_id, cause, happened_on, filed_by_id, by_proxy, filed_at)
SELECT g, 'S' || g, l.household_id, 'unsold', %(today)s::date, md5('lossu1')::uuid, false, now()
FROM generate_series(1, %(claims)s) g JOIN catalog_listing l ON l.number = 'L' || (1 + g * 7919 %% %(lots)s);
SELECT setval('losses_claimreport_id_seq', %(claims)s);
INSERT INTO losses_lossclaim (number, report_id, line, status, scheme_id, rate_id, household_id, listing_id, per_fen,
    per_g, cause, happened_on, words, filed_by_id, by_proxy, filed_at, round, due_at, reason_code, reason)
SELECT 'C' || g, g, 1, %(status)s, %(scheme)s, r.id, l.household_id, l.id, 160, 1000, 'unsold',
    ((now() - (%(claims)s - g) * %(apart)s * interval '1 second') AT TIME ZONE 'Asia/Shanghai')::date - 1,
    (ARRAY['下雨路断了没人来收', '大雨三天，路断了，包菜没人来收', '收菜的车没来，放坏了', '霜冻以后叶子都黄了',
           '地里积水，烂了一半'])[1 + g %% 5] || CASE WHEN g %% 3 = 0 THEN '，第' || g %% 97 || '块地' ELSE '' END,
    md5('lossu' || (1 + g %% %(staff)s))::uuid, g %% 2 = 0,
    now() - (%(claims)s - g) * %(apart)s * interval '1 second', 1, now() + interval '3 days', '', ''
FROM generate_series(1, %(claims)s) g
JOIN catalog_listing l ON l.number = 'L' || (1 + g * 7919 %% %(lots)s)
JOIN losses_schemerate r ON r.scheme_id = %(scheme)s AND r.produce_id = l.produce_id;
INSERT INTO losses_claimfigure (claim_id, stage, round, quantity, quantity_g, why, looked_at, by_id, at)
SELECT c.id, s.stage, 1, 20000 + c.id %% 40 * 1000, 20000 + c.id %% 40 * 1000, '',
       CASE WHEN s.n > 0 THEN ARRAY['goods'] ELSE '{}' END,
       md5('lossu' || (1 + (c.id + s.n) %% %(staff)s))::uuid, c.filed_at + s.n * interval '1 day'
FROM losses_lossclaim c CROSS JOIN (VALUES ('declared', 0), ('village', 1), ('township', 2)) AS s (stage, n);
INSERT INTO losses_visit (claim_id, round, first_id, second_id, seed, drawn_at, found, why, conclusion, signed,
    latitude_e6, longitude_e6, accuracy_m, first_signed_at, second_signed_at, contested, odd_place,
    second_odd_place, witness_sealed, witness_tie, fell_why, fell_note)
SELECT c.id, 1, md5('lossu' || (1 + c.id / 5 %% %(verifiers)s))::uuid,
       md5('lossu' || (1 + (c.id / 5 + 1 + c.id / 100 %% (%(verifiers)s - 1)) %% %(verifiers)s))::uuid, 'x',
       c.filed_at + interval '2 days', 20000 + c.id %% 40 * 1000, '', 'there', 'paper',
       26300000 + (c.id %% 1000)::int, 116300000, 8, c.filed_at + interval '3 days', c.filed_at + interval '3 days',
       '', '', '', '', '', '', ''
FROM losses_lossclaim c WHERE c.id %% 5 = 0;
"""
PHOTOS = """
INSERT INTO records_storedfile (id, kind, sha256, size, media_type, facts, width, height, sizes, by_id, at)
SELECT md5('lossf' || g)::uuid, 'photo', md5('a' || g) || md5('b' || g), 200000, 'image/jpeg',
       jsonb_build_object('gps', 'read', 'latitude_e6', 26300000 + g %% 20000, 'longitude_e6', 116300000 + g %% 777,
                          'taken', to_char(now() - g * interval '90 seconds', 'YYYY-MM-DD"T"HH24:MI:SS')),
       4000, 3000, '{240,720}', md5('lossu1')::uuid, now()
FROM generate_series(1, %(photos)s) g;
INSERT INTO records_attachment (document, file_id, role, by_id, at)
SELECT 'claim:' || (%(first)s + g %% %(claims)s), md5('lossf' || g)::uuid, 'claim', md5('lossu1')::uuid, now()
FROM generate_series(1, %(photos)s) g;
INSERT INTO records_photolook (attachment_id, ties, looked_at, compared, opened, framed)
SELECT a.id, ARRAY['household:' || c.household_id, 'produce:' || h.village_id || ':' || l.produce_id], now(), 300, true,
       false
FROM records_attachment a JOIN losses_lossclaim c ON a.document = 'claim:' || c.id
JOIN accounts_household h ON h.id = c.household_id JOIN catalog_listing l ON l.id = c.listing_id;
"""


def bureau() -> User:
    """Return somebody of a bureau that writes rules of relief."""
    at, office = clock.now(), Organisation.objects.create(name="基准局", kind="bureau", place=ground.county())
    person = people.register_person(name="基准员", id_number=ground.id_number(985), at=at)
    people.appoint(person, office, Role.BUREAU_APPROVER, area=ground.county(), from_on=clock.county_day(at))
    return people.register_account(phone="13712345985", person=person, at=at)


def scheme(by: User, *, publish: bool) -> ReliefScheme:
    """Return rules with a rate for each kind of goods, published where claims are to stand under them."""
    at, today = clock.now(), clock.county_day(clock.now())
    drafted = schemes.draft_scheme(
        code=f"B{today:%m%d}{int(publish)}", name="基准救助", legal_basis="基准办法", window_from=dt.date(2000, 1, 1),
        window_to=today + dt.timedelta(days=300), tiers=["lifted", "marginal", "ordinary"],
        household_cap_fen=200_000, min_loss_g=10_000, village_days=5, county_days=5,
        payer=Organisation.objects.create(name=f"基准财政{int(publish)}", kind="finance", place=ground.county()),
        by=by, at=at,
    )  # fmt: skip
    for number in range(KINDS):
        schemes.add_rate(drafted, produce=ground.produce(number), rate_fen=160, rate_unit_g=1000, by=by, at=at)
    if publish:
        ReliefScheme.objects.filter(pk=drafted.pk).update(status=SchemeStatus.PUBLISHED)
    return drafted


def villages() -> list[str]:
    """Return the codes of the villages, in townships that hold several."""
    codes = []
    for town in range(TOWNS):
        parent, _new = Place.objects.get_or_create(
            code=f"360735{400 + town}000",
            defaults={"level": "township", "name": f"镇{town}", "parent": ground.county()},
        )
        for number in range(VILLAGES):
            code = f"360735{400 + town}{100 + number}"
            Place.objects.get_or_create(
                code=code, defaults={"level": "village", "name": f"村{town}-{number}", "parent": parent}
            )
            codes.append(code)
    return codes


def fill(claimed: ReliefScheme, *, homes: int, lots: int, claims: int, photos: int, status: str = "awarded") -> None:
    """Write the county: households with land and lots, then claims with what hangs on them."""
    codes = villages()
    values = {
        "villages": codes, "many": len(codes), "homes": homes, "staff": STAFF, "verifiers": VERIFIERS,
        "kinds": [ground.produce(number).pk for number in range(KINDS)], "goods": KINDS, "lots": lots,
        "claims": claims, "photos": photos, "apart": YEARS_S // max(1, claims), "scheme": claimed.pk, "status": status,
        "today": clock.county_day(clock.now()),
    }  # fmt: skip
    with psycopg.connect(ground.owner_link(), autocommit=True) as link:
        for table in TABLES:
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in (HOMES + LOTS + CLAIMS).split(";\n")[:-1]:
            link.execute(statement, values)
        [first] = link.execute("SELECT coalesce(min(id), 1) FROM losses_lossclaim").fetchall()[0]
        for statement in PHOTOS.split(";\n")[:-1]:
            link.execute(statement, values | {"first": first})
        for table in TABLES:
            link.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        link.execute("VACUUM ANALYZE")
