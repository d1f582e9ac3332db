"""A small integration in which nothing is wrong, for faults to be planted in."""

import json
from pathlib import Path

import yaml

from scripts.validation.quality_scale import RULES
from scripts.validation.repository import parse

SAMPLE = "custom_components/sample"

MANIFEST = """
domain: sample
name: Sample
codeowners: ["@someone"]
config_flow: true
dependencies: [http]
documentation: https://example.com/sample
integration_type: hub
iot_class: local_push
issue_tracker: https://example.com/sample/issues
requirements: ["python-socketio[asyncio_client]>=5.16,<6"]
version: 1.0.0
"""
WORDS = """
config:
  step:
    user:
      data: {host: Host}
      data_description: {host: The name of the server.}
      sections: {more: {data: {port: Port}, data_description: {port: Its port.}}}
entity:
  camera: {view: {state_attributes: {taken: {name: Taken}}}}
  sensor:
    health: {name: "Health of {host}", state: {good: Good}, unit_of_measurement: points}
    since: {name: Since}
services:
  send:
    name: Send
    description: Sends a message.
    fields: {message: {name: Message, description: What is sent.}}
    sections: {more: {name: More}}
triggers: {sent: {name: Sent, description: A message was sent., fields: {for: {name: For}}}}
conditions: {sending: {name: Sending, description: A message is sent.}}
selector: {kind: {options: {short: Short}}}
issues:
  full: {title: It is full, description: Make room.}
  open: {title: It is open, fix_flow: {step: {confirm: {title: Close it}}}}
exceptions: {broken: {message: "It broke: {reason}"}}
system_health: {info: {servers: Servers}}
config_panel: {card: {name: Card}}
"""
ICONS = """
entity: {sensor: {health: {default: mdi:heart, state: {good: mdi:heart-plus}}}}
services: {send: {service: mdi:send}}
triggers: {sent: {trigger: mdi:send-check}}
conditions: {sending: {condition: mdi:send-clock}}
"""
SERVICES = """
send:
  fields:
    more:
      collapsed: true
      fields: {message: {example: Hello, selector: {select: {translation_key: kind, options: []}}}}
"""
TRIGGERS = """
.for: &for {selector: {duration: }}
sent: {fields: {for: *for}, target: {entity: [{domain: sensor}]}}
"""
SENSOR = """
from typing import TYPE_CHECKING
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.components.http import StaticPathConfig
import aiohttp, engineio, socketio, voluptuous
from . import other

if TYPE_CHECKING:
    from homeassistant.components.recorder import Recorder
try:
    import av
except ImportError:
    av = None
SensorEntityDescription(key="since", translation_key="since", device_class="timestamp")
"""


def png(width: int, height: int) -> bytes:
    """What a checker reads of an image."""
    sides = width.to_bytes(4) + height.to_bytes(4)
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + sides + b"\0\0\0\0IEND\xaeB`\x82"


def _as_json(text: str) -> bytes:
    return json.dumps(yaml.safe_load(text)).encode()


FILES = {
    "LICENSE": (Path(__file__).parents[1] / "LICENSE").read_bytes(),
    "README.md": b"# Sample",
    "hacs.json": b'{"name": "Sample", "homeassistant": "2026.10.4"}',
    f"{SAMPLE}/brand/icon.png": png(256, 256),
    f"{SAMPLE}/brand/logo@2x.png": png(900, 400),
    f"{SAMPLE}/conditions.yaml": b"sending:",
    f"{SAMPLE}/config_flow.py": b"",
    f"{SAMPLE}/diagnostics.py": b"from homeassistant.components.diagnostics import REDACTED",
    f"{SAMPLE}/icons.json": _as_json(ICONS),
    f"{SAMPLE}/manifest.json": _as_json(MANIFEST),
    f"{SAMPLE}/quality_scale.yaml": json.dumps({"rules": dict.fromkeys(RULES, "done")}).encode(),
    f"{SAMPLE}/sensor.py": SENSOR.encode(),
    f"{SAMPLE}/services.yaml": SERVICES.encode(),
    f"{SAMPLE}/translations/de.json": _as_json(WORDS),
    f"{SAMPLE}/translations/en.json": _as_json(WORDS),
    f"{SAMPLE}/triggers.yaml": TRIGGERS.encode(),
}
SOUND = parse(FILES)
