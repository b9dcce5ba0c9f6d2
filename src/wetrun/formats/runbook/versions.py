"""Versions that are at least another one, as a pattern."""

__all__ = ["at_least"]


def at_least(version: str) -> str:
    """A pattern of versions that are at least this one, by its first two numbers."""
    first, _, rest = version.partition(".")
    second = rest.partition(".")[0]
    if not second:
        return rf"(?<![\d.]){_number_at_least(int(first))}(?!\d)"
    same = rf"{first}\.{_number_at_least(int(second))}(?!\d)"
    return rf"(?<![\d.])(?:{same}|{_number_at_least(int(first) + 1)}(?!\d))"


def _number_at_least(number: int) -> str:
    r"""A pattern of whole numbers that are at least this one: of 18 it is `(?:18|[2-9]\d|19|\d{3,})`."""
    digits = str(number)
    choices: list[str] = [digits]
    for index, digit in enumerate(digits):
        if digit != "9":
            choices.append(f"{digits[:index]}[{int(digit) + 1}-9]" + r"\d" * (len(digits) - index - 1))
    choices.append(rf"\d{{{len(digits) + 1},}}")
    return rf"(?:{'|'.join(choices)})"
