"""Which amount belongs to which name: the reading of a text that leaves least over."""

from orders.pasted.tokens import Token

_NAME_ALONE, _AMOUNT_ALONE, _BARE_ALONE = 10.0, 12.0, 0.2
_WORD_AS_NAME, _OVER_A_WORD, _AMOUNT_FIRST, _BARE = 3.0, 1.0, 0.3, 1.0
_GAP = {0: 0.0, 1: 0.4, 2: 3.0, 3: 4.0}
_FAR, _MOST_BETWEEN = 99.0, 12
_PARTING = ("cancel", "or", "wrong", "each", "less", "if")


def pairs(tokens: list[Token]) -> dict[int, int]:
    """Return which amounts belong to which names, by their places among the tokens: name → amount.

    Names, amounts and unknown words are walked once; each is left alone, or paired with one before it.
    """
    at = [i for i, token in enumerate(tokens) if token.kind in ("name", "amount", "word")]
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
    for n, i in enumerate(at):
        cost, chosen = best[n]
        choices = [(cost + _alone(tokens[i]), chosen)]
        over = 0.0  # what unknown words between leave
        for back in range(n - 1, max(-1, n - _MOST_BETWEEN), -1):
            j = at[back]
            price = _together(tokens, j, i)
            if price < _FAR:
                before, kept = best[back]
                choices.append((before + price + over, [*kept, (j, i)]))
            if tokens[j].kind != "word":
                break
            over += _OVER_A_WORD
        best.append(min(choices, key=lambda choice: choice[0]))
    return {(j if tokens[j].kind != "amount" else i): (i if tokens[j].kind != "amount" else j) for j, i in best[-1][1]}


def _alone(token: Token) -> float:
    if token.kind == "name":
        return _NAME_ALONE
    if token.kind == "word":
        return 0.0
    return _BARE_ALONE if token.amount and token.amount.bare else _AMOUNT_ALONE


def _together(tokens: list[Token], first: int, second: int) -> float:
    """Return what it costs to read two pieces as one item."""
    one, other = tokens[first], tokens[second]
    if (one.kind == "amount") == (other.kind == "amount"):
        return _FAR
    gap = gap_between(tokens, first, second)
    name, figure = (second, first) if one.kind == "amount" else (first, second)
    if gap > _GAP[1] and (_key_behind(tokens, name) == "cancel" or _key_before(tokens, figure) in ("more", "less")):
        return _FAR
    words = [token for token in (one, other) if token.kind == "word"]
    if words and (gap > _GAP[1] or not _may_name(words[0].text)):
        return _FAR
    cost = gap + (_AMOUNT_FIRST if one.kind == "amount" else 0.0) + (_WORD_AS_NAME if words else 0.0)
    amount = one.amount or other.amount
    if amount is not None and amount.bare:
        cost += _BARE + (_BARE if one.kind == "amount" else 0.0)
    return cost


def gap_between(tokens: list[Token], first: int, second: int) -> float:
    """Return how far two pieces stand apart: 0 where nothing parts them."""
    gap = 0.0
    for token in tokens[first + 1 : second]:
        if token.kind == "sep":
            gap = max(gap, _GAP[token.weight])
        elif (
            token.kind == "key" and token.grade in ("cancel", "or", "wrong", "each", "less")
        ) or token.kind == "total":
            return _FAR
    if gap > _GAP[1] and any(token.grade == "more" for token in tokens[first + 1 : second]):
        return _FAR  # 南瓜20斤，再加10斤 adds to what stands before; 洋芋再加3千克 is an item of its own
    return gap


def _key_behind(tokens: list[Token], at: int) -> str:
    """Return the word of order that stands right behind a name: 西瓜不用."""
    return next((t.grade if t.kind == "key" else "" for t in tokens[at + 1 :] if t.kind != "filler"), "")


def _key_before(tokens: list[Token], at: int) -> str:
    """Return the word of order that stands right before an amount: 再加10斤."""
    return next((t.grade if t.kind == "key" else "" for t in reversed(tokens[:at]) if t.kind != "filler"), "")


def _may_name(word: str) -> bool:
    return any("\u3400" <= one <= "\u9fff" or one.isalpha() for one in word)
