"""What the figures depend on beside the code. No name of a host."""
import os
import pathlib
import platform
import re
from typing import Any

from processes import Command, run_alone

QUIET = 0.3  # load average; above, other work takes a share that a ratio of two-thread arms shows

VERSIONS = """
import json, platform, cv2, numpy, sklearn, torch
print(json.dumps({"python": platform.python_version(), "torch": torch.__version__, "opencv": cv2.__version__, "numpy": numpy.__version__,
                  "scikit-learn": sklearn.__version__}))
"""


def load() -> float:
    return round(os.getloadavg()[0], 2)


def cpu_model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def describe() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpu": cpu_model(), "cores": len(os.sched_getaffinity(0)), "memory_bytes": memory, "kernel": platform.release()}


def python_versions(python: str) -> dict[str, str]:
    return run_alone(Command((python, "-c", VERSIONS)))
