"""The dashboard: the one that the integration makes by itself."""

from .api import Api
from .options import DASHBOARD

TITLE = "Cameras"
STRATEGY = {"strategy": {"type": "custom:nestmtx"}}


async def publish(home: Api) -> None:
    """Have the dashboard, and show it first."""
    await create(home)
    await home.command("lovelace/config/save", url_path=DASHBOARD, config=STRATEGY)
    await home.command("frontend/set_system_data", key="core", value={"default_panel": DASHBOARD})


async def create(home: Api) -> None:
    """Make the dashboard, unless it is there."""
    dashboards = await home.command("lovelace/dashboards/list")
    if all(dashboard["url_path"] != DASHBOARD for dashboard in dashboards):
        await home.command(
            "lovelace/dashboards/create", url_path=DASHBOARD, title=TITLE, icon="mdi:cctv"
        )
