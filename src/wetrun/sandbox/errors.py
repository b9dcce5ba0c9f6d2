"""What can go wrong with a sandbox, one class per cause."""

from wetrun.errors import WetrunError

__all__ = [
    "HelperFailedError",
    "IsolationUnavailableError",
    "NoAuthorityError",
    "PlanFileError",
    "ProxyUnavailableError",
    "SandboxGoneError",
    "ScriptFailedError",
    "StartedAlreadyError",
    "UnisolatedPlanError",
]


class IsolationUnavailableError(WetrunError):
    """This machine does not allow the namespaces that a sandbox needs.

    Attributes:
        stage: What was refused.
        number: The kernel's error number, or 0.
    """

    def __init__(self, stage: str, number: int, reason: str, hint: str) -> None:
        super().__init__(f"no sandbox can be made here: {reason}", hint=hint)
        self.stage = stage
        self.number = number


class SandboxGoneError(WetrunError):
    """The sandbox ended while something was asked of it."""

    def __init__(self, log: str = "") -> None:
        super().__init__("the sandbox is gone" + (f"; its agent said:\n{log}" if log else ""))


class HelperFailedError(WetrunError):
    """The proxy or the ssh server of a sandbox could not start, or has ended."""

    def __init__(self, broken: dict[str, str], log: str) -> None:
        what = ", ".join(f"`{name}` {why}" for name, why in sorted(broken.items()))
        super().__init__(f"a helper of the sandbox failed: {what}; the log ends with:\n{log}")
        self.broken = broken


class ScriptFailedError(WetrunError):
    """A script of the double failed.

    Attributes:
        script: Its path beside the plan.
        end: What it exited with (negative for a signal), or in words why it has no exit code.
        tail: The end of its output; of a script that cannot be started its first line. Empty when it printed nothing.
    """

    def __init__(self, script: str, end: int | str, tail: str) -> None:
        if isinstance(end, int):
            how = f"failed with exit code {end}" if end >= 0 else f"was ended by signal {-end}"
        else:
            how = f"failed: {end}"
        hint = "it runs inside the double, as root, in a copy of the files beside the plan that `double` names"
        if not tail.strip():
            hint += "; `set -x` at its beginning shows its commands"
        said = f"; it says:\n{tail}" if tail.strip() else ", and printed nothing"
        super().__init__(f"`{script}` {how}{said}", hint=hint)
        self.script = script
        self.end = end
        self.tail = tail


class StartedAlreadyError(WetrunError):
    """A variable was set for services that are running already."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"`{variable}` cannot be set any more: the services have started")
        self.variable = variable


class PlanFileError(WetrunError):
    """A file or folder that the double names cannot be used."""

    def __init__(self, path: str, problem: str, hint: str | None = None) -> None:
        super().__init__(f"`{path}` {problem}", hint=hint)
        self.path = path


class ProxyUnavailableError(WetrunError):
    """No proxy stands in front of a port."""

    def __init__(self, port: int, reason: str) -> None:
        hint = f"declare it under `double: {{ports: [{{port: {port}, to: …}}]}}` and let the service listen on `to`"
        super().__init__(f"connections to port {port} cannot be disturbed: {reason}", hint=hint)
        self.port = port


class NoAuthorityError(WetrunError):
    """The ssh key or certificate authority of a sandbox was asked for, which has none."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"this sandbox has no {wanted}")


class UnisolatedPlanError(WetrunError):
    """A plan needs what only a sandbox gives."""

    def __init__(self, needs: str) -> None:
        hint = "rehearse it on a Linux machine that allows user namespaces, without `--isolation none`"
        super().__init__(f"this plan cannot run with `--isolation none`: it needs {needs}", hint=hint)
