"""The log: one line for each event, with the identifiers of what it belongs to."""

import sys

# structlog loads rich where it is installed, for tracebacks that are made here (`medisupply.logs.errors`): 80 modules,
# 5 MB and a tenth of a worker's start. A name that stands for `None` is not imported.
_hides_rich = "rich" not in sys.modules and "structlog" not in sys.modules
if _hides_rich:
    sys.modules["rich"] = None  # type: ignore[assignment]  # what the import system documents
import structlog  # noqa: E402, F401  # once, before anything else does

if _hides_rich:
    del sys.modules["rich"]
