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
    SELECT FROM losses_schemepaper asked WHERE asked.scheme_id = NEW.scheme_id
    AND asked.from_fen::numeric * NEW.per_g <= NEW.per_fen::numeric * coalesce(
        (SELECT quantity_g FROM losses_claimfigure WHERE claim_id = NEW.id ORDER BY id DESC LIMIT 1), 0
    )
    AND NOT EXISTS (SELECT FROM losses_claimpaper WHERE claim_id = NEW.id AND paper_id = asked.id)
) THEN
    RAISE EXCEPTION 'pgtrigger: papers of claim % are missing', NEW.id;
END IF;
RETURN NEW;
"""
