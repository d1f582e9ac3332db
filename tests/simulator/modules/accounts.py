"""`users` and `auth`: users, and logging in."""

from datetime import timedelta

from tests.simulator.records import User, utc_now
from tests.simulator.rows import iso, user_row

from .call import Answer, Call, ModuleError
from .paging import matching, page_of

_TWIN = (
    "insert into `users` (`can_login`, `created_at`, `password`, `updated_at`, `username`)"
    " values ({flag}, '{now}', '$scrypt$n=16384,r=8,p=1$c2FsdA$aGFzaA', '{now}', '{name}')"
    " - UNIQUE constraint failed: users.username"
)


async def list_users(call: Call) -> Answer:
    """List users without passwords, newest first."""
    payload = call.search
    users = sorted(call.world.users.values(), key=lambda user: -user.id)
    rows = [user_row(user) for user in users]
    return page_of(matching(rows, payload.get("search"), ("username",)), payload)


async def create_user(call: Call) -> Answer:
    """Create a user; for a duplicate name, fail with the SQL statement, as recorded."""
    username, password = call.given.get("username"), call.given.get("password")
    if not isinstance(username, str) or not isinstance(password, str):
        raise ModuleError("NOT NULL constraint failed: users.username")
    can_login = bool(call.given.get("can_login"))
    if call.world.user_named(username):
        now = f"{utc_now():%Y-%m-%d %H:%M:%S}"
        raise ModuleError(_TWIN.format(flag=str(can_login).lower(), now=now, name=username))
    call.world.add_user(username, password, can_login=can_login)
    return None


async def read_user(call: Call) -> Answer:
    """Return a user."""
    return user_row(call.row(call.world.users))


async def update_user(call: Call) -> Answer:
    """Change the password and `can_login`; tokens stay valid, as recorded."""
    user = call.row(call.world.users)
    can_login = call.given.get("can_login", user.can_login)
    if user is call.user and can_login != user.can_login:
        raise ModuleError("errors.users.update.cannotChangeOwnLoginAbility")
    user.password = call.given.get("password", user.password)
    user.can_login = bool(can_login)
    return None


async def delete_user(call: Call) -> Answer:
    """Delete a user and its tokens; id 0 is the server's own user."""
    if call.id == 0:
        raise ModuleError("errors.users.delete.cannotDeleteSystemUser")
    if call.user and call.id == call.user.id:
        raise ModuleError("errors.users.delete.cannotDeleteSelf")
    call.world.remove_user(call.row(call.world.users).id)
    return None


async def log_in(call: Call) -> Answer:
    """Return a new token; as recorded, `can_login` is not checked."""
    if call.user:
        raise ModuleError("errors.auth.create.loggedIn")
    user = call.world.user_named(call.given.get("username"))
    if user is None or user.password != call.given.get("password"):
        raise ModuleError("Invalid user credentials")
    if not (user.can_login or call.quirks.anybody_logs_in):
        raise ModuleError("Invalid user credentials")
    return _token_answer(call, user)


def _token_answer(call: Call, user: User) -> Answer:
    expiration = utc_now() + timedelta(seconds=call.times.token_lifetime)
    return {
        "bearer": call.world.issue_token(user),
        "expiration": iso(expiration),
        "user": user_row(user),
    }
