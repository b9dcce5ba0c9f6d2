"""Numbers as a plan writes them."""

__all__ = ["number_text"]


def number_text(number: float, digits: int = 15) -> str:
    """Write a number for a plan, which knows no exponents: `8e-07` is `0.0000008`.

    Args:
        number: Any finite one; below 1e-20 it is written as `0`.
        digits: How many count at most; what arithmetic leaves behind them is dropped.
    """
    text = f"{number:.{digits}g}"
    return f"{float(text):.20f}".rstrip("0").rstrip(".") if "e" in text else text
