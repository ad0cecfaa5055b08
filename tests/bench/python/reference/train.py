"""Trains folds one after the other: the counterpart of bench_arms train, with its settings and its result. `threads` beside them.

All clips are tensors before the clock runs, batches are views, gradients are dropped and not zeroed, and the loss is fetched once an epoch.
"""
import random
import time

import torch
from torch import Tensor, nn

import arm
import networks


def evaluate(network: nn.Module, inputs: Tensor, labels: Tensor) -> int:
    network.eval()
    with torch.inference_mode():
        right = int((network(inputs).argmax(1) == labels).sum())
    network.train()
    return right


def train_epoch(network: nn.Module, optimizer: torch.optim.Optimizer, inputs: Tensor, labels: Tensor, batch_size: int) -> float:
    criterion = nn.functional.cross_entropy
    total = torch.zeros(())
    for begin in range(0, len(labels), batch_size):
        batch = inputs[begin:begin + batch_size]
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(network(batch), labels[begin:begin + batch_size])
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(batch)
    return total.item() / len(labels)


def main() -> None:
    settings = arm.settings()
    torch.set_num_threads(settings["threads"])
    data = arm.read_inputs(settings["inputs"])
    images = networks.images(data, settings)
    classes = torch.tensor(data.labels)
    train = settings["train"]
    warmup = settings["warmup_epochs"]
    begin, losses, right, epochs = 0.0, [], [], 0
    for subject in settings["subjects"]:
        held_out = torch.tensor([of == subject for of in data.subjects])
        inputs, labels = (side[~held_out][:settings.get("train_clips")].contiguous() for side in (images, classes))
        test_inputs, test_labels = (side[held_out][:settings.get("test_clips")].contiguous() for side in (images, classes))
        torch.manual_seed(random.Random(subject).getrandbits(31))
        network = networks.create(settings["model"], settings["params"])
        if "init" in settings:
            network.load_state_dict(torch.load(settings["init"]))
        optimizer = torch.optim.Adam(network.parameters(), lr=train["optimizer"]["lr"])
        network.train()
        for epoch in range(1, warmup + train["epochs"] + 1):
            loss = train_epoch(network, optimizer, inputs, labels, train["batch_size"])
            answers = evaluate(network, test_inputs, test_labels)
            if epoch > warmup:
                losses.append(loss)
            if epoch == warmup:
                begin = arm.wait_for_go()
        warmup = 0
        right.append(answers)
        epochs += train["epochs"]
    end = time.monotonic()
    arm.finish({"begin": begin, "end": end, "work": epochs * settings.get("work_per_epoch", 1.0), "loss": losses, "right": right})


if __name__ == "__main__":
    main()
