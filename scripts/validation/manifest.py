"""manifest.json: the keys of a custom integration, their order, and what they hold."""

import re
from typing import get_args, get_type_hints
from urllib.parse import urlsplit

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
from homeassistant.loader import Manifest
from packaging.requirements import InvalidRequirement, Requirement
import voluptuous as vol

from .repository import Finding, Findings, Repository, branch
from .schemas import violations

FILE = "manifest.json"
IOT_CLASSES = (
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
)
# A virtual integration has no code, so that it is never a custom one.
INTEGRATION_TYPES = [
    kind for kind in get_args(get_type_hints(Manifest)["integration_type"]) if kind != "virtual"
]
VERSION_STRATEGIES = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
_PINS = {"==", "===", "~="}
_FLOORS = {">=", ">"}
_CEILINGS = {"<=", "<"}


def _page(value: str) -> str:
    address = urlsplit(value)
    if address.scheme != "https" or not address.netloc:
        raise vol.Invalid("is no https address")
    if re.match(r"https://(www\.)?home-assistant\.io/integrations", value):
        raise vol.Invalid("is a page of Home Assistant's own integrations")
    return value


def _version(value: str) -> str:
    try:
        AwesomeVersion(value, ensure_strategy=VERSION_STRATEGIES)
    except AwesomeVersionException as error:
        raise vol.Invalid("is no version") from error
    return value


def _requirement(value: str) -> str:
    try:
        requirement = Requirement(value)
    except InvalidRequirement as error:
        raise vol.Invalid("is no requirement") from error
    if " " in value:
        raise vol.Invalid("has a space")
    operators = {each.operator for each in requirement.specifier}
    if not operators & _PINS and not (operators & _FLOORS and operators & _CEILINGS):
        raise vol.Invalid("is neither pinned nor a range with both ends")
    return value


SCHEMA = vol.Schema(
    {
        vol.Required("domain"): str,
        vol.Required("name"): str,
        vol.Optional("after_dependencies"): [str],
        vol.Optional("bluetooth"): list,
        vol.Required("codeowners"): vol.All(
            [vol.Match(r"^@[\w-]+(/[\w-]+)?$", msg="does not begin with @, or is no name")],
            vol.Length(min=1, msg="names nobody"),
        ),
        vol.Optional("config_flow"): bool,
        vol.Optional("dependencies"): [str],
        vol.Optional("dhcp"): list,
        vol.Optional("disabled"): str,
        vol.Required("documentation"): vol.All(str, _page),
        vol.Optional("homekit"): dict,
        vol.Optional("import_executor"): bool,
        vol.Required("integration_type"): vol.In(INTEGRATION_TYPES),
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("issue_tracker"): vol.All(str, _page),
        vol.Optional("loggers"): [str],
        vol.Optional("mqtt"): list,
        vol.Optional("preview_features"): dict,
        vol.Optional("quality_scale"): vol.In(["bronze", "silver", "gold", "platinum", "custom"]),
        vol.Optional("requirements"): [vol.All(str, _requirement)],
        vol.Optional("single_config_entry"): bool,
        vol.Optional("ssdp"): list,
        vol.Optional("usb"): list,
        vol.Required("version"): vol.All(str, _version),
        vol.Optional("zeroconf"): list,
    }
)


def check(repository: Repository) -> Findings:
    """Check the manifest."""
    yield from repository.missing(FILE)
    manifest = repository.document(FILE)
    if manifest is None:
        return
    file = repository.path(FILE)
    yield from violations(SCHEMA, file, manifest)
    keys = list(branch(manifest))
    if keys != sorted(keys, key=lambda key: (key != "domain", key != "name", key)):
        yield Finding(file, "keys are not in order: domain, name, then by the alphabet")
    if branch(manifest).get("domain") not in repository.domains:
        yield Finding(file, "domain: is not the name of the folder")
    has_flow = repository.path("config_flow.py") in repository.files
    if bool(branch(manifest).get("config_flow")) != has_flow:
        yield Finding(file, "config_flow: is true with a config_flow.py, and only with it")
