"""scripts/bench after everything is installed and built; its options are described there."""
import argparse
import datetime
import json
import pathlib
import sys
import tempfile
from typing import Any

import agreement
import machine
import table
from arms import GROUPS, Arm, Bench, Work
from processes import Command, Failed, run_alone, run_plain

SCHEMA = "mexbench.benchmark/1"


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", usage="scripts/bench [OPTION]...; scripts/bench --help lists them", add_help=False)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--data", default="")
    parser.add_argument("--load", type=float, default=0.0)  # before anything was built
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--only", action="append", choices=GROUPS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--from", dest="source", type=pathlib.Path)
    given = parser.parse_args()
    if given.rounds < 1 or not 0 < given.scale <= 1:
        parser.error("--rounds wants a number from 1, --scale one above 0 and up to 1")
    return given


def measure(arms: list[Arm], rounds: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Rounds of all arms, each after the other, and how far their answers agree."""
    done: list[dict[str, Any]] = []
    agreed: dict[str, str] = {}
    for index in range(rounds):
        measured: dict[str, Any] = {}
        for arm in arms:
            if arm.rounds is not None and index >= arm.rounds:
                continue
            tell(f"round {index + 1} of {rounds}: {arm.name}")
            measured[arm.name] = arm.measure()
        agreed.update(agreement.check(measured))
        for values in measured.values():
            for answers in agreement.ANSWERS:
                values.pop(answers, None)
        done.append({"arms": measured})
    return done, agreed


def new_record(given: argparse.Namespace, folder: pathlib.Path) -> dict[str, Any]:
    notes = []
    if given.load > machine.QUIET:
        notes.append(f"the load average was {given.load} at the start, above {machine.QUIET}: other work took a share, and ratios are less sure")
        tell(f"warning: {notes[-1]}")
    bench = Bench(given.build, folder, sys.executable, given.data, Work.scaled(given.scale))
    if not given.data:
        notes.append("MEXBENCH_DATA is not set: the clips are random numbers of the shape of the MEGC 2019 composite")
        tell(f"warning: {notes[-1]}")
    wanted = set(given.only or GROUPS)
    rounds, agreed = measure([arm for arm in bench.arms() if arm.groups & wanted], given.rounds)
    worker = run_alone(Command((str(given.build / "tests/bench/measure_process"), "--worker", str(given.build / "mexbench-worker"))))
    version = run_plain(Command((str(given.build / "mexbench"), "--version"))).split()[-1]
    return {
        "schema": SCHEMA,
        "date": datetime.date.today().isoformat(),
        "machine": {**machine.describe(), "load_before": given.load, "load_after": machine.load()},
        "versions": {"mexbench": version, **machine.python_versions(sys.executable)},
        "worker": worker["environment"],
        "data": bench.source,
        "scale": given.scale,
        "notes": notes,
        "agreement": agreed,
        "rounds": rounds,
    }


def read_record(path: pathlib.Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError) as problem:
        raise Failed(f"{path}: {problem}") from problem
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise Failed(f"{path}: is no record of scripts/bench: its schema is not '{SCHEMA}'")
    return record


def main() -> int:
    given = arguments()
    out = given.source or given.out or given.build.parent / "bench.json"
    try:
        if given.source:
            record = read_record(given.source)
        else:
            with tempfile.TemporaryDirectory(prefix="mexbench-bench-") as folder:
                record = new_record(given, pathlib.Path(folder))
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(record, indent=1) + "\n")
            tell(f"every round is in {out}")
        print(table.for_terminal(record))
        if given.markdown:
            table.rewrite(given.markdown, record, out.name)
            tell(f"the results in {given.markdown} are those of {out}")
    except (Failed, OSError, ValueError, KeyError) as problem:
        tell(f"error: {problem}")
        return 1
    broken = [text for text in record["agreement"].values() if text.startswith("DIFFERENT")]
    broken += ["predictions differ" for one in record["rounds"] if not one["arms"].get("bits", {"equal": True})["equal"]]
    for text in broken:
        tell(f"error: {text}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
