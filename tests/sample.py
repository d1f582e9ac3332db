"""A small valid integration, in which tests plant faults."""

import json

import yaml

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
requirements: ["aiohttp>=3"]
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
triggers:
  sent: {name: Sent, description: A message was sent., fields: {for: {name: For at least}}}
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
    kind: {selector: {select: {translation_key: kind, options: []}}}
    more: {collapsed: true, fields: {message: {example: Hello, selector: {text: }}}}
"""
TRIGGERS = """
.for: &for {selector: {duration: }}
sent: {fields: {for: *for}, target: {entity: [{domain: sensor}]}}
"""
SENSOR = """
from typing import TYPE_CHECKING
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.components.http import StaticPathConfig
import aiohttp
from . import other

if TYPE_CHECKING:
    from homeassistant.components.recorder import Recorder
"""


def _as_json(text: str) -> bytes:
    return json.dumps(yaml.safe_load(text)).encode()


FILES = {
    "LICENSE": b"MIT License",
    "README.md": b"# Sample",
    "hacs.json": b'{"name": "Sample", "homeassistant": "2026.10.4"}',
    f"{SAMPLE}/brand/icon.png": b"",
    f"{SAMPLE}/conditions.yaml": b"sending:",
    f"{SAMPLE}/config_flow.py": b"",
    f"{SAMPLE}/diagnostics.py": b"from homeassistant.components.diagnostics import REDACTED",
    f"{SAMPLE}/icons.json": _as_json(ICONS),
    f"{SAMPLE}/manifest.json": _as_json(MANIFEST),
    f"{SAMPLE}/sensor.py": SENSOR.encode(),
    f"{SAMPLE}/services.yaml": SERVICES.encode(),
    f"{SAMPLE}/translations/de.json": b"{}",
    f"{SAMPLE}/translations/en.json": _as_json(WORDS),
    f"{SAMPLE}/triggers.yaml": TRIGGERS.encode(),
}
SOUND = parse(FILES)
