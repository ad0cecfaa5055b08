"""Runs the processes of one arm side by side: all get ready, begin together, and report one JSON object each (tests/bench/arms/arm.h)."""
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
from typing import Any


class Failed(Exception):
    """Something that was to be measured did not run; the message is for a person."""


@dataclasses.dataclass(frozen=True)
class Command:
    arguments: tuple[str, ...]
    environment: dict[str, str] = dataclasses.field(default_factory=dict)

    def complete_environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self.environment}

    def name(self) -> str:
        return " ".join(pathlib.Path(word).name if "/" in word else word for word in self.arguments[:2])


class Process:
    def __init__(self, command: Command) -> None:
        self.command = command
        self.errors = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen(command.arguments, env=command.complete_environment(), text=True, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=self.errors)

    def line(self) -> str:
        text = self.child.stdout.readline()
        if text:
            return text
        self.child.wait()
        self.errors.seek(0)
        raise Failed(f"{self.command.name()} ended with exit code {self.child.returncode}: {self.errors.read().strip() or 'without a word'}")

    def expect_ready(self) -> None:
        if (text := self.line()) != "ready\n":
            raise Failed(f"{self.command.name()} says '{text.strip()}', 'ready' is wanted")

    def go(self) -> None:
        self.child.stdin.write("go\n")
        self.child.stdin.flush()

    def result(self) -> dict[str, Any]:
        return json.loads(self.line())

    def close(self) -> None:
        """Ends the process if it still runs."""
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()
        self.errors.close()


def run_together(commands: list[Command]) -> list[dict[str, Any]]:
    """The results of the processes, in their order. None begins before all are ready."""
    processes: list[Process] = []
    try:
        for command in commands:
            processes.append(Process(command))
        for process in processes:
            process.expect_ready()
        for process in processes:
            process.go()
        return [process.result() for process in processes]
    finally:
        for process in processes:
            process.close()


def run_plain(command: Command) -> str:
    """What a program prints that has nobody to wait for."""
    done = subprocess.run(command.arguments, env=command.complete_environment(), text=True, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"{command.name()} ended with exit code {done.returncode}: {done.stderr.strip() or 'without a word'}")
    return done.stdout


def run_alone(command: Command) -> dict[str, Any]:
    """The same, as the JSON object that it is."""
    return json.loads(run_plain(command))
