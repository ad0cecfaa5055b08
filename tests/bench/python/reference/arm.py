"""What the Python arms share: the protocol of tests/bench/arms/arm.h, the clips, and facts about this process."""
import array
import json
import pathlib
import re
import sys
import time
from typing import Any, NamedTuple

Settings = dict[str, Any]


class Inputs(NamedTuple):
    numbers: array.array  # float32, clips x channels x height x width
    shape: list[int]
    labels: list[int]
    answers: list[int]
    subjects: list[str]
    classes: int


def settings() -> Settings:
    """The program's one argument."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} SETTINGS    (JSON; scripts/bench calls this)")
    return json.loads(sys.argv[1])


def read_inputs(path: str) -> Inputs:
    described = json.loads(pathlib.Path(f"{path}.json").read_text())
    numbers = array.array("f", pathlib.Path(f"{path}.f32").read_bytes())
    return Inputs(numbers, described["shape"], described["labels"], described["answers"], described["subjects"], described["classes"])


def wait_for_go() -> float:
    """Says that all is ready, waits for the others, and gives the time of the beginning."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit("error: stdin was closed before the word to begin")
    return time.monotonic()


def kibibytes(path: str, beginning: str) -> int | None:
    """The sum of lines such as `VmHWM:  16124 kB`, in bytes."""
    found = re.findall(rf"^{beginning}\w*:?\s+(\d+) kB", pathlib.Path(path).read_text(), re.MULTILINE)
    return sum(map(int, found)) * 1024 if found else None


def finish(result: dict[str, Any]) -> None:
    """Prints the result with what there is to say about the process."""
    loaded = set(re.findall(r"/([^/\n]*\.so[^/\n]*)$", pathlib.Path("/proc/self/maps").read_text(), re.MULTILINE))
    allocators = [known for known in ("tcmalloc", "jemalloc", "mimalloc") if any(known in name for name in loaded)]
    result["process"] = {
        "peak_bytes": kibibytes("/proc/self/status", "VmHWM"),
        "private_bytes": kibibytes("/proc/self/smaps_rollup", "Private_Dirty"),
        "blas": sorted(name for name in loaded if "blas" in name or "mkl_rt" in name),
        "allocator": allocators[0] if allocators else "glibc",
    }
    print(json.dumps(result))
