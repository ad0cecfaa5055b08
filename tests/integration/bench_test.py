"""scripts/bench without a measurement: its tables from a small record, the block of a page, and what it says of wrong input; and that the
micro-benchmarks run.

usage: bench_test.py SOURCE_DIR BUILD_DIR CASE

CASE is one of
  table      rows, medians, ranges and verdicts are those worked out by hand below
  page       only the block between the markers changes, and a page without them is refused
  options    --help lists every option; wrong input ends with one message
  programs   every micro-benchmark program runs one short repetition
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
sys.path.insert(0, str(SOURCE / "tests/bench/python"))
import agreement  # noqa: E402
import comparisons  # noqa: E402
import table  # noqa: E402
import values  # noqa: E402

MIB = 1 << 20


def trained(rate, blas="libblas.so.3"):
    facts = {"peak_bytes": 200 * MIB, "private_bytes": 100 * MIB, "blas": [blas], "allocator": "glibc"}
    return {"rate": rate, "processes": [{"begin": 0, "end": 1, "work": rate, "process": facts}]}


def made_record():
    """Three rounds; HTNet in the first only.

    contiguous     ours 30, 20, 40 (median 30)   reference 10, 20, 20 (median 20)   ratios 3, 1, 2    of medians 1.5: the floor
    channels_last  ours 60, 44, 50 (median 50)                                      6, 2.2, 2.5       of medians 2.5: the aim
    p50            ours 50 us                    reference 140 us in all rounds     2.8               below the floor of 3
    """
    rounds = [{"train.contiguous.2": trained(a), "train.channels_last.2": trained(b), "train.python.2threads": trained(c),
               "sgemm.torch.2": {"gflops": 100.0},
               "predict.ours": {"p50": 50e-6, "p99": 80e-6}, "predict.python": {"p50": 140e-6, "p99": 1.2e-3}}
              for a, b, c in ((30.0, 60.0, 10.0), (20.0, 44.0, 20.0), (40.0, 50.0, 20.0))]
    rounds[0] |= {"htnet.ours": {"rate": 0.5}, "htnet.python": {"rate": 0.1}, "bits": {"equal": True, "runs": ["--jobs 1", "--jobs 2"]},
                  "bootstrap.ours": {"seconds": 0.002}, "bootstrap.sklearn": {"seconds": 18.0}}
    return {
        "schema": "mexbench.benchmark/1", "date": "2026-11-27", "data": "megc2019-flow", "scale": 0.5, "notes": ["a note"],
        "machine": {"cpu": "A Processor", "cores": 2, "memory_bytes": 8 << 30, "kernel": "6.1", "load_before": 0.1, "load_after": 1.9},
        "versions": {"mexbench": "0.1.0", "torch": "1.13.1"}, "worker": {"blas": "OpenBLAS 0.3.21", "instruction_set": "not shown"},
        "agreement": {"latency": "scores of all clips differ by at most 0 (bound 0.0001)"}, "rounds": [{"arms": arms} for arms in rounds],
    }


MAIN = """\
| what | ours | reference | ratio (rounds) | floor | aim | reached |
| --- | --- | --- | --- | --- | --- | --- |
| STSTNet, LOSO training, contiguous, over Python with 2 threads | 30 fold-epochs/s | 20 fold-epochs/s | 1.50x (1.00 to 3.00, 3) | 1.5x | 2.3x | see the faster mode |
| STSTNet, LOSO training, channels_last, over Python with 2 threads | 50 fold-epochs/s | 20 fold-epochs/s | 2.50x (2.20 to 6.00, 3) | 1.5x | 2.3x | aim |
| STSTNet, batch 1, p50, over Python inference mode | 50 µs | 140 µs | 2.80x (2.80 to 2.80, 3) | 3x | 3.6x | no |
| the same, p99 | 80 µs | 1.2 ms | 15.0x (15.0 to 15.0, 3) |  |  |  |
| HTNet, training, over the published layout in Python with 2 threads | 0.5 fold-epochs/s | 0.1 fold-epochs/s | 5.00x (5.00 to 5.00, 1) | 3x | 4.5x | aim |
| the same over a scikit-learn loop | 2 ms | 18 s | 9000x (9000 to 9000, 1) | 1000x | 8000x | aim |
| same predictions.csv, dropout on: --jobs 1; --jobs 2 | equal |  |  | required | required | yes |
"""


class Table(unittest.TestCase):
    maxDiff = None

    def test_rows_are_those_worked_out_by_hand(self):
        self.assertEqual(table.markdown(table.main_table(made_record())), MAIN)

    def test_without_a_faster_mode_the_only_one_is_judged(self):
        record = made_record()
        for one in record["rounds"]:
            del one["arms"]["train.channels_last.2"]
        self.assertEqual([row.reached() for row in comparisons.rows(record)][:1], ["floor"])

    def test_a_busy_machine_stands_beside_every_verdict(self):
        record = made_record()
        record["machine"]["load_before"] = 0.31
        self.assertEqual([row.reached() for row in comparisons.rows(record)],
                         ["see the faster mode", "aim (busy machine)", "no (busy machine)", "", "aim (busy machine)", "aim (busy machine)"])

    def test_different_bits_are_told(self):
        record = made_record()
        record["rounds"][0]["arms"]["bits"]["equal"] = False
        self.assertEqual(table.main_table(record)[-1][1::5], ["NOT EQUAL", "no"])

    def test_an_arm_alone_makes_no_row(self):
        record = made_record()
        record["rounds"] = [{"arms": {"predict.ours": {"p50": 1e-6, "p99": 1e-6}}}]
        self.assertEqual(table.main_table(record), [table.HEADER])

    def test_memory_is_the_largest_of_all_rounds(self):
        record = made_record()
        record["rounds"][1]["arms"]["train.contiguous.2"]["processes"][0]["process"]["peak_bytes"] = 300 * MIB
        self.assertIn(["training STSTNet, one of two workers, contiguous", "300", "100"], table.memory_table(record))

    # 20 fold-epochs a second are 50 ms each; a product of 1024 x 1024 matrices is 2^31 operations, at 100 GFLOP/s 21.5 ms.
    def test_an_epoch_of_the_reference_is_told_in_products(self):
        self.assertIn("takes as long as 2 products", "\n".join(table.yardstick(made_record())))

    def test_facts_name_machine_load_libraries_and_notes(self):
        text = table.for_terminal(made_record())
        for wanted in ("A Processor, 2 cores, 8 GiB", "load average 0.1 before and 1.9 after", "ours: libblas.so.3; malloc of glibc, which keeps",
                       "Python: libblas.so.3; malloc of glibc\n", "mexbench-worker: blas OpenBLAS 0.3.21\n", "0.5 of the default", "a note"):
            self.assertIn(wanted, text)

    def test_percentiles_are_samples(self):
        self.assertEqual(values.summary([float(i) for i in range(200, 0, -1)]),
                         {"count": 200, "min": 1, "p50": 100, "p90": 180, "p95": 190, "p99": 198, "max": 200})

    # Two processes: 3 + 5 pieces of work between the first begin (10) and the last end (14).
    def test_the_rate_is_that_of_all_processes_together(self):
        self.assertEqual(values.rate([{"begin": 10, "end": 13, "work": 3}, {"begin": 10.5, "end": 14, "work": 5}]), 2)

    def test_arms_that_answer_otherwise_are_told(self):
        measured = {"predict.ours": {"scores": [1.0, -2.0]}, "predict.python": {"scores": [1.0, -2.5]}}
        self.assertTrue(agreement.check(measured)["latency"].startswith("DIFFERENT: scores of all clips differ by at most 0.2"))
        measured["predict.python"]["scores"] = [1.0, -2.00001]
        self.assertFalse(agreement.check(measured)["latency"].startswith("DIFFERENT"))
        self.assertEqual(agreement.check({"predict.ours": {"scores": []}}), {})


class Page(unittest.TestCase):
    def test_only_the_block_changes(self):
        page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
        self.assertEqual(table.replaced(page, "new\n"), f"before\n{table.BEGIN}\n\nnew\n\n{table.END}\nafter\n")

    def test_the_page_of_the_docs_has_its_place(self):
        page = (SOURCE / "docs/performance.md").read_text()
        block = table.for_page(made_record(), "x.json")
        self.assertIn(MAIN, table.replaced(page, block))
        self.assertIn("[x.json](performance/x.json)", block)

    def test_a_page_without_its_place_is_refused(self):
        for page in ("", table.BEGIN, f"{table.END}\n{table.BEGIN}", 2 * f"{table.BEGIN}\n{table.END}\n"):
            with self.assertRaisesRegex(ValueError, "there is no place for the results"):
                table.replaced(page, "x")


class Options(unittest.TestCase):
    def call(self, *arguments):
        return subprocess.run([SOURCE / "scripts/bench", *map(str, arguments)], text=True, capture_output=True, timeout=60,
                              env={**os.environ, "MEXBENCH_DATA": ""})

    def test_help_lists_every_option_and_part(self):
        done = self.call("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        driver = (SOURCE / "tests/bench/python/driver.py").read_text()
        for option in ("--out", "--only", "--rounds", "--scale", "--markdown", "--from"):
            self.assertIn(f"  {option} ", done.stdout)
            self.assertIn(f'"{option}"', driver)
        from arms import GROUPS
        for part in GROUPS:
            self.assertIn(part, done.stdout)

    def test_a_record_is_shown_again_and_written_into_a_page(self):
        with tempfile.TemporaryDirectory() as made:
            folder = pathlib.Path(made)
            (folder / "record.json").write_text(json.dumps(made_record()))
            (folder / "page.md").write_text(f"{table.BEGIN}\n{table.END}\n")
            done = self.call("--from", folder / "record.json", "--markdown", folder / "page.md")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("2.50x (2.20 to 6.00, 3)", done.stdout)
            self.assertIn(MAIN, (folder / "page.md").read_text())

    def test_sides_that_differ_are_a_failure(self):
        record = made_record()
        record["agreement"]["flow"] = "DIFFERENT: flow images differ"
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(record, file)
            file.flush()
            done = self.call("--from", file.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error: DIFFERENT: flow images differ", done.stderr)

    def test_wrong_input_is_one_message(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write("[]")
            file.flush()
            for given, wanted in (("/nowhere.json", "No such file"), (file.name, "is no record of scripts/bench")):
                done = self.call("--from", given)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, f"^error: [^\n]*{wanted}[^\n]*\n$")
        driver = [sys.executable, SOURCE / "tests/bench/python/driver.py", "--build", "/nowhere", "--only", "latency"]
        done = subprocess.run(driver, text=True, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error: /nowhere/mexbench is not there: build it first", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        for wrong in (("--rounds", "0"), ("--scale", "2"), ("--only", "nothing")):
            done = self.call("--from", "/nowhere.json", *wrong)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertNotIn("Traceback", done.stderr)


    def test_continuous_integration_does_not_measure(self):
        for script in (".ci/run", "scripts/test", "scripts/quickstart"):
            text = (SOURCE / script).read_text()
            self.assertNotIn("scripts/bench", text)
            self.assertNotIn("setup bench", text)


class Programs(unittest.TestCase):
    # Of each program the benchmarks that take milliseconds.
    QUICK = {
        "bench_core": "/(64|4096|442)$",
        "bench_data": "/442$",
        "bench_eval": "_reference/442|pooled_metrics/442|_predictions/442",
        "bench_model": "/1900$",
        "bench_config": "/1$",
        "bench_stats": "draw_subjects|subject_bootstrap/1/1$|subject_swaps/2/1$|/24$",
        "bench_features": "bi_woof|mdmo|/28$",
        "bench_networks": "copy_reference|predict/.*/1$",
        "bench_preprocess": "reference|decode|adapt|flow/(farneback|dis)|stages_of_a_clip/farneback",
    }

    def test_every_program_runs(self):
        programs = {path.name for path in (BUILD / "tests/bench").glob("bench_*") if path.is_file() and os.access(path, os.X_OK)} - {"bench_arms"}
        if not programs:
            self.skipTest("Google Benchmark is not installed: there are no micro-benchmarks")
        self.assertEqual(programs, self.QUICK.keys() & programs, "a program without an entry in QUICK")
        for program in sorted(programs):
            with self.subTest(program):
                done = subprocess.run([BUILD / "tests/bench" / program, f"--benchmark_filter={self.QUICK[program]}", "--benchmark_min_time=0.001",
                                       "--benchmark_format=json"], text=True, capture_output=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                found = json.loads(done.stdout)["benchmarks"]
                self.assertGreater(len(found), 1)
                self.assertEqual([one["name"] for one in found if one.get("error_occurred")], [])
                self.assertEqual([one["name"] for one in found if "items_per_second" not in one and "bytes_per_second" not in one], [])


if __name__ == "__main__":
    case = {"table": Table, "page": Page, "options": Options, "programs": Programs}[sys.argv[3]]
    result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    sys.exit(77 if result.skipped and result.wasSuccessful() else 0 if result.wasSuccessful() else 1)
