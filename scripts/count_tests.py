"""Counts a CTest result file (JUnit form): names what failed or was skipped, ends with `N passed, N failed, N skipped`.

A test that could not be started is a failure. With MEXBENCH_REQUIRE_DATA=1 a skipped one makes the exit code 1 too.
"""

import os
import sys
import xml.etree.ElementTree

SKIPPED_BY_TEST = ("SKIP_REGULAR_EXPRESSION_MATCHED", "SKIP_RETURN_CODE")

passed, failed, skipped = [], [], []
for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    skip = case.find("skipped")
    reason = "" if skip is None else skip.get("message", "")
    if case.get("status") == "run" and case.find("failure") is None:
        passed.append(case.get("name"))
    elif any(reason.startswith(known) for known in SKIPPED_BY_TEST):
        skipped.append(case.get("name"))
    else:
        failed.append(case.get("name"))

require_all = os.environ.get("MEXBENCH_REQUIRE_DATA") == "1"
for name in failed:
    print(f"failed: {name}")
for name in skipped:
    print(f"skipped: {name}")
if skipped and require_all:
    print("error: MEXBENCH_REQUIRE_DATA=1 is set, so a skipped test is a failure; is MEXBENCH_DATA complete?")
print(f"{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped")
sys.exit(1 if failed or not passed or (skipped and require_all) else 0)
