"""The rules of the house, tried on the compiler: what a room must not include does not compile.

Every probe runs the real compile command of a room, taken from compile_commands.json, on a file that breaks one rule. A control that
includes the room's own headers must compile, so that a broken command can't pass for a wall.

    walls_test.py SOURCE_DIR BUILD_DIR
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1]).resolve()
BUILD = pathlib.Path(sys.argv[2]).resolve()

# Floors as docs/architecture.md states them, on purpose not read from the build that is under test.
FLOORS = [
    ["core"],
    ["config", "data", "eval", "model", "preprocess", "protocol", "stats"],
    ["audit", "engine", "latency", "run", "store", "train", "training"],
    ["datasets", "models", "reports"],
    ["cli"],
]
NO_LIBRARY = ["audit", "config", "core", "data", "engine", "eval", "latency", "protocol", "reports", "run", "stats", "store", "training"]
NO_TORCH = NO_LIBRARY + ["datasets", "models"]
NO_OPENCV = NO_LIBRARY + ["model", "train"]

TORCH_PROBES = ["torch/torch.h", "ATen/ATen.h", "c10/core/Device.h", "torch/script.h"]
OPENCV_PROBES = ["opencv2/core.hpp", "opencv2/imgproc.hpp"]
# As somebody would who wants in: the folders that the build does not give.
ATTACK = ["-I/usr/include/torch/csrc/api/include", "-I/usr/include/opencv4"]


def floor_of(room):
    """Rooms that share a folder carry its name in front: models, models_torch."""
    for number, rooms in enumerate(FLOORS):
        if room.split("_")[0] in rooms:
            return number
    return None


def read_rooms():
    """(room -> its headers, room -> compile command), the command of a source of the room before that of its list of headers."""
    headers = {}
    for file in sorted((BUILD / "headers").glob("*.cpp")):
        headers[file.stem] = re.findall(r'#include "([^"]+)"', file.read_text())
    commands = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        own = re.search(re.escape(str(BUILD / "rooms")) + r"/(\w+)", entry["command"])  # a room's own view comes first
        if file.is_relative_to(BUILD / "headers"):
            room, rank = file.stem, 1
        elif file.is_relative_to(BUILD) or not file.is_relative_to(SOURCE) or own is None:
            continue
        elif file.relative_to(SOURCE).parts[0] == "tests" or file.relative_to(SOURCE).parts[:2] == ("harness", "cli"):
            continue
        else:
            room, rank = own[1], 0
        if room in headers and (room not in commands or rank < commands[room][0]):
            commands[room] = (rank, shlex.split(entry["command"]), entry["directory"], entry["file"])
    return headers, {room: value[1:] for room, value in commands.items()}


class Probe:
    def __init__(self, name, room, text, wanted=None, attack=False):
        self.name, self.room, self.text, self.attack = name, room, text, attack
        self.wanted = wanted  # a pattern of the compiler's message; None: must compile

    def run(self, commands, folder, number):
        command, directory, source = commands[self.room]
        file = pathlib.Path(folder) / f"probe_{number}.cpp"
        file.write_text(self.text)
        arguments = list(command)
        at = arguments.index("-o")
        del arguments[at : at + 2]
        arguments[arguments.index(source)] = str(file)
        arguments.remove("-c")
        # What a probe proves is what it can reach; the first error settles it (the torch headers are long).
        arguments += ["-fsyntax-only", "-Wno-error", "-Wfatal-errors"] + (ATTACK if self.attack else [])
        environment = dict(os.environ, CCACHE_DISABLE="1", LC_ALL="C")
        done = subprocess.run(arguments, cwd=directory, env=environment, capture_output=True, text=True, check=False)
        if self.wanted is None:
            return None if done.returncode == 0 else f"must compile, but:\n{done.stderr[:1500]}"
        if done.returncode == 0:
            return "compiles, and must not"
        if not re.search(self.wanted, done.stderr):
            return f"fails for another reason than '{self.wanted}':\n{done.stderr[:1500]}"
        return None


def is_out_of_reach(room, other):
    """Includes point only downwards, and never sideways on floor 3."""
    if floor_of(room) is None or floor_of(other) is None:
        return False
    sideways = floor_of(room) == floor_of(other) == 3 and room.split("_")[0] != other.split("_")[0]
    return floor_of(other) > floor_of(room) or sideways


def probes_of(room, headers):
    own = headers.get(room, [])
    includes = "".join(f'#include "{header}"\n' for header in own)
    yield Probe("includes its own headers", room, includes + "int probe() { return 0; }\n", attack=True)
    if room in NO_TORCH:
        for header in TORCH_PROBES:
            yield Probe(f"can't include {header}", room, f"#include <{header}>\n", 'poisoned "?(torch|c10|caffe2)', attack=True)
        yield Probe("can't name torch", room, "namespace torch { class Tensor; }\n", "poisoned")
    if room in NO_OPENCV:
        for header in OPENCV_PROBES:
            yield Probe(f"can't include {header}", room, f"#include <{header}>\n", 'poisoned "?(cv|CV_VERSION)', attack=True)
    above = [header for other, files in sorted(headers.items()) if is_out_of_reach(room, other) for header in files]
    if above:
        yield Probe(f"can't include {above[0]}", room, f'#include "{above[0]}"\n', "No such file or directory|file not found")
        reachable = "".join(f'#if __has_include("{header}")\n#error reachable: {header}\n#endif\n' for header in above)
        seen = "".join(f'#if !__has_include("{header}")\n#error hidden: {header}\n#endif\n' for header in own)
        yield Probe(f"sees none of {len(above)} headers above it", room, reachable + seen + "int probe() { return 0; }\n")


def stray_includes():
    """Includes that walk around the include folders."""
    problems = []
    for top in ("harness", "models", "datasets", "reports", "tests"):
        for file in sorted((SOURCE / top).rglob("*")):
            if file.suffix not in (".h", ".cpp"):
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                include = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
                if include and (".." in pathlib.PurePath(include[1]).parts or include[1].startswith("/")):
                    problems.append(f"{file.relative_to(SOURCE)}:{number}: includes '{include[1]}'; give the path from the top of the repository")
    return problems


def main():
    problems = stray_includes()
    headers, commands = read_rooms()
    for room in NO_LIBRARY:
        folder = SOURCE / "harness" / room if room != "reports" else SOURCE / room
        if room not in commands and (room != "reports" or any(folder.rglob("*.cpp"))):
            problems.append(f"room '{room}' has no compile command in {BUILD / 'compile_commands.json'}")
    unknown = sorted(room for room in commands if floor_of(room) is None)
    if unknown:
        problems.append(f"rooms {unknown} stand on no floor; add them to FLOORS here and to docs/architecture.md")

    probes = [probe for room in sorted(commands) for probe in probes_of(room, headers)]
    with tempfile.TemporaryDirectory(prefix="mexbench-walls-") as folder:
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            results = list(pool.map(lambda item: item[1].run(commands, folder, item[0]), enumerate(probes)))
    for probe, failure in zip(probes, results):
        print(f"{'ok    ' if failure is None else 'FAILED'} {probe.room} {probe.name}")
        if failure is not None:
            problems.append(f"{probe.room} {probe.name}: {failure}")
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{len(probes)} probes in {len(commands)} rooms, {len(problems)} problems")
    return 1 if problems or not probes else 0


sys.exit(main())
