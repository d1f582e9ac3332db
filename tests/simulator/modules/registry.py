"""The methods of each module, and their access rights."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from . import accounts, cameras, credentials, system
from .call import Answer, Call, ModuleError

type Method = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Module:
    """A module's methods by command; an open one needs no authentication."""

    methods: dict[str, Method] = field(default_factory=dict)
    open: bool = False


MODULES: Final = {
    "cameras": Module(
        {"list": cameras.list_all, "read": cameras.read, "update": cameras.update},
    ),
    "credentials": Module(
        {
            "list": credentials.list_all,
            "create": credentials.create,
            "read": credentials.read,
            "update": credentials.update,
            "delete": credentials.delete,
        },
    ),
    "users": Module(
        {
            "list": accounts.list_users,
            "create": accounts.create_user,
            "read": accounts.read_user,
            "update": accounts.update_user,
            "delete": accounts.delete_user,
        },
    ),
    "cronjobs": Module({"list": system.list_cron_jobs, "update": system.run_cron_job}),
    "htop": Module({"list": system.list_processes, "update": system.control_process}),
    "auth": Module({"create": accounts.log_in}, open=True),
    "health": Module({"list": system.list_health}, open=True),
    "version": Module({"list": system.list_version}, open=True),
    "swagger": Module({"list": system.list_swagger}, open=True),
}


async def answer(call: Call) -> Answer:
    """Answer a valid request. Raises ModuleError; checks are in the server's order."""
    module = MODULES.get(call.module)
    if module is None:
        raise ModuleError(f"Module {call.module} not initialized")
    if call.user is None and not module.open:
        raise ModuleError("Unauthorized")
    method = module.methods.get(call.command)
    if method is None:
        raise ModuleError(f"Module {call.module} does not implement a {call.command} method")
    return await method(call)
