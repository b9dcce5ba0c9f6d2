"""The status of an HTTP answer that somebody expects of a command, looked for only where the command prints it."""

import re

from wetrun.formats.runbook.expectations.wanted import Wanted, aside, led

__all__ = ["status"]

_STATUS = re.compile(
    r"^(?:HTTP(?:/[\d.]+)?\s+)?(?P<codes>[1-5](?:\d\d|xx|XX)(?:\s?(?:,|/|\||,? or)\s?[1-5](?:\d\d|xx|XX)){0,4})"
    r"(?P<words>(?:\s+[A-Z][A-Za-z]*){0,4})\.?$"
)
_ONE_STATUS = re.compile(r"(?P<first>[1-5])(?P<rest>\d\d|xx|XX)")
_ASKS_HEADERS = re.compile(r"\s(?:-[a-zA-Z]*[iI]|--head|--include)(?=\s|$)")
_ASKS_ALL = re.compile(r"\s(?:-[a-zA-Z]*v|--verbose|-S|--server-response)(?=\s|$)")
_ASKS_CODE = re.compile(r"http_code|response_code")
_PIECES = re.compile(r"[|\n]")
_FORMAT = re.compile(r"\s(?:-[a-zA-Z]*w|--write-out)[ =]?(?P<quote>['\"])(?P<format>[^'\"]*)(?P=quote)")
_VARIABLES = re.compile(r"%\{(?P<name>\w+)\}|(?P<break>\\n|\\r|\\t)")
_CODE_NAMES = frozenset({"http_code", "response_code"})
_ASKS_PAGE = re.compile(r"^curl\b[^|\n]*$")
_FETCHES = re.compile(r"\b(?:curl|wget)\b")
# A page that is a bare number is rare, and one of these numbers behind `curl` is a status.
_CODES = re.compile(r"20[0-4]|30[1-478]|40[0-59]|41[0-8]|42[29]|50[0-4]")
_NOT_PRINTED = "the command does not print the status; write the step as `http:`"


def status(command: str, text: str) -> Wanted | None:
    """A status as an expectation; unverified where the command does not print it; None for what is no status."""
    match = _STATUS.match(aside(led(text))[0])
    if match is None:
        return None
    codes = [each["first"] + each["rest"].lower().replace("x", r"\d") for each in _ONE_STATUS.finditer(match["codes"])]
    code = codes[0] if len(codes) == 1 else f"(?:{'|'.join(codes)})"
    printed = _printed(command, code)
    if printed is not None:
        return Wanted(printed)
    named = text.startswith("HTTP")
    if named and not _FETCHES.search(command):
        # `HTTP` is said because it is printed, or because it is meant; both hold for a line that has the two.
        return Wanted({"output": {"matches": rf"\bHTTP(?:/\S+)? {code}\b"}}, guess="taken as printed text")
    spoken = named or match["words"] or "status" in text.lower()
    if spoken or (_ASKS_PAGE.match(command) and all(map(_CODES.fullmatch, codes))):
        return Wanted(unverified=((0, text),), guess=_NOT_PRINTED)
    return None


def _printed(command: str, code: str) -> dict[str, dict[str, str]] | None:
    """Where a command prints a status, given as a pattern: elsewhere its digits are a length, a port or a page's."""
    asking = next((piece for piece in _PIECES.split(command) if _FETCHES.search(piece)), "")
    with_curl = "curl" in asking
    if with_curl and _ASKS_HEADERS.search(asking):
        return {"stdout": {"matches": rf"^HTTP/\S+ {code}\b"}}
    if _ASKS_ALL.search(asking) and (with_curl or "-S" in asking or "--server" in asking):
        return {"output": {"matches": rf"^(?:< |\s{{0,9}})HTTP/\S+ {code}\b"}}
    if not _ASKS_CODE.search(command):
        return None
    written = None if "|" in command else _FORMAT.search(asking)
    if written is None or not _ASKS_CODE.search(written["format"]):
        return {"stdout": {"matches": rf"(?<![\w.:/-]){code}(?![\w.:/-])"}}
    return {"stdout": {"matches": rf"{_as_written(written['format'], code)}\s*\Z"}}


def _as_written(text: str, code: str) -> str:
    """What `curl --write-out` prints last: its format with this status in it."""
    parts: list[str] = []
    position = 0
    for match in _VARIABLES.finditer(text.rstrip()):
        parts.append(re.escape(text[position : match.start()]))
        parts.append(r"\s*" if match["break"] else code if match["name"] in _CODE_NAMES else r"\S*")
        if parts[-3:-1] == [parts[-1], ""] and match["name"] not in _CODE_NAMES:
            del parts[-2:]  # two of them in a row are as good as one, and would be tried in every way
        position = match.end()
    return "".join((*parts, re.escape(text[position:].rstrip()))).removesuffix(r"\s*")
