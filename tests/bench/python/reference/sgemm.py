"""The yardstick: products of two 1024 x 1024 float32 matrices, by the library and on the threads of the settings. GFLOP/s of the median."""
import statistics
import time

import arm

SIDE = 1024


def main() -> None:
    settings = arm.settings()
    if settings["library"] == "torch":
        import torch

        torch.set_num_threads(settings["threads"])
        a, b = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
        version = torch.__version__
    else:
        import numpy

        random = numpy.random.default_rng(0)
        a, b = random.random((SIDE, SIDE), numpy.float32), random.random((SIDE, SIDE), numpy.float32)
        version = numpy.__version__
    a @ b
    seconds = []
    begin = arm.wait_for_go()
    for _ in range(settings["repetitions"]):
        before = time.perf_counter()
        a @ b
        seconds.append(time.perf_counter() - before)
    end = time.monotonic()
    gflops = 2 * SIDE**3 / statistics.median(seconds) / 1e9
    arm.finish({"begin": begin, "end": end, "work": len(seconds), "seconds": seconds, "gflops": gflops, "version": version})


if __name__ == "__main__":
    main()
