"""One clip at a time in inference mode: the counterpart of bench_arms predict, with its settings and its result. One thread."""
import time

import torch

import arm
import networks


def main() -> None:
    settings = arm.settings()
    torch.set_num_threads(1)
    data = arm.read_inputs(settings["inputs"])
    images = networks.images(data, settings)
    clips = list(images.split(1))
    network = networks.create(settings["model"], settings["params"])
    network.load_state_dict(torch.load(settings["weights"]))
    network.eval()
    samples = settings["samples"]
    seconds = [0.0] * samples
    clock = time.perf_counter
    with torch.inference_mode():
        for i in range(settings["warmup"]):
            network(clips[i % len(clips)])
        begin = arm.wait_for_go()
        for i in range(samples):
            clip = clips[i % len(clips)]
            before = clock()
            network(clip)
            seconds[i] = clock() - before
        end = time.monotonic()
        scores = [score for clip in clips for score in network(clip)[0].tolist()]
    arm.finish({"begin": begin, "end": end, "work": samples, "seconds": seconds, "scores": scores})


if __name__ == "__main__":
    main()
