"""Numbers within limits, as a pattern of the text that a program prints."""

from wetrun.formats.runbook.quantities.amounts import Amount

__all__ = ["none_beyond", "number_at_least", "number_within"]

_ALONE = r"(?<![\w.,])"
_ENDS = r"(?![\d,]|\.\d)"
_LARGEST = 1e12


def number_within(found: Amount) -> str | None:
    """A pattern of the whole numbers that an amount allows, without and with commas between thousands.

    Args:
        found: The amount; its unit is not looked at.

    Returns:
        The pattern; None where an end of the amount is no whole number, and where no number is left.
    """
    low, high = _whole(found.low), _whole(found.high)
    if (low is None) != (found.low is None) or (high is None) != (found.high is None):
        return None
    if found.open:
        low, high = None if low is None else low + 1, None if high is None else high - 1
    if high is not None and high < 0:
        return None
    # Whatever has commas has at least four digits; a limit with as many is compared without them.
    grouped = r"|\d{1,3}(?:,\d{3})+" if low is not None and low <= 1000 else ""
    at_least = None if low is None else f"(?:{number_at_least(low)}{grouped})"
    if high is None:
        return f"{_ALONE}{at_least}{_ENDS}"
    at_most = _number_below(high + 1)
    return f"{_ALONE}{at_most}{_ENDS}" if at_least is None else f"{_ALONE}(?={at_least}{_ENDS}){at_most}{_ENDS}"


def none_beyond(found: Amount, unit: str) -> str | None:
    """A pattern of texts with a number of this unit, of which none is above the amount's upper end.

    Args:
        found: The amount, with an upper end and no lower one.
        unit: What stands behind the number, as a pattern.
    """
    high = _whole(found.high)
    if high is None or found.low is not None:
        return None
    same = "" if found.open else rf"(?!{high}(?:\.0+)?{unit})"
    above = rf"(?<![\w.]){same}{number_at_least(high)}(?:\.\d+)?{unit}"
    return rf"\A(?![\s\S]*?{above})[\s\S]*?\d{unit}"


def number_at_least(number: int) -> str:
    r"""A pattern of whole numbers that are at least this one: of 18 it is `(?:18|[2-9]\d|19|\d{3,})`."""
    digits = str(number)
    choices: list[str] = [digits]
    for index, digit in enumerate(digits):
        if digit != "9":
            choices.append(f"{digits[:index]}{_between(int(digit) + 1, 9)}" + r"\d" * (len(digits) - index - 1))
    choices.append(rf"\d{{{len(digits) + 1},}}")
    return rf"(?:{'|'.join(choices)})"


def _number_below(number: int) -> str:
    r"""A pattern of whole numbers below this one, which is not 0: of 80 it is `(?:[0-7]\d|\d)`."""
    digits = str(number)
    choices = [
        f"{digits[:index]}{_between(0, int(digit) - 1)}" + r"\d" * (len(digits) - index - 1)
        for index, digit in enumerate(digits)
        if digit != "0"
    ]
    if len(digits) > 1:
        choices.append(r"\d" if len(digits) == 2 else rf"\d{{1,{len(digits) - 1}}}")
    return rf"(?:{'|'.join(choices)})"


def _whole(number: float | None) -> int | None:
    return int(number) if number is not None and number == int(number) and 0 <= number < _LARGEST else None


def _between(first: int, last: int) -> str:
    return str(first) if first == last else f"[{first}-{last}]"
