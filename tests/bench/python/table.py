"""Tables of a record: for a terminal, and as the block of a page between two markers."""
import pathlib
from typing import Any

from comparisons import Record, Row, median_of, modes_of, rows

BEGIN = "<!-- scripts/bench writes from here -->"
END = "<!-- to here -->"
HEADER = ["what", "ours", "reference", "ratio (rounds)", "floor", "aim", "reached"]
PRODUCT = 2 * 1024**3  # floating-point operations
SAID = ("torch_runtime", "blas", "onednn", "cpu_capability", "opencv", "compiler")  # of what a worker tells of its environment


def number(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def asked(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:g}x"


def cells(row: Row) -> list[str]:
    c = row.comparison
    spread = f"{number(row.low)} to {number(row.high)}, {row.rounds}"
    return [c.name, c.show(row.ours), c.show(row.reference), f"{number(row.ratio)}x ({spread})", asked(c.floor), asked(c.aim), row.reached()]


def bits_cells(record: Record) -> list[list[str]]:
    found = [one["arms"]["bits"] for one in record["rounds"] if "bits" in one["arms"]]
    if not found:
        return []
    equal = all(one["equal"] for one in found)
    what = "same predictions.csv, dropout on: " + "; ".join(found[0]["runs"])
    return [[what, "equal" if equal else "NOT EQUAL", "", "", "required", "required", "yes" if equal else "no"]]


def main_table(record: Record) -> list[list[str]]:
    return [HEADER, *(cells(row) for row in rows(record)), *bits_cells(record)]


def memory_table(record: Record) -> list[list[str]]:
    """Largest resident set of one process, and what it wrote and shares with nobody: what one more such process adds."""
    named = [(f"training STSTNet, one of two workers, {mode}", f"train.{mode}.2") for mode in modes_of(record)]
    named += [("training STSTNet, one of two workers, fused engine", "fused.ststnet.2"),
              ("training STSTNet, Python, 2 threads", "train.python.2threads"),
              ("training STSTNet, one of two Python processes", "train.python.2processes"),
              ("batch 1, ours", "predict.ours"), ("batch 1, Python", "predict.python"),
              ("training HTNet, one of two workers", "htnet.ours"), ("training HTNet, Python", "htnet.python"),
              ("`mexbench --version`", "start.version"), ("`mexbench validate` of the quickstart", "start.validate"),
              ("a worker that has answered", "start.worker"), ("`import torch, cv2`", "start.python")]
    out = [["process", "peak (MiB)", "its own (MiB)"]]
    for name, arm in named:
        facts = [process.get("process", process) for one in record["rounds"] for process in one["arms"].get(arm, {}).get("processes", [])]
        if facts:
            out.append([name, *(mebibytes([fact.get(key) for fact in facts]) for key in ("peak_bytes", "private_bytes"))])
    return out


def mebibytes(amounts: list[int | None]) -> str:
    known = [amount for amount in amounts if amount is not None]
    return f"{max(known) / 2**20:.0f}" if known else ""


def yardstick(record: Record) -> list[str]:
    """Products of matrices in the same run, and what an epoch of the reference is in them."""
    speeds = {(library, count): median_of(record, f"sgemm.{library}.{count}", "gflops") for library in ("torch", "numpy") for count in (1, 2)}
    out = [f"sgemm, {library}, {count} thread{'s' if count > 1 else ''}: {speed:.0f} GFLOP/s" for (library, count), speed in speeds.items() if speed]
    rate = median_of(record, "train.python.2threads", "rate")
    if rate and speeds["torch", 2]:
        out.append(f"a fold-epoch of STSTNet in Python with 2 threads takes as long as {speeds['torch', 2] * 1e9 / PRODUCT / rate:.0f} products of "
                   "1024 x 1024 matrices by torch on 2 threads")
    fused = median_of(record, "fused.ststnet.2", "rate")
    if fused:
        out.append(f"a LOSO pass of STSTNet, 68 folds of 800 epochs, takes {68 * 800 / fused / 60:.1f} minutes at the fused engine's rate on two workers "
                   "(asked: 5, aim 3)")
    return out


def libraries(record: Record) -> list[str]:
    """BLAS and allocator of each side."""
    seen: dict[tuple[str, str], None] = {}
    for one in record["rounds"]:
        for arm, measured in one["arms"].items():
            for process in measured.get("processes", []):
                loaded = process.get("process")
                if loaded is None:
                    continue
                ours = arm.endswith((".ours", ".fused")) or arm.startswith("fused.") or arm.split(".")[1] in modes_of(record)
                malloc = f"malloc of {loaded['allocator']}{', which keeps freed memory' if ours or arm.endswith('.malloc') else ''}"
                blas = ", ".join(name for name in loaded["blas"] if name.startswith("lib")) or "none"
                seen.setdefault(("ours" if ours else "Python", f"{blas}; {malloc}"))
    return [f"{side}: {text}" for side, text in seen]


def facts(record: Record) -> list[str]:
    machine = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    worker = ", ".join(f"{name} {text}" for name, text in record["worker"].items() if name in SAID)
    out = [f"{record['date']}; {machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB; load average "
           f"{machine['load_before']} before and {machine['load_after']} after",
           versions, f"mexbench-worker: {worker}",
           f"clips: {record['data']}; amount of work: {record['scale']:g} of the default; {len(record['rounds'])} rounds", *yardstick(record),
           *libraries(record)]
    return out + [f"{name}: {text}" for name, text in record["agreement"].items()] + record["notes"]


def plain(table: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table) + "\n"


def markdown(table: list[list[str]]) -> str:
    lines = [table[0], ["---"] * len(table[0]), *table[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def for_terminal(record: Record) -> str:
    return "\n".join([plain(main_table(record)), plain(memory_table(record)), *facts(record), ""])


def for_page(record: Record, name: str) -> str:
    """The block, with a link to the record beside it."""
    listed = "\n".join(f"- {fact}" for fact in [*facts(record), f"every round: [{name}](performance/{name})"])
    return f"{markdown(main_table(record))}\n{markdown(memory_table(record))}\n{listed}\n"


def replaced(page: str, block: str) -> str:
    """The page with another block between the markers. ValueError when they are not there, once each and in order."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"there is no place for the results: the lines '{BEGIN}' and '{END}' are wanted, once each")
    return page[:page.index(BEGIN) + len(BEGIN)] + "\n\n" + block + "\n" + page[page.index(END):]


def rewrite(path: pathlib.Path, record: dict[str, Any], name: str) -> None:
    path.write_text(replaced(path.read_text(), for_page(record, name)))
