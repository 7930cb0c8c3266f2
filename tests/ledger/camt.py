"""Write statements as banks write them, in camt.053.001.08 with the fewest elements."""

from xml.sax.saxutils import escape

OPENING = 1_000_000_00


def yuan(fen) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def entry(payment=None, *, side="DBIT", reason="", bank_reference="", reference="", fen=None, **changes) -> dict:
    """Return what a bank books about a payment: as instructed but for the changes."""
    payee = payment.payee if payment else None
    return {
        "side": side,
        "reason": reason,
        "reference": reference or (payment.line_reference if payment else ""),
        "bank_reference": bank_reference or f"B{side}{payment.pk if payment else reference}",
        "fen": fen or (payment.amount_fen if payment else 55_00),
        "name": payee.payee_name if payee else "",
        "card": payee.card if payee else "",
        "currency": "CNY",
        "status": "BOOK",
        "day": "2026-11-06",
    } | changes


def _node(one) -> str:
    returned = f"<RtrInf><Rsn><Cd>{one['reason']}</Cd></Rsn></RtrInf>" if one["reason"] else ""
    parties = (
        f"<RltdPties><Cdtr><Pty><Nm>{escape(one['name'])}</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>{one['card']}</Id>"
        "</Othr></Id></CdtrAcct></RltdPties>"
    )
    return (
        f'<Ntry><Amt Ccy="{one["currency"]}">{yuan(one["fen"])}</Amt><CdtDbtInd>{one["side"]}</CdtDbtInd>'
        f"<Sts><Cd>{one['status']}</Cd></Sts><BookgDt><Dt>{one['day']}</Dt></BookgDt>"
        f"<AcctSvcrRef>{one['bank_reference']}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{one['reference']}</EndToEndId></Refs>{parties}{returned}</TxDtls></NtryDtls></Ntry>"
    )


def statement(
    *entries, number="S1", account="36001000100050000001", closing=None, count=None, encoding="utf-8"
) -> bytes:
    """Return a file with one statement; its balances and its count are those of its entries unless said."""
    moved = sum(one["fen"] * (1 if one["side"] == "CRDT" else -1) for one in entries if one["status"] == "BOOK")
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{yuan(fen)}</Amt><CdtDbtInd>CRDT'
        "</CdtDbtInd></Bal>"
        for code, fen in (("OPBD", OPENING), ("CLBD", OPENING + moved if closing is None else closing))
    )
    count = len(entries) if count is None else count
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><Stmt><Id>{number}</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>{balances}"
        f"<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries></TtlNtries></TxsSummry>"
        f"{''.join(map(_node, entries))}</Stmt></BkToCstmrStmt></Document>"
    ).encode(encoding)
