"""The simple commands of a text: which programs it calls, with which words, and whether their failure can be seen."""

from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from wetrun.lean import dataclass, pattern
from wetrun.shell.grammar import parse
from wetrun.shell.placeholders import masked
from wetrun.shell.places import Place, commands_below
from wetrun.shell.plain import plain_words

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Call", "calls_of"]

_WRAPPERS = frozenset(
    {"builtin", "command", "doas", "env", "exec", "nice", "nohup", "sudo", "time", "timeout", "xargs"}
)
_WITH_VALUE = frozenset({"-u", "-g", "-n", "-k", "-s", "-C"})
_WORDS = frozenset({"concatenation", "expansion", "number", "raw_string", "simple_expansion", "string", "word"})
_OPERATOR_AND_NEXT = 2
_TAKES_BACK = pattern(
    r"(?:sudo )?(?:kubectl\s(?:\S+\s)*?rollout undo|helm rollback|git (?:reset|revert)|\S*roll-?back\S*)(?:\s|$)"
)
_CONDITIONS = frozenset({"if_statement", "while_statement", "elif_clause"})


@dataclass(frozen=True, slots=True)
class Call:
    """One program that is called.

    Attributes:
        program: Its name without folders, behind `sudo` and the like.
        arguments: Its words, without quotes around them.
        text: As it is written.
        line: Where it begins in the text, from 0.
        column: In characters, from 0.
        piped_into: The program that reads its output, or None.
        reads: The program whose output it reads, or None.
        ignored: What stands behind it so that its failure does not count, as `|| true`; empty otherwise.
        inside: Whether it stands in a substitution `$(…)`.
        redirects: What stands behind `>`, `2>` and the like, as written.
        condition: Whether only its success or failure is asked for (`if`, `while`, `||`, `&&` before more).
        background: Whether it runs beside what follows (`&`).
        holder: The program among whose words its output stands, as in `echo "$(…)"`; empty otherwise.
    """

    program: str
    arguments: tuple[str, ...]
    text: str
    line: int
    column: int
    piped_into: str | None = None
    reads: str | None = None
    ignored: str = ""
    inside: bool = False
    redirects: tuple[str, ...] = field(default=())
    condition: bool = False
    background: bool = False
    holder: str = ""

    def has(self, *options: str) -> bool:
        """Whether one of these options is given, alone or bundled with others (`-rf` has `-r` and `-f`)."""
        letters = {option[1] for option in options if len(option) == 2 and option[0] == "-"}
        for argument in self.arguments:
            if argument.split("=", 1)[0] in options:
                return True
            if argument[:1] == "-" and argument[1:2] not in {"", "-"} and letters & set(argument[1:]):
                return True
        return False

    @property
    def operands(self) -> tuple[str, ...]:
        """The arguments that are no options."""
        return tuple(argument for argument in self.arguments if not argument.startswith("-"))


@lru_cache(maxsize=4096)
def calls_of(text: str) -> tuple[Call, ...]:
    """Every simple command of a text, in order, those in loops, functions and substitutions too."""
    words = plain_words(text)
    if words is not None:
        program, arguments = _unwrapped(words)
        return (Call(program.rsplit("/", 1)[-1], tuple(arguments), text, 0, 0),) if program else ()
    return _parsed_calls(text)


def _parsed_calls(text: str) -> tuple[Call, ...]:
    source = masked(text).encode("utf-8", "surrogatepass")
    original = text.encode("utf-8", "surrogatepass")
    root = parse(source)
    found = [] if root is None else [_call(place, original) for place in commands_below(root)]
    return tuple(sorted((call for call in found if call is not None), key=lambda call: (call.line, call.column)))


def _call(place: Place, source: bytes) -> Call | None:
    node = place.node
    program, arguments = _unwrapped(_words(node, source))
    if not program:
        return None
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    before, after = _pipe(place, source)
    return Call(
        program=program.rsplit("/", 1)[-1],
        arguments=tuple(arguments),
        text=_text(node, source),
        line=node.start_point.row,
        column=len(source[start : node.start_byte].decode("utf-8", "replace")),
        piped_into=after,
        reads=before,
        ignored=_ignored(place, source),
        inside=place.inside,
        redirects=_redirects(place, source),
        condition=_is_condition(place),
        background=place.background,
        holder=_holder(place, source),
    )


def _unwrapped(words: list[str]) -> tuple[str, list[str]]:
    """The program behind `sudo -u deploy`, `env A=1`, `timeout 5`, `nohup`."""
    rest = list(words)
    while rest and rest[0].rsplit("/", 1)[-1] in _WRAPPERS:
        wrapper = rest.pop(0)
        while rest and (rest[0].startswith("-") or "=" in rest[0] or (wrapper == "timeout" and rest[0][:1].isdigit())):
            option = rest.pop(0)
            if option in _WITH_VALUE and rest:
                rest.pop(0)
        if not rest:
            return wrapper, []
    return (rest[0], rest[1:]) if rest else ("", [])


def _word(node: "Node", source: bytes) -> str:
    text = _text(node, source)
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text.replace('"', "").replace("'", "") if node.type == "concatenation" else text


def _text(node: "Node", source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _words(node: "Node", source: bytes) -> list[str]:
    return [_word(child, source) for child in node.children if child.type in _WORDS or child.type == "command_name"]


def _outer(place: Place) -> Place:
    """The command with its redirections."""
    parent = place.parent
    return parent if parent is not None and parent.kind == "redirected_statement" else place


def _pipe(place: Place, source: bytes) -> tuple[str | None, str | None]:
    outer = _outer(place)
    if outer.parent is None or outer.parent.kind != "pipeline":
        return None, None
    before, after = (None if stage is None else _program(stage, source) for stage in outer.named_neighbours())
    return before, after


def _program(node: "Node", source: bytes) -> str:
    """What a stage of a pipe is called: its program, or what else it is."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part.type == "command":
            return _unwrapped(_words(part, source))[0].rsplit("/", 1)[-1]
        waiting.extend(part.children)
    return node.type


def _ignored(place: Place, source: bytes) -> str:
    """`|| true` and its like behind the command or the pipeline in which it stands; a rollback there succeeds, too."""
    part = _outer(place).within("pipeline", "redirected_statement")
    if part.parent is None or part.parent.kind != "list":
        return ""
    following = part.siblings[part.index + 1 : part.index + 3]
    if len(following) < _OPERATOR_AND_NEXT or following[0].type != "||":
        return ""
    otherwise = _text(following[1], source).strip()
    harmless = otherwise.split(" ", 1)[0] in {"true", ":", "echo", "printf"} or otherwise in {"exit 0", "return 0"}
    return f"|| {otherwise}" if harmless or _TAKES_BACK.match(otherwise) else ""


def _holder(place: Place, source: bytes) -> str:
    """The program that gets the output of a substitution as a word; its own end hides that of what stands inside."""
    holder = place.holder
    if holder is None or holder.kind != "command":
        return ""
    if holder.program is None:
        holder.program = _program(holder.node, source)
    return holder.program


def _redirects(place: Place, source: bytes) -> tuple[str, ...]:
    outer = _outer(place)
    if outer is place:
        return ()
    return tuple(_text(child, source) for child in outer.node.children if child.type.endswith("redirect"))


def _is_condition(place: Place) -> bool:
    part = _outer(place).within("pipeline", "redirected_statement", "negated_command")
    parent = part.parent
    if parent is None:
        return False
    if parent.kind == "list":
        following = part.after()
        return following is not None and following.type in {"&&", "||"}
    before = part.siblings[part.index - 1].type if part.index else ""
    return parent.kind in _CONDITIONS and before in {"if", "while", "until", "elif"}
