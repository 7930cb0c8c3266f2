"""Part a pasted text into what names goods, what says how much, what takes back, and what says nothing."""

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction

from kernel.folding import simplified
from kernel.typed import fold_width, strip_invisible
from orders.pasted.book import Book, Meant
from orders.pasted.doubts import Doubt
from orders.pasted.figures import ABOUT_BEFORE, AMOUNT, NUMBER, UNIT, Amount, amount_at, measured, read_number
from orders.pasted.lexicon import CANCELS, FILLERS, SEPARATORS, WORDS_OF_ORDER

MOST_LETTERS = 5_000
_LONGEST_FILLER = max(map(len, FILLERS))
_PACK = "箱袋盒包筐篓框桶瓶把捆扎件罐坛板托提壶"
_PIECE = "只个条颗头枚棵根羽尾块"
_N = "[0-9零一二三四五六七八九十百两]+"
_MONEY = (
    rf"(?:[@¥￥]\s*|单价\s*|均价\s*|价格?\s*)?{NUMBER}\s*(?:元|块|毛(?![豆芋冬笋栗竹])|角(?![豆瓜])|圆(?![白椒])|rmb)\s*钱?"
    rf"(?:[0-9一二三四五六七八九]{{1,2}}(?!\s*(?:{UNIT})|[0-9.十百千]))?"
    rf"(?:\s*(?:[/每一1]|一)\s*(?:{UNIT})|(?:公?斤|kg)(?=[\s,、。;]|$))?"
)
# What has figures and is no amount; the first that fits is left out.
_IGNORED = tuple(
    re.compile(pattern)
    for pattern in (
        r"[0-9]{2,4}-[0-9]{3,4}-[0-9]{4}|0[0-9]{2,3}-[0-9]{7,8}|1[3-9][0-9]{9}|[0-9]{7,}",
        r"[0-9]{2,4}年(?:[0-9]{1,2}月)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
        rf"{_N}月(?:份|{_N}[日号]?)?|[0-9]{{1,2}}[/.][0-9]{{1,2}}(?=日|号|送|要|的|菜单|订)|{_N}[日](?!\w*斤)",
        r"[0-9]{1,2}:[0-9]{2}(?!\s*斤)",
        rf"{_N}点(?:半|整|钟|{_N}分?|[一三]刻)?(?:钟)?(?![0-9零一二三四五六七八九十]*\s*(?:{UNIT}))",
        r"(?:下个?|本|这|上个?)?(?:周|星期|礼拜)[一二三四五六日天末1-6]|(?:大年)?初[一二三四五六七八九十0-9]{1,2}(?=[^一二三四五六七八九十0-9斤]|$)",
        r"高[一二三](?!斤)|第?[0-9一二三四五六七八九十]+年级",
        rf"[a-z]?{_N}\s*[号#]",
        rf"(?:大约|大概|约)?{_N}\s*多?\s*[个名位]?\s*(?:老师|学生|客人|孩子|小孩|大人|工人|员工|职工|同学|人|桌|名|位|岁)\w{{0,2}}(?<!斤)",
        rf"第?{_N}\s*(?:楼|层|班|栋|幢|车间|窗口|样|种|次|天|点钟|分钟|小时|餐|顿|家|户|趟|度|厘米|公分|cm|%|折|成|行|道|组|届)",
        rf"(?:合计|总计|一共|总共|共计|小计|共)\s*(?:是|为|:)?\s*{_MONEY}",
        rf"(?:每|一|1|单)?\s*(?:公斤|斤|kg|只|个|箱|袋)?(?:不超过|不高于|最多|大概|大约|约|卖|是|价|:|/)*{_MONEY}",
        rf"(?:[@¥￥]|单价:?|均价:?|价格:?)\s*{NUMBER}|每\s*(?:公斤|斤|kg)\s*{NUMBER}(?!\s*(?:{UNIT}))|{NUMBER}\s*/\s*(?:公斤|斤|kg)",
        rf"(?:(?:每|单|一)\s*[{_PIECE}]|个头|单重)\s*(?:大概|大约|约|重|在|有|要|不少于|至少|:)*\s*{AMOUNT}"
        rf"(?:\s*(?:到|至|-|~)\s*{AMOUNT})?(?:左右|以上|以下|上下|多|的)*",
        rf"{AMOUNT}\s*(?:左右|以上|以下|上下|多)?\s*(?:一|每|/)\s*[{_PIECE}]的?|{AMOUNT}\s*(?:以上|以下|起)的?",
    )
)
_SIZE_OF_PACK = re.compile(
    rf"(?:每|一|1|单)\s*([{_PACK}])\s*(?:是|装|约|重|大概|有|:)*\s*({AMOUNT})(?:左右|的)?"
    rf"|({AMOUNT})\s*(?:装|(?:一|每|/)\s*([{_PACK}])装?|[{_PACK}]装)的?"
)
_TOTAL = re.compile(
    rf"(?:合计|总计|一共|总共|共计|小计|共)\s*(?:是|为|:)?\s*(?:(?P<kinds>{_N})\s*[样种个]|(?P<sum>{AMOUNT}))"
)
_KEYS = tuple((name, re.compile(pattern)) for name, pattern in WORDS_OF_ORDER)
_ENDS = r"(?=[\s,、。;!?/|…)】]|$)"
_CANCEL = re.compile(
    rf"{CANCELS}(?:再?[送订买来])?(?:(?:了|吧|啦|哈|的话)+|{_ENDS})|(?:取消|去掉|划掉|删掉|退掉|不要|别送|免了?)(?=\S)"
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{0,40})[)\]]")
_KIND_WORD = re.compile(r"(?:要)?(新鲜|鲜|干|咸)(?:的)?")
_FOLDED = str.maketrans(
    {"，": "、", "；": ";", "【": "\n", "】": "\n", "〔": "(", "〕": ")", "﹣": "-", "–": "-", "－": "-"}
)
_CIRCLED = re.compile("[①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿]|[0-9]\ufe0f?\u20e3")
_HAN_NUMBERED = re.compile(r"(?:^|(?<=[\s;。、]))[一二三四五六七八九十]{1,2}[、.](?=[^\s0-9一二三四五六七八九十])")


@dataclass(slots=True)
class Token:
    """One piece of a text: name, amount, aside (an amount in brackets), pack, total, sep, key, filler or word."""

    kind: str
    start: int
    end: int
    text: str = ""
    meant: Meant | None = None
    amount: Amount | None = None
    weight: int = 0  # of a separator
    grade: str = ""


def clean(text: str) -> str:
    """Return a text as it is read and shown back: one width, nothing unseen, simplified, in small letters."""
    seen = strip_invisible(fold_width(text[:MOST_LETTERS].translate(_FOLDED)))
    small = "".join(c.lower() if len(c.lower()) == 1 else c for c in simplified(seen))
    small = _CIRCLED.sub("\n", small)
    return _HAN_NUMBERED.sub(lambda found: "\n" * len(found[0]), small)


class Scanner:
    """Reads one text from left to right."""

    def __init__(self, text: str, book: Book) -> None:
        self.text, self.book = text, book
        self.tokens: list[Token] = []
        self.numbered = self._list_numbers()

    def tokens_of(self) -> list[Token]:
        """Return the tokens of the text in its order."""
        self._scan(0, len(self.text))
        unknown = [token for token in self.tokens if token.kind == "word" or not self._as_written(token)]
        near = "".join(self.text[max(0, token.start - 3) : token.end + 3] for token in unknown)
        if self.book.hear({one for one in near if "\u3400" <= one <= "\u9fff"}):
            self.tokens = []
            self._scan(0, len(self.text))  # once more, now that the unknown words can be heard
        return self.tokens

    def _as_written(self, token: Token) -> bool:
        found = self.book.at(token.text, 0)
        return token.kind != "name" or (found is not None and found[0] == token.text)

    def _scan(self, at: int, end: int) -> None:
        while at < end:
            for read in (self._sign, self._ignored, self._told, self._key, self._word, self._amount, self._letters):
                after = read(at)
                if after:
                    at = after
                    break
            else:
                self._unknown(at)
                at += 1

    def _add(self, kind: str, start: int, end: int, **more: object) -> int:
        self.tokens.append(Token(kind, start, end, self.text[start:end], **more))  # type: ignore[arg-type]
        return end

    def _sign(self, at: int) -> int:
        one = self.text[at]
        if at in self.numbered:
            return self._add("sep", at, self.numbered[at], weight=3)
        if one in "([":
            found = _BRACKETS.match(self.text, at)
            if found:
                return self._bracket(found)
        if one in SEPARATORS:
            weight = SEPARATORS[one]
            if one == "-" and self.tokens and self.tokens[-1].kind == "name":
                weight = 1
            return self._add("sep", at, at + 1, weight=weight)
        if one.isspace():
            return self._add("sep", at, at + 1, weight=1)
        good = self.book.pictures.get(one)
        if good is not None:
            return self._add("name", at, at + 1, meant=Meant(good, Doubt.PICTURE))
        if unicodedata.category(one)[0] in "SPCM" and one not in "×¥":
            return self._add("sep", at, at + 1, weight=1)
        return 0

    def _bracket(self, found: re.Match) -> int:
        """Read a remark in brackets: an amount again, another kind, what one box holds; else nothing."""
        inside, start, end = found[1].strip(), found.start(), found.end()
        behind = self.tokens[-1] if self.tokens else None
        if re.fullmatch(r"[0-9]{1,2}|[一二三四五六七八九十]{1,2}", inside):
            return self._add("sep", start, end, weight=3)
        amount = amount_at(inside, 0, lambda at: False) if inside else None
        if amount and amount[0] == len(inside):
            follows = behind is not None and behind.kind == "amount"
            return self._add("aside" if follows else "amount", start, end, amount=amount[1])
        pack = _SIZE_OF_PACK.fullmatch(inside)
        if pack:
            return self._pack(pack, start, end)
        kind = _KIND_WORD.fullmatch(inside)
        if kind and behind is not None and behind.kind == "name":
            self._turn(behind, kind[1][-1])
            return self._add("filler", start, end)
        if re.fullmatch(f"{CANCELS}了?", inside):
            return self._add("key", start, end, grade="cancel")
        if behind is not None and behind.kind in ("name", "amount", "aside"):
            return self._add("filler", start, end)
        self._add("sep", start, start + 1, weight=1)
        self._scan(start + 1, end - 1)
        return self._add("sep", end - 1, end, weight=1)

    def _turn(self, token: Token, kind: str) -> None:
        """Turn 香菇 into 干香菇 where the brackets say so and the dictionary has both."""
        good = self.book.named(kind + token.text)
        if good is not None:
            token.meant = Meant(good)

    def _pack(self, found: re.Match, start: int, end: int) -> int:
        written = found[2] or found[3]
        amount = amount_at(written, 0, lambda at: False)
        return self._add("pack", start, end, grade=found[1] or found[4] or "", amount=amount[1] if amount else Amount())

    def _ignored(self, at: int) -> int:
        if self._names(at):
            return 0
        pack = _SIZE_OF_PACK.match(self.text, at)
        if pack:
            return self._pack(pack, at, pack.end())
        for pattern in _IGNORED:
            found = pattern.match(self.text, at)
            if found and found.end() > at:
                return self._add("filler", at, found.end())
        return 0

    def _told(self, at: int) -> int:
        """Read what a text says of itself: 合计120斤, 一共3样."""
        found = _TOTAL.match(self.text, at)
        if not found:
            return 0
        if found["kinds"]:
            number = read_number(found["kinds"])
            kinds = Amount(pieces=int(number)) if number is not None and number.denominator == 1 else Amount()
            return self._add("total", at, found.end(), amount=kinds)
        amount = amount_at(found["sum"], 0, lambda place: False)
        return self._add("total", at, found.end(), amount=amount[1] if amount else Amount())

    def _key(self, at: int) -> int:
        found = _CANCEL.match(self.text, at)
        if found and not self._wished_away(at, found):
            return self._add("key", at, found.end(), grade="cancel")
        if self._names(at):
            return 0
        for name, pattern in _KEYS:
            found = pattern.match(self.text, at)
            if found:
                return self._add("key", at, found.end(), grade=name)
        return 0

    def _wished_away(self, at: int, found: re.Match) -> bool:
        """Say whether 不要 is a wish how the goods shall be (不要太老的, 不要开花的), nothing taken back."""
        if found[0][-1] in "了吧啦哈话" or found.end() == len(self.text):
            return False
        after = self.text[found.end()]
        if after in SEPARATORS or unicodedata.category(after)[0] in "SPZ":
            return False
        if found[0] in ("取消", "去掉", "划掉", "删掉", "退掉"):
            return False
        return self._names(found.end()) == 0

    def _names(self, at: int) -> int:
        """Return how long the goods' name is that begins here; 0 where none does."""
        found = self.book.at(self.text, at) if at < len(self.text) else None
        return len(found[0]) if found and found[0] not in FILLERS else 0

    def _word(self, at: int) -> int:
        """Read a name, a grade or a word that says nothing: the longest."""
        found = self.book.at(self.text, at)
        filler = next(
            (n for n in range(min(_LONGEST_FILLER, len(self.text) - at), 0, -1) if self.text[at : at + n] in FILLERS), 0
        )
        grade = next((name for name in self.book.grades if self.text.startswith(name, at)), "")
        exact = len(found[0]) if found else 0
        if grade and len(grade) >= max(exact, filler):
            return self._add("filler", at, at + len(grade), grade=grade)
        if exact <= 1 and filler <= 1 and (not filler or exact):
            near = self.book.near(self.text, at)
            if near is not None:
                return self._add("name", at, at + len(near[0]), meant=near[1])
        if filler == 1 and self.text[at] == "是" and amount_at(self.text, at, lambda place: False):
            return 0  # 二是斤, as voice typing writes 二十斤
        if found and exact >= filler:
            return self._add("name", at, at + exact, meant=found[1])
        if filler:
            return self._add("filler", at, at + filler)
        return self._torn(at)

    def _torn(self, at: int) -> int:
        """Read a name with a blank inside: 萝 卜."""
        if self.text[at + 1 : at + 2] == " " and self.text[at + 2 : at + 3].strip():
            word = self.text[at] + self.text[at + 2]
            good = self.book.named(word)
            if good is not None:
                return self._add("name", at, at + 3, meant=Meant(good, Doubt.NAME))
        return 0

    def _amount(self, at: int) -> int:
        found = amount_at(self.text, at, lambda place: bool(self._names(place)))
        if found is None or found[0] <= at:
            return 0
        end, amount = found
        if amount.doubt is None and ABOUT_BEFORE.search(self.text[max(0, at - 4) : at]):
            amount = measured_about(amount)
        return self._add("amount", at, end, amount=self._without_list_number(amount))

    def _without_list_number(self, amount: Amount) -> Amount:
        """Read 3.5斤 behind the items 1. and 2. as item 3 and 5斤, and ask."""
        whole, point, rest = amount.parts[0].partition(".")
        if point and whole.isdigit() and rest.isdigit() and int(whole) == len(self.numbered) + 1 > 2:
            return measured(Fraction(rest), amount.parts[1] or "斤", Doubt.FIGURE)
        return amount

    def _letters(self, at: int) -> int:
        found = re.compile(r"[a-z]+").match(self.text, at)
        if not found:
            return 0
        meant = self.book.spelt(found[0])
        if meant is not None:
            return self._add("name", at, found.end(), meant=meant)
        return self._add("filler" if len(found[0]) == 1 else "word", at, found.end())

    def _unknown(self, at: int) -> None:
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.kind == "word" and last.end == at:
            last.end, last.text = at + 1, last.text + self.text[at]
            return
        self._add("word", at, at + 1)

    def _list_numbers(self) -> dict[int, int]:
        """Return where 1. 2. 3. number the items; only a row that begins with 1 and goes on is one."""
        found: dict[int, int] = {}
        for one in re.finditer(r"(?<![0-9.])([0-9]{1,2})([.、)])\s*(?=\S)", self.text):
            behind = self.text[one.end() : one.end() + 1]
            before = self.text[one.start() - 1 : one.start()]
            begins = bool(found) or not before or not before.isalnum()
            if int(one[1]) == len(found) + 1 and begins and (one[2] != "." or not behind.isdigit()):
                found[one.start()] = one.end()
        return found


def measured_about(amount: Amount) -> Amount:
    """Return an amount that was said roughly."""
    return replace(amount, doubt=Doubt.ABOUT)
