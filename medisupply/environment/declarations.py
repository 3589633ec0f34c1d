"""All variables of the product, in the order in which the page has them. Those of developers' tools are in `dev`."""

from __future__ import annotations

from typing import Any, Final

from medisupply.environment.metrics import Metrics
from medisupply.environment.processes import Processes
from medisupply.environment.retention import Retention
from medisupply.environment.services import Aws, Services
from medisupply.environment.site import Api, Application, Transport
from medisupply.environment.uploads import Uploads
from medisupply.environment.variable import Section, Variable

SECTIONS: Final[tuple[type[Section], ...]] = (
    *(Application, Transport, Api, Services, Aws),
    *(Uploads, Retention, Metrics, Processes),
)


def declared() -> list[Variable[Any]]:
    return [variable for section in SECTIONS for variable in section.variables()]
