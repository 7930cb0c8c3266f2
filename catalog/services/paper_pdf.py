"""The printed 承诺达标合格证: one card a batch, in Chinese whoever prints it, as the law words it."""

import json
from pathlib import Path

import noto_cjk_sans_otc
from django.conf import settings
from django.utils import translation

from catalog.models import Listing, Paper, PaperStatus
from catalog.services.papers import COLLECTOR, CONTROL, ORDERED_TEST, OWN_TEST, PRODUCER, TRIAL
from kernel.present import known
from kernel.qr import square_code

TITLE = "承诺达标合格证"
# The words of the law, by whose commitment it is (农业农村部令2025年第4号; the trial form: 农质发〔2019〕6号).
PROMISES = {
    TRIAL: (
        "我承诺对生产销售的食用农产品：",
        [
            "不使用禁限用农药兽药",
            "不使用非法添加物",
            "遵守农药安全间隔期、兽药休药期规定",
            "销售的食用农产品符合农药兽药残留食品安全国家强制性标准",
        ],
    ),
    PRODUCER: (
        "我承诺生产销售的食用农产品：",
        ["未使用禁用的农药、兽药及其他化合物", "使用的常规农药、兽药残留不超标"],
    ),
    COLLECTOR: (
        "我承诺收购销售的食用农产品：",
        ["已按规定收取并保存承诺达标合格证或者其他质量安全合格证明", "收购后未违规使用保鲜剂、防腐剂、添加剂等"],
    ),
}
BASIS = {CONTROL: "质量安全控制符合要求", OWN_TEST: "自行检测合格", ORDERED_TEST: "委托检测合格"}


def certificate_pdf(paper: Paper, *, address: str) -> bytes:
    """Return a commitment as PDF (A6, one page); its code leads to `address`, where anybody may check it."""
    import typst  # here, since a typesetter is large and few people print

    listing = paper.listing
    lead, promises = PROMISES[paper.wording]
    day = paper.issued_on
    with translation.override("zh-hans"):
        quantity = listing.in_words(known(paper.quantity))
    data = {
        "title": TITLE,
        "promise_lead": lead,
        "promises": promises,
        "basis_lead": "承诺依据：",
        "basis": BASIS[paper.facts["basis"]],
        "facts": [
            ["产品名称", listing.produce.name],
            ["数量（重量）", quantity],
            ["产地", f"{listing.village.township.name}{listing.village.name}"],
            ["承诺主体", subject_of(listing)],
            ["联系方式", contact_of(listing)],
            ["开具日期", f"{day.year}年{day.month}月{day.day}日"],
        ],
        "code": square_code(address),
        "code_words": "扫码查验真伪",
        "number": paper.number,
        "void": paper.status != PaperStatus.VALID,
        "void_word": "已作废",
    }
    fonts = Path(noto_cjk_sans_otc.__file__).parent
    return typst.compile(
        str(settings.BASE_DIR / "templates" / "typst" / "certificate.typ"),
        root=str(settings.BASE_DIR / "templates" / "typst"),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def subject_of(listing: Listing) -> str:
    """Name who answers for the goods: the head of the household, or the co-operative."""
    return listing.household.head_name if listing.household is not None else str(listing.cooperative)


def contact_of(listing: Listing) -> str:
    """Return the telephone number on the certificate: the household's own, or the co-operative's."""
    owner = listing.household if listing.household is not None else listing.cooperative
    return owner.phone if owner is not None and owner.phone else "由村委会转"
