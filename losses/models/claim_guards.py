"""What the database asks of a claim that moves, in its own language."""

# Without a visit goes a sale, and what a draw of this round did not pick.
NOT_DRAWN = """
IF NOT EXISTS (
    SELECT FROM losses_sampledraw WHERE claim_id = NEW.id AND round = NEW.round AND NOT picked
) THEN
    RAISE EXCEPTION 'pgtrigger: claim % is to be visited', NEW.id;
END IF;
RETURN NEW;
"""
# Spared by rule is an unsold lot, below the sum and on sale for the days that its scheme names.
SPARED_BY_RULE = """
IF NOT EXISTS (
    SELECT FROM losses_lossclaim claim JOIN losses_reliefscheme scheme ON scheme.id = claim.scheme_id
    JOIN catalog_listing lot ON lot.id = claim.listing_id
    WHERE claim.id = NEW.claim_id AND claim.cause = 'unsold' AND claim.sale_id IS NULL
    AND NEW.spared_fen < scheme.no_visit_below_fen AND NEW.spared_days >= scheme.no_visit_listed_days
    AND NEW.spared_days = claim.happened_on - (lot.listed_at AT TIME ZONE 'Asia/Shanghai')::date
) THEN
    RAISE EXCEPTION 'pgtrigger: no rule of its scheme spares claim % a visit', NEW.claim_id;
END IF;
RETURN NEW;
"""
# A line of a report is of its household and its harm, and was filed with it.
LINE_OF_ITS_REPORT = """
IF NOT EXISTS (
    SELECT FROM losses_claimreport WHERE id = NEW.report_id AND household_id = NEW.household_id
    AND cause = NEW.cause AND happened_on = NEW.happened_on AND filed_by_id = NEW.filed_by_id
    AND by_proxy = NEW.by_proxy AND filed_at = NEW.filed_at
) THEN
    RAISE EXCEPTION 'pgtrigger: claim % says otherwise than its report', NEW.number;
END IF;
RETURN NEW;
"""
# A report of a sale names kilos that a lot really sold, and what a jin of them was worth by the county's prices.
SALE_IS_OF_THE_LOT = """
IF NOT EXISTS (
    SELECT FROM catalog_movement WHERE id = NEW.sale_id AND listing_id = NEW.listing_id AND target = 'sold'
    AND price_fen::bigint * 500 < NEW.reference_fen::bigint * price_unit_g
) THEN
    RAISE EXCEPTION 'pgtrigger: movement % is no sale of this lot below the reference price', NEW.sale_id;
END IF;
RETURN NEW;
"""
# Beyond the township goes a claim with every paper that its scheme asks for at what was found.
HAS_ITS_PAPERS = """
IF EXISTS (
    SELECT FROM losses_schemepaper asked WHERE asked.scheme_id = NEW.scheme_id AND asked.struck_on IS NULL
    AND asked.from_fen::numeric * NEW.per_g <= NEW.per_fen::numeric * coalesce(
        (SELECT quantity_g FROM losses_claimfigure WHERE claim_id = NEW.id ORDER BY id DESC LIMIT 1), 0
    )
    AND NOT EXISTS (SELECT FROM losses_claimpaper WHERE claim_id = NEW.id AND paper_id = asked.id)
) THEN
    RAISE EXCEPTION 'pgtrigger: papers of claim % are missing', NEW.id;
END IF;
RETURN NEW;
"""
# Relief is awarded once the county's notice has hung out, and while nobody objects to a line of the claim.
NOTICE_HAS_ENDED = """
IF EXISTS (
    SELECT FROM losses_lossclaim claim LEFT JOIN records_publicnotice notice ON notice.id = claim.county_notice_id
    WHERE claim.id = NEW.claim_id AND (
        notice.id IS NULL OR notice.status = 'withdrawn' OR NEW.at < notice.ends_at OR EXISTS (
            SELECT FROM records_objection objection JOIN records_noticeline line ON line.id = objection.line_id
            WHERE line.document = 'claim:' || claim.id
            AND (objection.status = 'open' OR objection.status = 'upheld' AND objection.settled_at IS NULL)
        )
    )
) THEN
    RAISE EXCEPTION 'pgtrigger: claim % is on its notice, or somebody objects', NEW.claim_id;
END IF;
RETURN NEW;
"""
# What a household has or keeps aside under a scheme, with all that count as one with it, stays below the scheme's cap
# whenever more is computed. The household and whom it counts by are locked, so that of two amounts the second counts
# the first. What came back by bank is room again.
WITHIN_THE_CAP = """
PERFORM FROM losses_lossclaim claim JOIN accounts_household own ON own.id = claim.household_id
WHERE claim.id = NEW.claim_id FOR NO KEY UPDATE OF own;
PERFORM FROM accounts_household WHERE id = (
    SELECT own.merged_into_id FROM losses_lossclaim claim JOIN accounts_household own ON own.id = claim.household_id
    WHERE claim.id = NEW.claim_id
) FOR NO KEY UPDATE;
IF EXISTS (
    SELECT FROM losses_lossclaim claim JOIN losses_reliefscheme scheme ON scheme.id = claim.scheme_id
    JOIN accounts_household own ON own.id = claim.household_id
    WHERE claim.id = NEW.claim_id AND scheme.household_cap_fen < NEW.amount_fen + (
        SELECT coalesce(sum(had.amount_fen - coalesce(back.fen, 0)), 0) FROM losses_lossclaim other
        JOIN losses_computation had ON had.claim_id = other.id AND had.round = other.round
        CROSS JOIN LATERAL (
            SELECT sum(receipt.amount_fen) AS fen FROM losses_award award
            JOIN losses_reliefrecovery recovery ON recovery.award_id = award.id
            JOIN losses_recoveryreceipt receipt ON receipt.recovery_id = recovery.id
            WHERE award.claim_id = other.id
              AND receipt.how IN ('paid_back', 'never_left') AND receipt.status = 'confirmed'
        ) back
        WHERE other.household_id IN (
            SELECT coalesce(own.merged_into_id, own.id)
            UNION ALL SELECT id FROM accounts_household WHERE merged_into_id = coalesce(own.merged_into_id, own.id)
        ) AND other.scheme_id = claim.scheme_id AND other.id <> claim.id
        AND other.status NOT IN ('sent_back', 'refused', 'withdrawn')
    )
) THEN
    RAISE EXCEPTION 'pgtrigger: the household of claim % gets more than the cap of its scheme', NEW.claim_id;
END IF;
RETURN NEW;
"""
# What is awarded is what was computed and hung on the notice, to a fen.
IS_WHAT_WAS_COMPUTED = """
IF EXISTS (
    SELECT FROM losses_lossclaim claim
    LEFT JOIN losses_computation computed ON computed.claim_id = claim.id AND computed.round = claim.round
    WHERE claim.id = NEW.claim_id AND computed.amount_fen IS DISTINCT FROM NEW.amount_fen
) THEN
    RAISE EXCEPTION 'pgtrigger: claim % is awarded another amount than was computed', NEW.claim_id;
END IF;
RETURN NEW;
"""
# Where the scheme asks for it, a check shows the goods; of a sale there is nothing left to see.
SHOWS_THE_GOODS = """
IF EXISTS (
    SELECT FROM losses_lossclaim claim JOIN losses_reliefscheme scheme ON scheme.id = claim.scheme_id
    WHERE claim.id = NEW.claim_id AND scheme.check_photos AND claim.sale_id IS NULL
) THEN
    RAISE EXCEPTION 'pgtrigger: a check of claim % has to show the goods', NEW.claim_id;
END IF;
RETURN NEW;
"""
# A check finds at most what was found before it, and says why if less. The claim is locked, so that of two checks the
# second is held beside the first.
FINDS_NO_MORE = """
PERFORM FROM losses_lossclaim WHERE id = NEW.claim_id FOR NO KEY UPDATE;
IF EXISTS (
    SELECT FROM (
        SELECT quantity, quantity_g FROM losses_claimfigure WHERE claim_id = NEW.claim_id ORDER BY id DESC LIMIT 1
    ) before
    WHERE NEW.quantity > before.quantity OR NEW.quantity_g > before.quantity_g
    OR (NEW.quantity < before.quantity AND NEW.why = '')
) THEN
    RAISE EXCEPTION 'pgtrigger: a check of claim % finds more than before, or less without saying why', NEW.claim_id;
END IF;
RETURN NEW;
"""
