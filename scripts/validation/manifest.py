"""manifest.json: the keys of a custom integration, their order, and their values."""

from pathlib import PurePosixPath

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .repository import Finding, Findings, Repository, branch
from .schemas import violations

FILE = "manifest.json"
IOT_CLASSES = [
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
]
# The values in 2026.11; 2026.10 ignores the key.
CONNECTIVITY = [
    "bluetooth",
    "cloud",
    "dali",
    "dect",
    "enocean",
    "esphome",
    "homekit",
    "host",
    "infrared",
    "insteon",
    "knx",
    "lorawan",
    "matter",
    "modbus",
    "mqtt",
    "network",
    "onewire",
    "rf",
    "serial",
    "x10",
    "zigbee",
    "zwave",
]
# Without "virtual", as a virtual integration has no code and is never a custom one.
INTEGRATION_TYPES = ["device", "entity", "hardware", "helper", "hub", "service", "system"]
QUALITY_SCALES = [
    "bronze",
    "silver",
    "gold",
    "platinum",
    "custom",
    "internal",
    "legacy",
    "no_score",
]
VERSION_STRATEGIES = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]


def _documentation(value: str) -> str:
    if not value.startswith("https:"):
        raise vol.Invalid("is no https address")
    if value.startswith("https://www.home-assistant.io/integrations"):
        raise vol.Invalid("is a page of Home Assistant's own integrations")
    return value


def _version(value: str) -> str:
    try:
        AwesomeVersion(value, ensure_strategy=VERSION_STRATEGIES)
    except AwesomeVersionException as error:
        raise vol.Invalid("is no version") from error
    return value


SCHEMA = vol.Schema(
    {
        vol.Required("domain"): str,
        vol.Required("name"): str,
        vol.Optional("after_dependencies"): [str],
        vol.Optional("bluetooth"): list,
        vol.Optional("categories"): [vol.Match(r"[a-z_]+(\.[a-z_]+)?$", msg="is no category")],
        vol.Required("codeowners"): [vol.Match("@", msg="does not begin with @")],
        vol.Optional("config_flow"): bool,
        vol.Optional("connectivity"): [vol.In(CONNECTIVITY)],
        vol.Optional("dependencies"): [str],
        vol.Optional("dhcp"): list,
        vol.Optional("disabled"): str,
        vol.Required("documentation"): vol.All(cv.url, _documentation),
        vol.Optional("homekit"): dict,
        vol.Optional("import_executor"): bool,
        vol.Optional("integration_type"): vol.In(INTEGRATION_TYPES),
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("issue_tracker"): cv.url,
        vol.Optional("loggers"): [str],
        vol.Optional("lorawan"): list,
        vol.Optional("mqtt"): [str],
        vol.Optional("preview_features"): dict,
        vol.Optional("quality_scale"): vol.In(QUALITY_SCALES),
        vol.Optional("requirements"): [vol.Match(r"\S+$", msg="has a space")],
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
    if branch(manifest).get("domain") != PurePosixPath(repository.folder).name:
        yield Finding(file, "domain: is not the name of the folder")
    if branch(manifest).get("config_flow"):
        if repository.path("config_flow.py") not in repository.files:
            yield Finding(file, "config_flow: there is no config_flow.py")
        if "integration_type" not in manifest:
            yield Finding(file, "integration_type: is missing, where there is a config_flow")
