"""The experiment files, the JSON Schema and the documents agree with the program.

usage: experiments_test.py MEXBENCH SOURCE_DIR CHECK

CHECK is one of
  schema      every experiment file is valid for `mexbench validate` and for the JSON Schema that `mexbench schema` prints; a file with a
              misspelt key is refused by both
  reference   docs/experiment-reference.md is what `mexbench schema --markdown` prints
  version     CMakeLists.txt, CITATION.cff and the program name one version
  readme      every verb and every path the README names exists
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml


def run(program, *arguments):
    environment = dict(os.environ, MEXBENCH_DATA=os.environ.get("MEXBENCH_DATA", "/nowhere"))
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=120)


def experiments(source):
    for path in sorted((source / "experiments").rglob("*.yaml")):
        content = yaml.safe_load(path.read_text())
        if isinstance(content, dict) and "name" in content and "models" in content:
            yield path, content


def check_misspelt(program, source, path, validator):
    """The same file with one key too many, everything that is needed still there."""
    with tempfile.TemporaryDirectory() as folder:
        experiments_copy = pathlib.Path(folder) / "experiments"
        shutil.copytree(source / "experiments", experiments_copy)
        broken = experiments_copy / path.relative_to(source / "experiments")
        broken.write_text(broken.read_text() + "\nmodles: []\n")
        problems = []
        result = run(program, "validate", broken)
        if result.returncode != 2 or "unknown key 'modles'" not in result.stderr or "'models'" not in result.stderr:
            problems.append(f"{path}: validate says {result.returncode} to a misspelt key: {result.stderr}")
        if validator.is_valid(yaml.safe_load(broken.read_text())):
            problems.append(f"{path}: the schema accepts a misspelt key")
        return problems


def check_schema(program, source):
    schema = json.loads(run(program, "schema").stdout)
    validator = jsonschema.Draft7Validator(schema)
    problems = []
    count = 0
    for path, content in experiments(source):
        count += 1
        result = run(program, "validate", path)
        if result.returncode != 0:
            problems.append(f"{path}: validate says {result.returncode}: {result.stderr}")
        problems += [f"{path}: schema: {error.message}" for error in validator.iter_errors(content)]
        problems += check_misspelt(program, source, path, validator)
    if count < 3:
        problems.append(f"only {count} experiment files were found")
    return problems


def check_reference(program, source):
    printed = run(program, "schema", "--markdown").stdout
    if printed == (source / "docs/experiment-reference.md").read_text():
        return []
    return ["docs/experiment-reference.md is old: run `mexbench schema --markdown > docs/experiment-reference.md`"]


def check_version(program, source):
    told = run(program, "--version").stdout.split()[1]
    cmake = re.search(r"project\(mexbench VERSION ([0-9.]+)", (source / "CMakeLists.txt").read_text()).group(1)
    citation = re.search(r"^version: \"?([0-9.]+)\"?", (source / "CITATION.cff").read_text(), re.M).group(1)
    return [] if told == cmake == citation else [f"versions differ: program {told}, CMakeLists.txt {cmake}, CITATION.cff {citation}"]


def check_readme(program, source):
    problems = []
    for page in [source / "README.md", *sorted((source / "docs").glob("*.md"))]:
        text = page.read_text()
        # In code only: an indented line, a quoted command, a path to the program.
        for verb in sorted(set(re.findall(r"(?:^ {4}|`|/)mexbench ([a-z]+)\b", text, re.M))):
            if run(program, verb, "--help").returncode != 0:
                problems.append(f"{page.name}: there is no verb '{verb}'")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            if not (page.parent / link).exists():
                problems.append(f"{page.name}: the link '{link}' leads nowhere")
        for path in re.findall(r"\b(?:experiments|scripts)/[\w./-]+\b", text):
            if not (source / path).exists():
                problems.append(f"{page.name}: there is no '{path}'")
    return problems


def main():
    program, source, check = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    problems = {"schema": check_schema, "reference": check_reference, "version": check_version, "readme": check_readme}[check](program, source)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
