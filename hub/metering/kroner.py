"""Amounts as people read them in Norwegian."""

from __future__ import annotations

from decimal import Decimal


def kroner(ore: int) -> str:
    """Øre as `1 234,50`, with no-break spaces between the thousands."""
    whole, rest = divmod(abs(ore), 100)
    sign = "-" if ore < 0 else ""
    return f"{sign}{grouped(whole)},{rest:02}"


def grouped(number: int) -> str:
    """A whole number with no-break spaces between the thousands."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def number(value: Decimal) -> str:
    """A number as `1 234,5`: no-break spaces between the thousands, the decimals that it was given with."""
    whole, point, decimals = f"{value:f}".partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{grouped(abs(int(whole)))}{',' if point else ''}{decimals}"


def decimal_comma(text: object) -> str:
    """A number's text with a decimal comma."""
    return str(text).replace(".", ",")
