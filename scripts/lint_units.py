"""lint_units.py BUILD_DIR FILE...: the translation units through which clang-tidy reads these files, one per line.

A source is its own unit. A header is read through the room's generated list of headers, or, for headers of tests, through the sources
that include them. Fails when no unit reads a file: it would be called clean without having been looked at.
"""

import json
import pathlib
import re
import sys

build = pathlib.Path(sys.argv[1]).resolve()
root = pathlib.Path(__file__).resolve().parent.parent
files = sys.argv[2:]

known = {str(pathlib.Path(entry["file"]).resolve()) for entry in json.loads((build / "compile_commands.json").read_text())}
lists = {}  # header -> generated unit
for unit in sorted((build / "headers").glob("*.cpp")):
    for header in re.findall(r'#include "([^"]+)"', unit.read_text()):
        lists.setdefault(header, str(unit))


def sources_that_include(header):
    name = re.escape(pathlib.PurePath(header).name)
    for unit in sorted(known):
        path = pathlib.Path(unit)
        if path.is_relative_to(root) and not path.is_relative_to(root / "build"):
            if re.search(rf'#include "[^"]*{name}"', path.read_text(encoding="utf-8")):
                yield unit


units = set()
unread = []
for file in files:
    path = str((root / file).resolve())
    if file.endswith(".cpp"):
        found = [path] if path in known else []
    elif file in lists:
        found = [lists[file]]
    else:
        found = list(sources_that_include(file))[:1]
    units.update(found)
    if not found:
        unread.append(file)
for file in unread:
    print(f"lint: {file} is in no target of build/{build.name}, so clang-tidy can't read it: add it to one", file=sys.stderr)
for unit in sorted(units):
    print(unit)
sys.exit(1 if unread else 0)
