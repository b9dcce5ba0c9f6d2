"""The `Target` port over a supervisor, wherever that runs: every adapter is this class with its own launcher."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from wetrun.course.masking import Masking
from wetrun.course.results import Ending, Observed
from wetrun.runtime.ports import Progress
from wetrun.targets import wire
from wetrun.targets.channel import Launcher
from wetrun.targets.errors import LinkLostError, TargetError, TargetRefusedError, TargetUnreachableError
from wetrun.targets.front import Front, front_command, query_command, supervisor_source
from wetrun.targets.observing import not_ended, observed
from wetrun.units import Seconds

__all__ = ["ShellTarget"]

_Result = TypeVar("_Result")
_Answer = TypeVar("_Answer", bound=wire.Event)

_ENDING = 20.0
_ANSWER = 30.0


class ShellTarget:
    """A target whose commands a supervisor runs.

    Args:
        name: The target's name in the plan.
        directory: Where the shell starts, there; None means the login folder (`~`).
        session: The session folder, there; of this run alone. A relative one lies in `~/.local/state/wetrun`.
        launcher: Starts the supervisor.
        login: Whether the shell has the environment of a login.
        grace: Whole seconds for which a running command survives a lost connection, ≥ 0.
        patience: Seconds for which a lost connection is tried again, ≥ 0.
        resumed: Whether this run ran before: a command without a claim is then `UNKNOWN` when the session folder is a
            new one, or the machine was restarted in between (claims are not forced to disk).
    """

    def __init__(
        self,
        name: str,
        directory: str | None,
        session: str,
        launcher: Launcher,
        *,
        login: bool = False,
        grace: int = 0,
        patience: float = 10.0,
        resumed: bool = False,
    ) -> None:
        self._name = name
        self._directory = directory or "~"
        self._session = session
        self._launcher = launcher
        self._login = login
        self._grace = grace
        self._patience = patience
        self._resumed = resumed
        self._source = supervisor_source()
        self._setup = b""
        self._masking = Masking(())
        self._front: Front | None = None
        self._closed = False
        self._connected_at = 0.0
        self._ready: wire.Ready | None = None
        self._turn = asyncio.Lock()
        self._connecting = asyncio.Lock()

    @property
    def name(self) -> str:
        """The target's name in the plan."""
        return self._name

    async def open(self, environment: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """Start the supervisor, or take over the session that an earlier one left.

        Raises:
            TargetError: The target cannot be reached, or its directory or session folder cannot be used.
        """
        self._setup = wire.setup(self._directory, environment, secrets)
        self._closed = False
        self._masking = Masking(secrets.values())
        try:
            await self._connect()
        except (LinkLostError, OSError) as error:
            await self.close()
            raise self._unreachable(error) from error
        except BaseException:
            await self.close()
            raise

    async def run(
        self,
        key: str,
        command: str,
        *,
        limit: Seconds,
        outlive: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> Observed:
        """Run a command once under its key and wait for its end; see the port."""
        step = wire.encode_key(key)
        try:
            request = wire.run(step, command, limit=limit, outlive=outlive, variables=variables or {})
        except ValueError as error:
            return Observed(ending=Ending.ERROR, error=str(error))
        again = wire.attach(step, limit=limit, outlive=outlive)
        async with self._turn:
            try:
                over = time.monotonic() + limit
                event = await self._persistently(lambda: self._outcome(step, request, again, over), within=limit)
            except asyncio.CancelledError:
                if not outlive:
                    await asyncio.shield(self.stop(key))
                raise
            except (LinkLostError, TargetError) as error:
                return Observed(ending=Ending.UNKNOWN, error=f"the connection was lost and did not come back: {error}")
        return self._masking.observed(observed(event, command))

    async def progress(self, key: str) -> Progress:
        """Tell how far the command of this key is; see the port.

        Raises:
            TargetError: The target cannot be reached.
        """
        step = wire.encode_key(key)
        event = await self._asked(wire.look(step), wire.Looked, step)
        progress = Progress(event.progress)
        forgetful = self._resumed and self._ready is not None and self._ready.boot != "same"
        return Progress.UNKNOWN if forgetful and progress is Progress.NEVER_STARTED else progress

    async def stop(self, key: str) -> None:
        """End the command's whole tree and wait until it is gone; nothing happens when the command has ended.

        Raises:
            TargetError: The target cannot be reached, or processes could not be ended.
        """
        step = wire.encode_key(key)
        event = await self._asked(wire.end(step, "stopped"), wire.Stopped, step)
        if event.left:
            raise TargetError(self._name, not_ended(event.left), hint="end them by hand; wetrun may lack the right to")

    async def query(self, command: str, *, limit: Seconds, stdin: bytes = b"") -> Observed:
        """Run a command that only looks, in a fresh shell; see the port."""
        if self._ready is None:
            raise TargetError(self._name, "is not open")
        command_line = query_command(self._source, self._ready.session, login=self._login)

        async def ask() -> wire.Outcome:
            key = f"query-{os.urandom(16).hex()}"
            front = Front(await self._launcher.launch(command_line))
            request = self._setup + wire.query(key, command, limit=limit, stdin=stdin)
            try:
                return await front.ask(request, wire.OUTCOMES, key, limit=limit + _ENDING)
            finally:
                await front.end()

        try:
            return self._masking.observed(observed(await self._persistently(ask), command))
        except (LinkLostError, TargetError) as error:
            return Observed(ending=Ending.ERROR, error=f"no shell to look with: {error}")

    async def close(self) -> None:
        """End the shell and what it still runs, except a command that may outlive wetrun. May be called twice."""
        self._closed = True
        front, self._front, self._ready = self._front, None, None
        if front is None:
            return
        with suppress(LinkLostError):
            await front.ask(wire.close(), (wire.Closed,), limit=_ENDING)
        await front.end()

    async def _connect(self) -> Front:
        """The live front; a new one when there is none.

        Raises:
            TargetError: The target answers, and refuses.
            LinkLostError: It does not answer.
        """
        async with self._connecting:
            if self._front is not None and not self._front.lost:
                return self._front
            if self._closed:
                raise TargetError(self._name, "was closed; what may outlive wetrun goes on there")
            if self._front is not None:
                await self._front.end()
                if self._front.taken:
                    raise TargetError(self._name, "another wetrun took it over", hint="look at what that one does")
            argv = front_command(self._source, self._session, self._grace, login=self._login)
            self._front = front = await Front.start(self._launcher, argv, self._source, self._setup)
            event = await front.ask(b"", wire.GREETINGS, limit=_ANSWER)
            if isinstance(event, wire.Refused):
                raise self._refused(event)
            self._ready = self._ready or event
            self._connected_at = time.monotonic()
            return front

    async def _persistently(self, action: Callable[[], Awaitable[_Result]], *, within: float = 0.0) -> _Result:
        """Do it again while the connection keeps getting lost: for `patience` seconds since it was last there.

        A connection that comes and goes is given up `within` seconds (and the patience) after the beginning.
        """
        began, delay = time.monotonic(), 0.2
        failing_since: float | None = None
        while True:
            try:
                return await action()
            except (LinkLostError, OSError) as error:
                now = time.monotonic()
                if failing_since is None or self._connected_at > failing_since:
                    failing_since, delay = now, 0.2
                patient = now + delay <= failing_since + self._patience
                if not patient or now > began + within + self._patience:
                    raise LinkLostError(str(error)) from error
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5.0)

    async def _asked(self, request: bytes, kind: type[_Answer], step: str) -> _Answer:
        async def ask() -> _Answer:
            return await (await self._connect()).ask(request, (kind,), step, limit=_ENDING)

        try:
            return await self._persistently(ask)
        except LinkLostError as error:
            raise self._unreachable(error) from error

    async def _outcome(self, step: str, request: bytes, again: bytes, over: float) -> wire.Outcome:
        """Ask for a command and wait for how it ends; a key that was claimed before is attached to."""
        front = await self._connect()
        event = await self._answer(front, step, request, over)
        return await self._answer(front, step, again, over) if isinstance(event, wire.Claimed) else event

    async def _answer(self, front: Front, step: str, line: bytes, over: float) -> wire.Outcome:
        """Ask once; a command that takes too long is to be ended, and a supervisor that says nothing then is lost."""
        left = max(over - time.monotonic(), 0.0)
        future = front.expect(wire.OUTCOMES, step)
        front.send(line)
        loop = asyncio.get_running_loop()
        late = loop.call_later(left, front.send, wire.end(step, "time-limit"))
        silent = loop.call_later(left + _ENDING, _give_up, future)
        try:
            return await future
        finally:
            late.cancel()
            silent.cancel()

    def _unreachable(self, error: Exception) -> TargetUnreachableError:
        reason = str(error) or "it does not answer"
        return TargetUnreachableError(
            self._name, reason, hint="wetrun needs `bash` 4.4 or newer there, and a way to reach it"
        )

    def _refused(self, event: wire.Refused) -> TargetRefusedError:
        message, hint = {
            "directory": (
                f"the directory `{event.path}` does not exist there or cannot be entered",
                "create it, or correct the target's `directory`",
            ),
            "bash": (f"its bash is version `{event.path}`", "install bash 4.4 or newer there"),
            "system": (f"it runs `{event.path}`", "wetrun needs Linux there"),
            "session": (
                f"the session folder `{event.path}` cannot be written, or belongs to somebody else",
                "make room there, or make it writable for this user",
            ),
        }[event.what]
        return TargetRefusedError(self._name, message, hint=hint)


def _give_up(future: "asyncio.Future[wire.Outcome]") -> None:
    if not future.done():
        future.set_exception(LinkLostError("the supervisor does not answer"))
