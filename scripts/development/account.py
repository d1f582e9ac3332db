"""Create the user of a new Home Assistant, and log in as that user."""

from http import HTTPStatus

from aiohttp import ClientError, ClientSession

from .api import Api, request
from .failure import Failure
from .options import HOME_ASSISTANT
from .polling import wait_for

# Seconds: the first start downloads Home Assistant's packages.
START_TIMEOUT = 600.0

HOME = {
    "location_name": "Demo home",
    "latitude": 52.3731,
    "longitude": 4.8926,
    "elevation": 2,
    "country": "NL",
    "currency": "EUR",
    "language": "en",
    "time_zone": "Europe/Amsterdam",
    "unit_system": "metric",
}


async def log_in(url: str) -> str:
    """Wait for Home Assistant, create the user if there is none, and return an access token."""
    async with ClientSession(url) as session:
        steps = await wait_for(
            "Home Assistant's start", lambda: open_steps(session), seconds=START_TIMEOUT
        )
        client_id = f"{url}/"
        log_in_user = create_user if "user" in steps else authorization_code
        code = await log_in_user(session, client_id)
        return await access_token(session, client_id, code)


async def open_steps(session: ClientSession) -> set[str] | None:
    """Return the remaining onboarding steps, or None while Home Assistant doesn't answer yet."""
    try:
        async with session.get("/api/onboarding") as response:
            if response.status == HTTPStatus.NOT_FOUND:
                # The resource exists only until all steps are done.
                return set()
            return {step["step"] for step in await response.json() if not step["done"]}
    except ClientError:
        return None


async def create_user(session: ClientSession, client_id: str) -> str:
    """Create the first user, and return an authorization code."""
    user = {
        "name": HOME_ASSISTANT.user.title(),
        "username": HOME_ASSISTANT.user,
        "password": HOME_ASSISTANT.password,
        "client_id": client_id,
        "language": HOME["language"],
    }
    answer = await request(session, "POST", "/api/onboarding/users", user)
    return str(answer["auth_code"])


async def authorization_code(session: ClientSession, client_id: str) -> str:
    """Log in with the password like the login page, and return an authorization code."""
    flow = {
        "client_id": client_id,
        "handler": ["homeassistant", None],
        "redirect_uri": client_id,
    }
    form = await request(session, "POST", "/auth/login_flow", flow)
    login = {
        "client_id": client_id,
        "username": HOME_ASSISTANT.user,
        "password": HOME_ASSISTANT.password,
    }
    answer = await request(session, "POST", f"/auth/login_flow/{form['flow_id']}", login)
    if answer["type"] != "create_entry":
        raise Failure("Home Assistant refused the login: --fresh makes a new one")
    return str(answer["result"])


async def access_token(session: ClientSession, client_id: str, code: str) -> str:
    """Exchange an authorization code for an access token."""
    grant = {"grant_type": "authorization_code", "client_id": client_id, "code": code}
    async with session.post("/auth/token", data=grant) as response:
        return str((await response.json())["access_token"])


async def complete_onboarding(home: Api, url: str) -> None:
    """Complete the onboarding steps of the first visit."""
    steps = await open_steps(home.session) or set()
    if "core_config" in steps:
        await home.command("config/core/update", **HOME)
        await home.post("/api/onboarding/core_config", {})
    if "analytics" in steps:
        await home.post("/api/onboarding/analytics", {})
    if "integration" in steps:
        redirect = {"client_id": f"{url}/", "redirect_uri": f"{url}/"}
        await home.post("/api/onboarding/integration", redirect)
