"""Texts that can be written down as UTF-8, whatever a service answers. Pure."""

__all__ = ["well_formed"]


def well_formed(text: str) -> str:
    r"""Put U+FFFD in the place of every half of a surrogate pair.

    JSON may say `"\ud800"`, which is half a character: no file, no terminal and no command takes it.
    """
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
