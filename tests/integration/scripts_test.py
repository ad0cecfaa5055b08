"""The scripts keep their word when the tools they call fail. They run in a copy of scripts/, against tools that only pretend.

usage: scripts_test.py SOURCE_DIR CHECK

CHECK is one of
  lint   scripts/lint ends with its verdict, which is `lint: clean` only if every file was read and nothing was found
  data   a relative MEXBENCH_DATA is the caller's, for scripts/test and scripts/fuzz
  ci     .ci/run calls scripts/test with continuous integration switched on
  zoo    scripts/zoo knows every experiment of experiments/zoo, refuses what is wrong, and takes a part of a run for what it is
"""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PRETEND = {
    "clang-format-14": 'printf "%s" "${FORMAT_SAYS:-}" >&2; exit "${FORMAT_CODE:-0}"',
    # Its parent is xargs, whose parent is the script.
    "clang-tidy-14": '[[ -z "${TIDY_KILLS:-}" ]] || { read -r _ _ _ script _ <"/proc/$PPID/stat"; kill -TERM "$script"; }; printf "%s" "${TIDY_SAYS:-}"; printf "%s" "${TIDY_GRUMBLES:-}" >&2; exit "${TIDY_CODE:-0}"',
    "clang++-14": "exit 0",
    "cmake": 'exit "${CMAKE_CODE:-0}"',
    "ctest": 'echo "ctest: $MEXBENCH_DATA, CI=${CI:-}, require=${MEXBENCH_REQUIRE_DATA:-}" >&2; echo x >build/release/test-results.xml',
}


class Copy:
    """A folder with scripts/, .ci/ and one source, and tools that pretend."""

    def __init__(self, source, folder):
        self.root = folder / "repository"
        shutil.copytree(source / "scripts", self.root / "scripts")
        shutil.copytree(source / ".ci", self.root / ".ci")
        self.tools = folder / "tools"
        self.tools.mkdir()
        for name, body in PRETEND.items():
            self.tool(name, body)
        self.write("harness/core/a.cpp", "int a;\n")
        self.write("harness/core/a.h", "")
        self.compile_commands("harness/core/a.cpp")

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def tool(self, name, body, folder=None):
        path = (folder or self.tools) / name
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    def compile_commands(self, *files):
        entries = [{"file": str(self.root / name), "directory": str(self.root), "command": ""} for name in files]
        self.write("build/lint/compile_commands.json", json.dumps(entries))
        self.write("build/lint/headers/core.cpp", '#include "harness/core/a.h"\n')

    def run(self, *command, cwd=None, **environment):
        merged = {name: value for name, value in os.environ.items() if name not in ("CI", "MEXBENCH_DATA", "MEXBENCH_REQUIRE_DATA")}
        merged.update(environment, PATH=f"{self.tools}:{os.environ['PATH']}")
        return subprocess.run(command, cwd=cwd or self.root, env=merged, capture_output=True, text=True, timeout=60)


def check_lint(copy):
    lint = str(copy.root / "scripts/lint")
    problems = []

    def expect(what, code, verdict, *files, **environment):
        result = copy.run(lint, *(files or ("harness/core/a.cpp", "harness/core/a.h")), **environment)
        last = result.stderr.strip().split("\n")[-1]
        if result.returncode != code or not re.fullmatch(verdict, last):
            problems.append(f"{what}: exit {result.returncode} (wanted {code}), last line '{last}' (wanted '{verdict}')\n{result.stderr}")
        if code != 0 and "lint: clean" in result.stderr:
            problems.append(f"{what}: calls it clean")

    expect("nothing to find", 0, "lint: clean")
    expect("formatting", 1, "lint: 1 findings", FORMAT_CODE="1", FORMAT_SAYS="a.cpp:1:1: error: code should be clang-formatted\n")
    expect("a finding", 1, "lint: 2 findings", "harness/core/a.cpp", TIDY_CODE="1", TIDY_SAYS="a:1:1: error: x [y]\na:2:1: error: x [y]\n")
    expect("stopped from outside", 143, "lint: failed.*", TIDY_KILLS="1")
    expect("clang-tidy dies", 1, "lint: failed.*", TIDY_CODE="139")
    expect("clang-tidy can't read", 1, "lint: failed.*", TIDY_GRUMBLES="Error while processing a.cpp.\n")
    expect("no configuration", 1, "lint: failed.*", CMAKE_CODE="1")
    copy.write("harness/core/b.cpp", "")
    copy.write("tests/unit/b.h", "")
    expect("a source in no target", 1, "lint: failed.*", "harness/core/a.cpp", "harness/core/b.cpp")
    expect("a header nobody includes", 1, "lint: failed.*", "harness/core/a.cpp", "tests/unit/b.h")
    expect("no such file", 1, "lint: failed.*", "harness/core/c.cpp")
    copy.write("build/lint/compile_commands.json", "{")
    expect("no list of units", 1, "lint: failed.*")
    return problems


def pretend_tests(copy):
    copy.tool("setup", "exit 0", copy.root / "scripts")
    copy.tool("lint", 'echo "lint: called with $*" >&2', copy.root / "scripts")
    copy.write("scripts/count_tests.py", "print('1 passed, 0 failed, 0 skipped')\n")
    (copy.root / "build/release").mkdir(parents=True)


def check_data(copy):
    pretend_tests(copy)
    caller = copy.root.parent / "caller"
    weights = caller / "data/ststnet-released/weights"
    weights.mkdir(parents=True)
    (weights / "s01.pth").write_bytes(b"x")
    problems = []
    result = copy.run("../repository/scripts/test", cwd=caller, MEXBENCH_DATA="data")
    if result.returncode != 0 or f"ctest: {caller}/data," not in result.stderr:
        problems.append(f"scripts/test: {result.stderr}")
    result = copy.run("../repository/scripts/test", cwd=caller, MEXBENCH_DATA="nowhere")
    if result.returncode != 1 or "MEXBENCH_DATA is 'nowhere', which is no folder" not in result.stderr:
        problems.append(f"scripts/test: {result.stderr}")
    (copy.root / "build/fuzz/tests/fuzz").mkdir(parents=True)
    copy.tool("fuzz_state_dict", "exit 0", copy.root / "build/fuzz/tests/fuzz")
    result = copy.run("../repository/scripts/fuzz", "1", cwd=caller, MEXBENCH_DATA="data")
    link = copy.root / "build/fuzz/real/ststnet-released_weights_s01.pth"
    if result.returncode != 0 or not link.exists():
        problems.append(f"scripts/fuzz: exit {result.returncode}, {result.stdout}{result.stderr}")
    return problems


def check_ci(copy):
    pretend_tests(copy)
    result = copy.run(str(copy.root / ".ci/run"))
    wanted = ["CI=1, require=1", "lint: called with --changed"]
    return [f"'{text}' is not in: {result.stderr}" for text in wanted if text not in result.stderr or result.returncode != 0]


def check_zoo(copy, source):
    problems = []
    result = copy.run(str(copy.root / "scripts/zoo"), "nosuchnet")
    known = set(re.sub(r".*there are ", "", result.stderr.strip()).split(", "))
    there = {path.stem for path in (source / "experiments/zoo").glob("*.yaml")}
    if result.returncode != 1 or "no experiment for nosuchnet" not in result.stderr or known != there or not there:
        problems.append(f"scripts/zoo knows {known}, experiments/zoo has {there}: {result.stderr}")
    result = copy.run(str(copy.root / "scripts/zoo"), "rcn_a")
    if result.returncode != 1 or "build/release/mexbench is not there" not in result.stderr:
        problems.append(f"scripts/zoo without a build: {result.stderr}")
    copy.write("build/release/x", "")
    copy.tool("mexbench", "exit 3", copy.root / "build/release")
    result = copy.run(str(copy.root / "scripts/zoo"), "rcn_a")
    if result.returncode != 1 or "ended with exit code 3" not in result.stderr:
        problems.append(f"scripts/zoo with a run that fails: {result.stderr}")
    copy.write("runs/zoo/cost.json", "{")
    result = copy.run(str(copy.root / "scripts/zoo"), "rcn_a")
    if result.returncode != 1 or "cost.json: no JSON" not in result.stderr or "Traceback" in result.stderr:
        problems.append(f"scripts/zoo with a damaged cost.json: {result.stderr}")
    result = copy.run(str(copy.root / "scripts/zoo"), "rcn_a", "--out", str(copy.root / "scripts/zoo"))
    if result.returncode != 1 or "error: [Errno" not in result.stderr or "Traceback" in result.stderr:
        problems.append(f"scripts/zoo whose folder is a file: {result.stderr}")

    loader = importlib.machinery.SourceFileLoader("zoo", str(copy.root / "scripts/zoo"))
    zoo = importlib.util.module_from_spec(importlib.util.spec_from_loader("zoo", loader))
    loader.exec_module(zoo)
    # A run's own files, or those of its part; never a part of another run than the table's.
    def leave(folder, more, best):
        copy.write(f"{folder}/metrics.json", json.dumps({"classes": ["no", "yes"], "scopes": {"all": {"uf1": 0.5}}, **more}))
        copy.write(f"{folder}/best_epoch.json", json.dumps({"metrics": {"scopes": {"all": {"uf1": best}}}}))
        copy.write(f"{folder}/predictions.csv", "dataset,subject,clip,fold,truth,prediction,score:no\nd,s,a,d/s,no,yes,1\nd,s,b,d/s,yes,yes,0\n")

    rows = {"d/s": [["d", "s", "a", "no", "yes"], ["d", "s", "b", "yes", "yes"]]}
    leave("run/partial", {"folds_done": {"sealed": 1, "planned": 68}}, 0.75)
    metrics, best, found = zoo.derived(copy.root / "run")
    if metrics["scopes"]["all"]["uf1"] != 0.5 or best["scopes"]["all"]["uf1"] != 0.75 or found != rows:
        problems.append(f"zoo.derived of a part: {metrics}, {best}, {found}")
    for folder, more in (("other/partial", {"folds_done": {"sealed": 1, "planned": 4}}), ("whole", {})):
        leave(folder, more, 0.75)
        try:
            problems.append(f"zoo.derived of {folder}: {zoo.derived(copy.root / folder.split('/')[0])}")
        except SystemExit as error:
            if "folds, not 68" not in str(error):
                problems.append(f"zoo.derived of {folder}: {error}")
    return problems


def main():
    source, check = pathlib.Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(source, pathlib.Path(folder).resolve())
        checks = {"lint": check_lint, "data": check_data, "ci": check_ci, "zoo": lambda copy: check_zoo(copy, source)}
        problems = checks[check](copy)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
