"""Answers requests over Socket.IO and HTTP."""

import asyncio
import secrets
from typing import Any

from .devices import Json
from .faults import Faults
from .modules import Call, Effects, ModuleError, answer
from .quirks import Quirks
from .records import User
from .rows import user_row
from .times import Times
from .world import World


class Api:
    """Answers requests from the world."""

    def __init__(self, world: World, quirks: Quirks, times: Times, effects: Effects) -> None:
        """Initialize without requests."""
        self.faults = Faults()
        self.logins = 0
        self.cookies: list[str] = []
        self.world = world
        self.quirks = quirks
        self._times = times
        self._effects = effects

    def user_of(self, token: str) -> User | None:
        """Return the owner of a token."""
        lifetime = None if self.quirks.tokens_never_expire else self._times.token_lifetime
        return self.world.token_owner(token, lifetime)

    async def respond(self, request: Json, user: User | None) -> Any:
        """Return the answer to a valid request; a failure has the key `error`."""
        module, command = request["module"], request["command"]
        await asyncio.sleep(self._times.answer + self.faults.delay)
        if (module, command) in self.faults.answers:
            return self.faults.answers[module, command]
        context = request | ({"user": user_row(user)} if user else {})
        if self.faults.unauthorized:
            return self.error("Unauthorized", [], context)
        try:
            result = await answer(self._call(request, user))
        except ModuleError as error:
            return self.error(error.message, [], context)
        self.logins += (module, command) == ("auth", "create")
        return result

    async def log_in(self, payload: Json, user: User | None) -> Any:
        """Return the answer to POST /api/auth."""
        request = {"module": "auth", "requestId": secrets.token_hex(12)}
        who = {"user": user_row(user)} if user else {}
        try:
            call = self._call(request | {"command": "create", "payload": payload}, user)
            result = await answer(call)
        except ModuleError as error:
            context = request | who | {"command": "create", "payload": payload}
            return self.error(error.message, [], context)
        self.logins += 1
        return result

    def error(self, message: str, details: list[Json], context: Json) -> Json:
        """Return an error; as recorded, it repeats the whole request, including secrets."""
        shown = context if self.quirks.errors_echo_context else {}
        return {"error": {"message": message, "details": details, "context": shown}}

    def _call(self, request: Json, user: User | None) -> Call:
        return Call(
            command=request["command"],
            module=request["module"],
            entity=str(request.get("entity", "")),
            payload=request.get("payload"),
            user=user,
            world=self.world,
            quirks=self.quirks,
            times=self._times,
            effects=self._effects,
        )
