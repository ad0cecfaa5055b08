"""A report in a real browser: the same content with scripts on and off, no request to anywhere, whole after sorting, and on paper.

The run folders come from the unit tests of reports (MEXBENCH_KEEP_RUNS), the report from the program, and a server that every request
of the browser would end at counts them. A page that does ask for something must be seen there, or the count would prove nothing.

    report_browser_test.py MEXBENCH TEST_UNIT_REPORTS
"""

import concurrent.futures
import csv
import html
import html.parser
import json
import os
import pathlib
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading

MEXBENCH, TEST_UNIT_REPORTS = sys.argv[1], sys.argv[2]
SKIPPED = 77
CONTROL_HOST = "control.invalid"
# The browser asks these by itself, whatever page is open; ours never name them.
OWN_HOSTS = re.compile(r"^\w+ (https?://)?([\w-]+\.)*(google|googleapis|gstatic)\.com[:/]")

PROBE = """<script>
"use strict";
const table = document.querySelector("table.subjects");
const heading = (column) => table.tHead.rows[0].cells[column];
const rows = () => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent.trim()));
const page = document.documentElement;
const seen = { before: rows(), wider: page.scrollWidth - page.clientWidth };
heading(3).querySelector("button").click();
seen.down = rows();
seen.mark = heading(3).getAttribute("aria-sort");
heading(3).querySelector("button").click();
seen.up = rows();
heading(1).querySelector("button").click();
seen.names = rows();

// The box stands before the table, with the count of rows between them.
const found = table.parentNode.previousElementSibling;
const box = found.previousElementSibling;
const filter = (words) => {
  box.value = words;
  box.dispatchEvent(new Event("input"));
  return { count: found.textContent, rows: [...table.tBodies[0].rows].filter((row) => row.checkVisibility()).map((row) => row.textContent) };
};
seen.filtered = filter("SMIC s0");
seen.unfiltered = filter("");
seen.boxes = document.querySelectorAll("input.filter").length;

const tip = document.querySelector(".tip");
const tooltip = (mark, event, key) => {
  mark.dispatchEvent(new Event(event, { bubbles: true }));
  const during = [tip.hidden, tip.textContent, key() ?? ""];
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  return { during, after: [tip.hidden, key()] };
};
const head = document.querySelector("table.calibration th[title] button");
seen.head = tooltip(head, "focusin", () => head.parentNode.getAttribute("title"));
const mark = document.querySelector(".fit svg circle title");
seen.mark = { ...tooltip(mark.parentNode, "pointerover", () => mark.textContent), sorted: seen.mark };
const probe = document.createElement("script");
probe.type = "application/json";
probe.id = "probe";
probe.textContent = JSON.stringify(seen);
document.body.append(probe);
</script>
"""


# With scripts off the browser can't tell what it made of a page; a frame that allows none can be asked from outside.
FRAME = """<!doctype html><meta charset="utf-8"><iframe sandbox="allow-same-origin" width="1280" height="800" srcdoc="{}"></iframe><script>
"use strict";
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {{
  const probe = document.createElement("script");
  probe.type = "application/json";
  probe.id = "probe";
  const page = frame.contentDocument;
  probe.textContent = JSON.stringify({{ html: page.documentElement.outerHTML, shown: page.querySelector("main").innerText }});
  document.body.append(probe);
}});
</script>
"""


class Text(html.parser.HTMLParser):
    """What a reader sees of a page, without blanks at the seams."""

    def __init__(self, page):
        super().__init__()
        self.silent = 0
        self.words = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.words += data.split()


class Requests(socketserver.BaseRequestHandler):
    """Takes the place of the network, notes the first line of each request, and answers nothing."""

    seen = []

    def handle(self):
        self.request.settimeout(5)
        try:
            self.seen.append(self.request.recv(4096).split(b"\r\n")[0].decode(errors="replace"))
        except OSError:
            pass


class Browser:
    def __init__(self, program, proxy_port):
        self.program, self.proxy_port = program, proxy_port

    def run(self, *arguments):
        with tempfile.TemporaryDirectory(prefix="mexbench-browser-") as profile:
            command = [self.program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
            command += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr"]
            command += [f"--user-data-dir={profile}", f"--proxy-server=127.0.0.1:{self.proxy_port}", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def dom(self, page, *arguments):
        return self.run(*arguments, "--dump-dom", page.as_uri())

    def pages_on_paper(self, page, out, *arguments):
        self.run(*arguments, f"--print-to-pdf={out}", page.as_uri())
        content = out.read_bytes()
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) if content.startswith(b"%PDF") else 0


def write_report(folder):
    environment = dict(os.environ, MEXBENCH_KEEP_RUNS=str(folder / "runs"))
    only = "--gtest_filter=WriteReport.SameRunFoldersGiveTheSameBytesWhereverTheyAre"
    subprocess.run([TEST_UNIT_REPORTS, only], env=environment, check=True, stdout=subprocess.DEVNULL)
    for run in (folder / "runs").rglob("run.json"):
        content = json.loads(run.read_text(encoding="utf-8"))
        content["dataset"]["notes"] = [json.dumps({"options": "without_a_blank_" * 20})]
        run.write_text(json.dumps(content), encoding="utf-8")
    report = folder / "report"
    subprocess.run([MEXBENCH, "report", str(folder / "runs/megc2019-loso"), "--out", str(report)], check=True, capture_output=True)
    return report


def probed(page):
    """What the probe in the page noted."""
    found = re.search(r'<script type="application/json" id="probe">(.*?)</script>\s*(<script|</body>)', page, re.DOTALL)
    return json.loads(found[1]) if found else None


def check_content(problems, report, on, off):
    """The numbers of summary.csv are on the page, and script takes nothing away and adds nothing."""
    text = Text((report / "index.html").read_text(encoding="utf-8"))
    for name, page in (("on", on), ("off", off["html"])):
        if Text(page).words != text.words:
            problems.append(f"the text with scripts {name} is not that of the file")
    words = set(off["shown"].split())
    first_words = set(off["shown"].split("\nModels\n")[0].split())  # of the summary
    numbers = 0
    for row in csv.DictReader((report / "summary.csv").open(encoding="utf-8")):
        for metric in ("uf1", "uar", "accuracy"):
            numbers += 1
            if f"{float(row[metric]):.4f}" not in (first_words if row["scope"] == "all" else words):
                problems.append(f"{metric} {row[metric]} of {row['model']}, seed {row['seed']}, {row['scope']} is not shown with scripts off")
    if numbers < 40:
        problems.append(f"summary.csv has {numbers} numbers, so little was compared")
    button = '<th scope="col" data-sort="number" class="n"><button'
    if 'class="filter"' not in on or 'class="filter"' in off["html"] or off["html"].count("<table") != on.count("<table"):
        problems.append("long tables have a filter with scripts off, or none with scripts on, or a table is missing")
    if button not in on or button in off["html"]:
        problems.append("headings are sort buttons with scripts off, or are none with scripts on")


def check_sorting(problems, page):
    seen = probed(page)
    if seen is None:
        problems.append("the page's tables can't be sorted")
        return
    for order in ("down", "up", "names"):
        if sorted(seen[order]) != sorted(seen["before"]):
            problems.append(f"sorting ({order}) changes the rows")
    values = {order: [float(row[3]) for row in seen[order]] for order in ("before", "down", "up")}
    if values["down"] != sorted(values["before"], reverse=True) or values["up"] != sorted(values["before"]):
        problems.append("a column of numbers is not in order after a click")
    if [row[1] for row in seen["names"]] != sorted(row[1] for row in seen["before"]):
        problems.append("a column of names is not in order after a click")
    if seen["wider"] > 0:
        problems.append(f"on a narrow screen the page is {seen['wider']} pixels wider than the window")
    if seen["mark"]["sorted"] != "descending" or len(seen["before"]) != 68 or values["before"] == values["up"]:
        problems.append("the sorted table is not the one that was meant")


def check_filter_and_tooltips(problems, page):
    seen = probed(page)
    if seen is None:
        return
    filtered = seen["filtered"]["rows"]
    wanted = ["".join(row) for row in seen["names"] if "smic" in "".join(row[:2]) and "s0" in "".join(row[:2])]
    if len(filtered) != len(wanted) or not filtered or seen["filtered"]["count"] != f"{len(filtered)} of 68 rows":
        problems.append(f"a filter shows {len(filtered)} rows and says '{seen['filtered']['count']}', {len(wanted)} are wanted")
    if len(seen["unfiltered"]["rows"]) != 68 or seen["unfiltered"]["count"]:
        problems.append("rows stay away when a filter is emptied")
    if seen["boxes"] < 2:
        problems.append("a long table has no filter")
    for what in ("head", "mark"):
        (hidden, text, title), (gone, again) = seen[what]["during"], seen[what]["after"]
        if hidden or not text or title or not gone or again != text:
            problems.append(f"the tooltip of a {what} is not shown, not closed by Escape, or shown twice: {seen[what]}")


def check_pdf(problems, folder):
    """--pdf converts every figure, to the same bytes each time, and says what is missing where rsvg-convert is."""
    command = [MEXBENCH, "report", str(folder / "runs/megc2019-loso"), "--out", str(folder / "paper"), "--pdf"]
    without = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, PATH=str(folder)))
    if without.returncode != 3 or "librsvg2-bin" not in without.stderr:
        problems.append(f"without rsvg-convert --pdf ends with {without.returncode}: {without.stderr}")
    if shutil.which("rsvg-convert") is None:
        print("no rsvg-convert here, so no PDF was written", file=sys.stderr)
        return
    contents = []
    for _ in range(2):
        subprocess.run(command, check=True, capture_output=True)
        contents.append({file.stem: file.read_bytes() for file in (folder / "paper").glob("*.pdf")})
    figures = {file.stem for file in (folder / "paper").glob("*.svg")}
    if set(contents[0]) != figures or not figures or not all(content.startswith(b"%PDF") for content in contents[0].values()):
        problems.append(f"{len(contents[0])} PDF files beside {len(figures)} figures")
    if contents[0] != contents[1]:
        problems.append("the same figures gave other PDF files")


def main():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("skipped: no chromium here", file=sys.stderr)
        return SKIPPED
    problems = []
    socketserver.ThreadingTCPServer.daemon_threads = True
    with tempfile.TemporaryDirectory(prefix="mexbench-report-") as name, socketserver.ThreadingTCPServer(("127.0.0.1", 0), Requests) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        folder = pathlib.Path(name)
        report = write_report(folder)
        page = report / "index.html"
        content = page.read_text(encoding="utf-8")
        sortable = folder / "sortable.html"
        sortable.write_text(content.replace("</body>", PROBE + "</body>"), encoding="utf-8")
        frame = folder / "frame.html"
        frame.write_text(FRAME.format(html.escape(content)), encoding="utf-8")
        control = folder / "control.html"
        control.write_text(f'<!doctype html><img src="http://{CONTROL_HOST}/x.png">', encoding="utf-8")

        browser = Browser(program, server.server_address[1])
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            on, off, sorting = pool.submit(browser.dom, page), pool.submit(browser.dom, frame), pool.submit(browser.dom, sortable, "--window-size=400,800")
            paper = pool.submit(browser.pages_on_paper, page, folder / "on.pdf")
            pool.submit(browser.dom, control).result()
        for what, (_, complaints) in (("the page", on.result()), ("the sorted page", sorting.result())):
            problems += [f"{what}: {complaint}" for complaint in complaints]
        without_scripts = probed(off.result()[0])
        if without_scripts is None:
            problems.append("the page can't be shown with scripts off")
        else:
            check_content(problems, report, on.result()[0], without_scripts)
        check_sorting(problems, sorting.result()[0])
        check_filter_and_tooltips(problems, sorting.result()[0])
        if paper.result() < 3:
            problems.append(f"the report on paper has {paper.result()} pages")
        server.shutdown()
        check_pdf(problems, folder)

    if not any(CONTROL_HOST in request for request in Requests.seen):
        problems.append("a page that asks for a picture was not noticed, so the count of requests proves nothing")
    if "google" in content:
        problems.append("the page names a host that the browser asks by itself, so requests for it can't be told apart")
    asked = [request for request in Requests.seen if CONTROL_HOST not in request and not OWN_HOSTS.match(request)]
    problems += [f"the page made the browser ask: {request}" for request in asked]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
