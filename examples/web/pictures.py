"""Pictures of figures, as SVG that is made here and needs no script: colours and fonts are those of the style sheet."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from markupsafe import Markup, escape

from examples.web.words import Words
from invoicecore import Age, Aging, EntryKind, Explanation, Forecast, Money

_AGES = {
    Age.CURRENT: "Not due yet",
    Age.UP_TO_30: "1–30 days",
    Age.UP_TO_60: "31–60",
    Age.UP_TO_90: "61–90",
    Age.OLDER: "Older",
}
_FEWEST_DAYS, _MOST_DAYS = 28, 120


def _tag(name: str, *content: object, **given: object) -> Markup:
    attributes = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(it))}"' for key, it in given.items())
    return Markup(f"<{name}{attributes}>{''.join(str(escape(it)) for it in content)}</{name}>")


def _picture(name: str, said: str, width: int, height: int, *content: Markup) -> Markup:
    stretch = {"preserveAspectRatio": "none"} if name == "meter" else {}
    box = {
        "viewBox": f"0 0 {width} {height}",
        "class_": f"picture {name}",
        "role": "img",
        "aria_label": said,
        **stretch,
    }
    return _tag("svg", *content, **box)


def _text(x: float, y: float, said: object, anchor: str = "start", class_: str = "") -> Markup:
    return _tag("text", _alone(said), x=round(x, 1), y=round(y, 1), text_anchor=anchor, class_=class_)


def _alone(said: object) -> str:
    """Written by itself, so that it is not mixed up with what is written the other way."""
    return f"\u2068{said}\u2069"


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return _tag("line", **{name: round(it, 1) for name, it in ends.items()}, class_=class_)


def _bar(x: float, y: float, width: float, height: float, class_: str, said: str = "") -> Markup:
    place = {"x": round(x, 1), "y": round(y, 1), "width": round(max(width, 0), 1), "height": round(height, 1)}
    return _tag("rect", *([_tag("title", said)] if said else []), **place, rx=2, class_=class_)


def meter(ratio: Fraction | None, words: Words) -> Markup:
    """The utilization bar of a client; nothing where there is none."""
    if ratio is None:
        return Markup()
    level = "full" if ratio >= 1 else "high" if ratio >= Fraction(3, 4) else "low"
    used = min(max(ratio, Fraction(0)), Fraction(1))
    said = words("{percent} used", percent=words.percent(ratio))
    return _picture("meter", said, 100, 6, _bar(0, 0, 100, 6, "track"), _bar(0, 0, float(used * 100), 6, level))


def aging(shown: Aging, words: Words) -> Markup:
    """A bar for each client, as long as what they owe, and as dark as it is late."""
    rows = shown.clients.rows
    most = max((row.total.minor for row in rows), default=0) or 1
    drawn: list[Markup] = []
    for place, row in enumerate(rows):
        x, y = 106.0, 8 + 34 * place
        drawn.append(_text(96, y + 16, row.client.name[:14], "end"))
        for kind, amount in zip(Age, row.amounts, strict=True):
            width = 260 * amount.minor / most
            drawn.append(
                _bar(x, y, width, 22, f"age-{kind.name.lower()}", f"{words(_AGES[kind])}: {words.money(amount)}")
            )
            x += width
        drawn.append(_text(x + 8, y + 16, words.money(row.total), class_="figure"))
    said = "; ".join(f"{row.client.name}: {words.money(row.total)}" for row in rows)
    return _picture("aging", said, 500, 8 + 34 * max(len(rows), 1), *drawn)


def ages(words: Words) -> list[tuple[str, str]]:
    """What the shades of `aging` mean: a class for each, and words."""
    return [(f"age-{kind.name.lower()}", words(text)) for kind, text in _AGES.items()]


def forecast(shown: Forecast, words: Words) -> Markup:
    """The balance on its way down at the pace of the last weeks, and the levels that it will meet."""
    today = shown.window.last + timedelta(days=1)
    ahead = [(day - today).days for day in (shown.refill_on, shown.stops_on) if day is not None]
    days = min(max([_FEWEST_DAYS, *(it + 5 for it in ahead)]), _MOST_DAYS)
    fall = float(shown.pace) * days
    levels = [it.minor for it in (shown.refill_at, shown.allowed_balance) if it is not None]
    top = max(shown.balance.minor, shown.projected_balance.minor, 0, *levels)
    bottom = min(shown.balance.minor - fall, *levels, -1.0)
    width, floor, left, above = 500, 200, 8, 26

    def y(minor: float) -> float:
        return above + (top - minor) / (top - bottom) * (floor - above)

    def x(day: float) -> float:
        return left + day / days * (width - 2 * left)

    drawn, said = [_line(left, y(0), width - left, y(0), "axis")], list[Markup]()
    for amount, kind in ((shown.projected_balance, "projected"), (shown.balance, "balance")):
        drawn.append(_line(x(0), y(amount.minor), x(days), y(amount.minor - fall), f"course {kind}"))
    beside = shown.balance.minor - fall * 80 / width  # the line has come down to this where its figure ends
    said.append(_text(left, y(beside) + 16, words.money(shown.balance), class_="figure"))
    for day, anchor in ((0, "start"), (days // 2, "middle"), (days, "end")):
        said.append(_text(x(day), floor + 26, words.day(today + timedelta(days=day)), anchor))
    height = floor + 38
    for level, on, name, kind in (
        (shown.refill_at, shown.refill_on, words("Refill balance"), "refill"),
        (shown.allowed_balance, shown.stops_on, words("Allowed balance"), "stop"),
    ):
        if level is not None:
            height += 24
            drawn.append(_line(left, y(level.minor), width - left, y(level.minor), f"level {kind}"))
            drawn.append(_line(left, height - 12, left + 24, height - 12, f"level {kind}"))
            parts = [name, words.money(level), *([words.day(on)] if on else [])]
            said.append(_text(left + 34, height - 7, " · ".join(map(_alone, parts))))
            if on is not None and (on - today).days <= days:
                drawn.append(
                    _tag("circle", cx=round(x((on - today).days), 1), cy=round(y(level.minor), 1), r=5, class_=kind)
                )
    stops, refill = words.day(shown.stops_on) or "–", words.day(shown.refill_on) or "–"
    label = words("Work will stop: {stops}. Next refill: {refill}.", stops=stops, refill=refill)
    return _picture("forecast", label, width, height, *drawn, *said)


def explain(why: Explanation, words: Words) -> Markup:
    """How the entries of each kind add up to the balance."""
    parts: Sequence[tuple[EntryKind | None, Money]] = [(it.kind, it.amount) for it in why.balance.parts]
    ends, reached = [0], 0
    for _, amount in parts:
        reached += amount.minor
        ends.append(reached)
    low, high = min(ends), max(ends)
    scale, drawn = 260 / ((high - low) or 1), list[Markup]()
    zero = 140 - low * scale
    for place, (kind, amount) in enumerate((*parts, (None, why.balance.amount))):
        begin, end = (0, amount.minor) if kind is None else (ends[place], ends[place + 1])
        at = 6 + 32 * place
        colour = "whole" if kind is None else "plus" if amount.minor >= 0 else "minus"
        drawn.append(_text(130, at + 15, words("Balance") if kind is None else words.label(kind), "end"))
        drawn.append(_bar(zero + min(begin, end) * scale, at, abs(end - begin) * scale, 20, colour))
        drawn.append(_text(zero + max(begin, end) * scale + 8, at + 15, words.money(amount), class_="figure"))
    height = 10 + 32 * (len(parts) + 1)
    drawn.append(_line(zero, 0, zero, height, "axis"))
    return _picture("explain", words.say(why.balance.rule), 500, height, *drawn)
