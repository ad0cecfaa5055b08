"""Same bits: predictions of one experiment, trained with dropout, whatever the number of workers, and after a run that was killed."""
import json
import pathlib
import shutil
import subprocess
import time
from typing import Any

from processes import Failed

EPOCHS = 8
SUBJECTS = 12
JOBS = (1, 2, 4)
PREDICTIONS = "ststnet/seed-0/predictions.csv"
EXPERIMENT = {
    "schema_version": 1,
    "name": "bits",
    "dataset": {"adapter": "synth", "label_map": "synth", "subjects": SUBJECTS},
    "protocol": {"name": "loso"},
    "models": [{"label": "ststnet", "name": "ststnet", "params": {"dropout": 0.5}}],
    "train": {"epochs": EPOCHS, "batch_size": 32, "optimizer": {"name": "adam", "lr": 1.0e-3}},
    "seeds": [0],
}


def call(program: pathlib.Path, *arguments: str) -> None:
    done = subprocess.run([str(program), *arguments], text=True, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"mexbench {arguments[0]} ended with exit code {done.returncode}: {done.stderr.strip()}")


def sealed(run: pathlib.Path) -> int:
    return len(list(run.glob("ststnet/seed-0/folds/*/sealed.json")))


def killed_run(program: pathlib.Path, experiment: pathlib.Path, out: pathlib.Path) -> int:
    """Kills a run once it has sealed a fold; gives the number of folds that were done."""
    run = subprocess.Popen([str(program), "run", str(experiment), "--out", str(out), "--jobs", "2"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    try:
        while run.poll() is None and sealed(out / "bits") == 0:
            time.sleep(0.005)
    finally:
        run.kill()
        run.wait()
    done = sealed(out / "bits")
    if not 0 < done < SUBJECTS:
        raise Failed(f"the run that was to be killed had {done} of {SUBJECTS} folds done")
    return done


def compare(program: pathlib.Path, folder: pathlib.Path) -> dict[str, Any]:
    """{"equal": whether all predictions are the same bytes, "runs": what was compared}."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    experiment = folder / "bits.yaml"
    experiment.write_text(json.dumps(EXPERIMENT))  # JSON is YAML
    runs = {}
    for jobs in JOBS:
        out = folder / f"jobs-{jobs}"
        call(program, "run", str(experiment), "--out", str(out), "--jobs", str(jobs))
        runs[f"--jobs {jobs}"] = out
    out = folder / "killed"
    done = killed_run(program, experiment, out)
    call(program, "resume", str(out / "bits"))
    runs[f"killed after {done} of {SUBJECTS} folds, resumed"] = out
    contents = {(out / "bits" / PREDICTIONS).read_bytes() for out in runs.values()}
    return {"equal": len(contents) == 1, "runs": list(runs)}
