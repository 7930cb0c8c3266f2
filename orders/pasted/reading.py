"""Read a pasted order: which goods, how much, and which lines somebody has to be asked about."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from orders.pasted.book import Book, Good, Meant
from orders.pasted.doubts import Doubt
from orders.pasted.figures import Amount
from orders.pasted.pairing import pairs
from orders.pasted.tokens import Scanner, Token, clean

MOST_SURE_G = 20_000_000  # beyond 20 tons a figure is asked about
MOST_SURE_PIECES = 2_000
_USED_FOR = re.compile(r"[^\s、。;0-9]{0,4}(?<!不)用")  # 番茄炒蛋用的番茄
_DESCRIBED = 4  # so many unknown characters between an amount and its name describe other goods


@dataclass(slots=True)
class Line:
    """One line as it was read; with a doubt it has to be asked about."""

    said: str
    start: int
    end: int
    meant: Meant
    amount: Amount | None
    grade: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    place: bool = False  # words stand between this line and the one before it
    gone: bool = False

    @property
    def good(self) -> Good | None:
        return self.meant.good

    @property
    def grams(self) -> int | None:
        return self.amount.grams if self.amount else None

    @property
    def pieces(self) -> int | None:
        return self.amount.pieces if self.amount else None

    @property
    def ask(self) -> bool:
        return bool(self.doubts)

    def doubt(self, doubt: Doubt | None) -> None:
        """Remember why this line is asked about."""
        if doubt is not None and doubt not in self.doubts:
            self.doubts.append(doubt)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read."""

    text: str  # as its places are counted
    lines: tuple[Line, ...]


def read(text: str, book: Book) -> Reading:
    """Read a pasted text; nothing is decided, each line that is not sure says why."""
    cleaned = clean(text)
    return Reading(cleaned, tuple(_Reader(Scanner(cleaned, book).tokens_of(), cleaned, book).lines_of()))


class _Reader:
    """Makes lines of the tokens of one text."""

    def __init__(self, tokens: list[Token], text: str, book: Book) -> None:
        self.tokens, self.text, self.book = tokens, text, book
        self.lines: list[Line] = []
        self.totals: list[Amount] = []
        self.wrong = False
        self.change = False
        self.either = False
        self.last_key = ""
        self.supposed = False  # behind 没有的话: what is named there without an amount is no line

    def lines_of(self) -> list[Line]:
        """Return the lines that are left when the whole text was walked."""
        shared = self._shared()
        paired = {name: amount for name, amount in pairs(self._apart(shared)).items() if amount not in shared.values()}
        paired |= shared
        self._walk(paired)
        lines = [line for line in self.lines if not line.gone]
        for line in lines:
            self._judge(line)
        _ask_about_doubles(lines)
        _check_totals(lines, self.totals)
        return lines

    # Amounts that hold for several names

    def _apart(self, shared: dict[int, int]) -> list[Token]:
        """Return the tokens with those of a shared amount taken out of the pairing."""
        taken = {*shared, *shared.values()}
        return [
            Token("key", t.start, t.end, t.text, grade="each") if i in taken else t for i, t in enumerate(self.tokens)
        ]

    def _shared(self) -> dict[int, int]:
        """Return the names that 各 gives one amount: 土豆和萝卜各30斤, 各20斤：黄瓜、茄子."""
        shared: dict[int, int] = {}
        for at, token in enumerate(self.tokens):
            if token.kind != "key" or token.grade != "each":
                continue
            amount = next((i for i in range(at + 1, min(at + 4, len(self.tokens))) if self._is(i, "amount")), None)
            if amount is None:
                continue
            names = self._names_before(at) or self._names_behind(amount)
            shared |= dict.fromkeys(names, amount)
        return shared

    def _names_before(self, at: int) -> list[int]:
        names: list[int] = []
        for i in range(at - 1, -1, -1):
            token = self.tokens[i]
            if token.kind == "amount":
                # 20斤土豆、萝卜各30斤: the amount stands before its name, unless a name stands before it
                before = next((t for t in reversed(self.tokens[:i]) if t.kind in ("name", "sep", "amount")), None)
                if names and (before is None or before.kind != "name"):
                    names.pop()
                break
            if (token.kind == "sep" and token.weight == 3) or (token.kind == "key" and token.grade != "each"):
                break
            if token.kind == "name" or (token.kind == "word" and self._stands_alone(i)):
                names.append(i)
        return names

    def _names_behind(self, amount: int) -> list[int]:
        names: list[int] = []
        for i in range(amount + 1, len(self.tokens)):
            token = self.tokens[i]
            if token.kind in ("amount", "key", "total") or (token.kind == "sep" and token.weight == 3):
                break
            if token.kind == "name" or (token.kind == "word" and self._stands_alone(i)):
                names.append(i)
        return names

    def _stands_alone(self, i: int) -> bool:
        """Say whether a word nobody knows stands between separators, as goods in a list do."""
        before = i == 0 or self.tokens[i - 1].kind == "sep"
        after = i + 1 == len(self.tokens) or self.tokens[i + 1].kind in ("sep", "key", "filler")
        return before and after and 1 < len(self.tokens[i].text) <= 4

    def _is(self, i: int, kind: str) -> bool:
        return 0 <= i < len(self.tokens) and self.tokens[i].kind == kind

    # The walk

    def _walk(self, paired: dict[int, int]) -> None:
        of_amount: dict[int, list[int]] = {}
        for name, amount in paired.items():
            of_amount.setdefault(amount, []).append(name)
        words = 0
        for i, token in enumerate(self.tokens):
            if token.kind == "key":
                self._key(i)
            elif token.kind == "total":
                self.totals.append(token.amount or Amount())
            elif token.kind == "pack":
                self._hold(token)
            elif token.kind == "aside":
                self._again(token)
            elif token.kind != "cancelled" and (i in paired or token.kind == "name"):
                self._item(i, paired.get(i), place=words > 0)
                words = 0
                self.supposed = self.supposed and i not in paired
            elif token.kind == "amount" and i not in of_amount:
                self._amount_alone(token)
            if token.kind in ("word", "filler") and i not in paired:
                words += 1

    def _item(self, name: int, amount: int | None, *, place: bool) -> None:
        """Add a line, or put an earlier one right where the text says so."""
        token = self.tokens[name]
        line = Line("", token.start, token.end, self._meaning(name), None, place=place)
        if amount is not None:
            other = self.tokens[amount]
            line.amount = other.amount
            line.start, line.end = min(line.start, other.start), max(line.end, other.end)
            if abs(name - amount) > 1 and self._described(min(name, amount), max(name, amount)):
                line.doubt(Doubt.NAME)
        line.said = self.text[line.start : line.end]
        line.grade = self._grade_near(name)
        if amount is None and (self._used_up(name) or token.meant is None):
            return
        line.doubt(line.meant.doubt)
        before = next((one for one in reversed(self.lines) if not one.gone), None)
        same = next((one for one in reversed(self.lines) if not one.gone and one.good and one.good is line.good), None)
        if self.either and before is not None:
            before.doubt(Doubt.EITHER)
            line.doubt(Doubt.EITHER)
        if amount is not None and (self.wrong or self.change):
            self._put_right(line, before, same)
        self.lines.append(line)
        self.either = False
        if amount is not None:
            self.wrong = self.change = False

    def _put_right(self, line: Line, before: Line | None, same: Line | None) -> None:
        """Take back what this line replaces: the same goods, else the line just before it."""
        if same is not None:
            same.gone = True
        elif before is not None and (self.wrong or self.change):
            before.gone = True

    def _meaning(self, name: int) -> Meant:
        """Return what a name means with the unknown characters glued to it: 红薯+叶 is none of 红薯."""
        token = self.tokens[name]
        if token.meant is None:
            return self.book.unknown(token.text)
        glued = self._glued(name)
        if not glued or token.meant.good is None:
            return token.meant
        if len(glued) == 1 and glued[0] == token.text[0]:  # 白白菜
            return Meant(token.meant.good, Doubt.NAME)
        if len(glued) > 2:
            return Meant(token.meant.good, Doubt.NAME)
        return Meant(None, Doubt.UNKNOWN, (token.meant.good,))

    def _glued(self, name: int) -> str:
        """Return the unknown characters that touch a name; those before 的 describe it."""
        token = self.tokens[name]
        found = ""
        if self._is(name - 1, "word") and self.tokens[name - 1].end == token.start:
            found += self.tokens[name - 1].text
        if self._is(name + 1, "word") and self.tokens[name + 1].start == token.end:
            after = self.tokens[name + 2] if name + 2 < len(self.tokens) else None
            if after is None or not (after.text.startswith("的") and after.start == self.tokens[name + 1].end):
                found += self.tokens[name + 1].text
        return found

    def _described(self, first: int, second: int) -> bool:
        unknown = [token.text for token in self.tokens[first + 1 : second] if token.kind == "word"]
        return sum(map(len, unknown)) >= _DESCRIBED

    def _grade_near(self, name: int) -> str:
        """Return the grade written beside a name: 一级脐橙, 通心白莲特级."""
        for i in (name - 1, name + 1, name - 2, name + 2):
            if 0 <= i < len(self.tokens) and self.tokens[i].kind == "filler" and self.tokens[i].grade:
                between = self.tokens[min(i, name) + 1 : max(i, name)]
                if all(token.kind in ("filler", "sep") and token.weight < 2 for token in between):
                    return self.tokens[i].grade
        return ""

    def _used_up(self, name: int) -> bool:
        """Say whether a name without an amount is no wish: a dish, 用的, or a part of a longer word."""
        token = self.tokens[name]
        if token.meant is not None and token.meant.doubt is Doubt.PICTURE:
            return True
        glued = self._glued(name)
        if glued and len(token.text) == 1:
            return True
        heading = self.text[token.end : token.end + 1] == ":"  # 包饺子：
        return heading or self.supposed or bool(_USED_FOR.match(self.text, token.end))

    # What the text says of lines before

    def _amount_alone(self, token: Token) -> None:
        """Read an amount without a name: it puts the line before right, or adds to it."""
        amount = token.amount or Amount()
        before = next((one for one in reversed(self.lines) if not one.gone), None)
        if before is None or before.amount is None:
            if not amount.bare:
                self.lines.append(self._nameless(token))
            return
        if self.wrong or self.change:
            before.amount = amount
            self.wrong = self.change = False
        elif self.last_key in ("more", "less"):
            total = before.amount.plus(amount, 1 if self.last_key == "more" else -1)
            before.amount = total
            before.doubt(Doubt.CORRECTED)
        elif not amount.bare:
            before.amount = None
            before.doubt(Doubt.TWO_AMOUNTS)
        self.last_key = ""
        before.end = max(before.end, token.end)
        before.said = self.text[before.start : before.end]

    def _nameless(self, token: Token) -> Line:
        return Line(
            token.text, token.start, token.end, self.book.unknown(token.text), token.amount, "", [Doubt.UNKNOWN]
        )

    def _again(self, token: Token) -> None:
        """Compare an amount in brackets with the one before it: 20斤（10公斤）."""
        before = next((one for one in reversed(self.lines) if not one.gone), None)
        amount = token.amount or Amount()
        if before is None or before.amount is None:
            return
        if before.amount.packs is not None and amount.grams:
            return
        if before.pieces is not None and amount.grams and not (before.good and before.good.counted):
            return  # 冬瓜一个（30斤左右）: asked about anyway
        if (before.grams, before.pieces) != (amount.grams, amount.pieces):
            before.amount = None
            before.doubt(Doubt.TWO_AMOUNTS)

    def _hold(self, token: Token) -> None:
        """Count boxes as weight where the text says what one holds: 3箱，每箱20斤."""
        before = next((one for one in reversed(self.lines) if not one.gone), None)
        each = token.amount
        if before is None or before.amount is None or before.amount.packs is None or each is None:
            return
        if each.grams is None or (token.grade and token.grade != before.amount.pack):
            return
        grams = before.amount.packs * each.grams
        if grams.denominator == 1 and grams > 0:
            before.amount = Amount(grams=int(grams), doubt=before.amount.doubt or each.doubt)

    def _key(self, i: int) -> None:
        key = self.tokens[i].grade
        if key == "cancel":
            self._cancel(i)
        elif key == "wrong":
            self.wrong = bool(self.lines)
        elif key == "change":
            self._change(i)
        elif key == "if":
            self._suppose(i)
        elif key == "or":
            self.either = bool(self.lines)
        self.last_key = key

    def _suppose(self, i: int) -> None:
        """Ask about what a condition is tied to: 冬笋5斤，要是贵就不要了."""
        self.supposed = True
        start = 0
        for n in range(i - 1, -1, -1):
            token = self.tokens[n]
            if token.kind == "sep" and (
                token.weight == 3
                or (token.weight == 2 and self._is(n - 1, "amount") and any(t.kind == "name" for t in self.tokens[n:i]))
            ):
                start = token.end
                break
        for line in self.lines:
            if not line.gone and line.end > start:
                line.doubt(Doubt.IF)

    def _change(self, i: int) -> None:
        """Read 改成: the line of the name just before it is put right by what follows."""
        clause = self._clause(i)
        self.change = any(self.tokens[n].kind in ("name", "amount") for n in clause)
        named = [n for n in clause if self._is(n, "name")]
        amounts = any(self._is(n, "amount") for n in clause)
        if named and not amounts and self.lines and not self.lines[-1].gone and self.lines[-1].amount is None:
            self._forget_name(self.lines.pop())

    def _forget_name(self, line: Line) -> None:
        """Take back every line of the goods whose amount is now said anew."""
        for one in self.lines:
            if one.good is not None and one.good is line.good:
                one.gone = True
        self.change = False

    def _clause(self, i: int) -> list[int]:
        """Return the tokens before this one in the same clause."""
        found: list[int] = []
        for n in range(i - 1, -1, -1):
            token = self.tokens[n]
            if token.kind == "sep" and token.weight >= 2:
                break
            found.append(n)
        return found

    def _cancel(self, i: int) -> None:
        """Take back: 芹菜不要了, 取消昨天的南瓜, 洋芋粉不要."""
        named = [n for n in self._clause(i) if self.tokens[n].kind in ("name", "amount")]
        behind = self.lines[-1] if self.lines else None
        name = next((n for n in named if self._is(n, "name")), None)
        if name is not None and (behind is None or behind.end <= self.tokens[name].start):
            self._take_back(Line("", 0, 0, self._meaning(name), None))
        elif named and behind is not None:
            self._take_back(behind)
        elif (following := self._named_next(i)) is not None:
            self._take_back(Line("", 0, 0, self._meaning(following), None))
            self.tokens[following].kind = "cancelled"
        elif behind is not None and not behind.gone and behind.amount is None:
            self._take_back(behind)
        elif behind is not None and not behind.gone and self._bare_clause(i):
            behind.doubt(Doubt.TAKEN_BACK)

    def _named_next(self, i: int) -> int | None:
        for n in range(i + 1, len(self.tokens)):
            token = self.tokens[n]
            if token.kind == "sep" and token.weight >= 2:
                return None
            if token.kind == "name":
                return n
        return None

    def _bare_clause(self, i: int) -> bool:
        return all(self.tokens[n].kind in ("filler", "sep") for n in self._clause(i))

    def _take_back(self, line: Line) -> None:
        line.gone = True
        for one in self.lines:
            if one.good is not None and one.good is line.good:
                one.gone = True

    # What is asked at the end

    def _judge(self, line: Line) -> None:
        """Ask about a line whose goods or amount are not sure."""
        amount, good = line.amount, line.good
        if good is not None and good.forbidden:
            line.doubt(Doubt.FORBIDDEN)
        if amount is None or (amount.grams is None and amount.pieces is None and amount.packs is None):
            if not line.doubts or amount is not None or line.doubts == [line.meant.doubt]:
                line.doubt((amount.doubt if amount else None) or Doubt.NO_AMOUNT)
            return
        line.doubt(amount.doubt)
        if amount.packs is not None:
            line.doubt(Doubt.PACK)
        elif good is not None and amount.bare and good.counted and amount.grams:
            line.amount = Amount(pieces=amount.grams // 500, doubt=Doubt.NO_UNIT)
        elif good is not None and amount.grams is not None and good.counted:
            line.doubt(Doubt.HEADS)
        elif amount.pieces is not None and (good is None or not good.counted):
            line.doubt(Doubt.PIECES)
        if (line.grams or 0) > MOST_SURE_G or (line.pieces or 0) > MOST_SURE_PIECES:
            line.doubt(Doubt.LARGE)


def _ask_about_doubles(lines: list[Line]) -> None:
    """Ask about a line that repeats the one just before it, with no word between."""
    for one, other in itertools.pairwise(lines):
        if one.good and one.good is other.good and one.amount == other.amount and one.amount and not other.place:
            other.doubt(Doubt.TWICE)


def _check_totals(lines: list[Line], totals: Iterable[Amount]) -> None:
    """Ask about every line of a text whose total is not theirs."""
    for total in totals:
        if total.grams is not None:
            agrees = total.grams == sum(line.grams or 0 for line in lines)
        elif total.pieces is not None:
            agrees = total.pieces == len(lines) or total.pieces == sum(line.pieces or 0 for line in lines)
        else:
            continue
        if not agrees:
            for line in lines:
                line.doubt(Doubt.TOTAL)
