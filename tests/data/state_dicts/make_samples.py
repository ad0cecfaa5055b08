#!/usr/bin/env python3
"""Writes the samples beside this script with PyTorch (made with Debian 12's 1.13.1; the zip files embed no time stamps).

Every tensor's numbers follow from its name and shape, so that the test (tests/unit/model/samples_test.cpp) can say what must come
out without reading these files by other means:

    base      torch.arange(12).reshape(3, 4): 0 .. 11
    counting  number k is k * 0.5 - 2, for floating types; k - 2 for signed integers, k for uint8, k % 2 for bool

usage: make_samples.py [FOLDER]
"""

import collections
import pathlib
import pickle
import sys

import torch

FLOATING = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8]


def counting(dtype, count=6):
    k = torch.arange(count)
    if dtype in FLOATING:
        return (k.double() * 0.5 - 2).to(dtype)
    if dtype in INTEGERS:
        return (k - 2).to(dtype)
    return (k % 2).bool() if dtype == torch.bool else k.to(dtype)


def every_type():
    state = collections.OrderedDict()
    for dtype in FLOATING + INTEGERS + [torch.uint8, torch.bool]:
        state[str(dtype).replace("torch.", "")] = counting(dtype).reshape(2, 3)
    state["scalar"] = torch.tensor(7)
    state["none"] = torch.zeros(0, 4)
    return state


def every_view():
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    return collections.OrderedDict(
        base=base,
        transposed=base.t(),
        column=base[:, 1],
        every_other=base[::2, ::2],
        tail=base[1:],
        tied=base,
        expanded=torch.tensor([3.0, 5.0]).reshape(2, 1).expand(2, 3),
        permuted=torch.arange(24, dtype=torch.int64).reshape(2, 3, 4).permute(2, 0, 1),
    )


def small_net():
    net = torch.nn.Sequential(
        collections.OrderedDict(conv=torch.nn.Conv2d(1, 2, 2), bn=torch.nn.BatchNorm2d(2), fc=torch.nn.Linear(4, 3))
    )
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(counting(torch.float32, parameter.numel()).reshape(parameter.shape))
    return net


def trained():
    net = small_net()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(counting(torch.float32, parameter.numel()).reshape(parameter.shape))
    return net, optimizer


def samples():
    net, optimizer = trained()
    parameters = collections.OrderedDict((name, parameter) for name, parameter in net.named_parameters())
    checkpoint = {
        "epoch": 12,
        "best": 0.7209,
        "arch": "small",
        "done": True,
        "nothing": None,
        "history": [1.5, 2, (3, "x")],
        "tags": {"a"},
        "shape": torch.Size([2, 3]),
        "raw": 1 << 70,
        "optimizer": optimizer.state_dict(),
    }
    yield "every_type", every_type(), {}
    yield "every_view", every_view(), {}
    yield "net", net.state_dict(), {}
    yield "parameters", parameters, {}
    yield "data_parallel", torch.nn.DataParallel(net).state_dict(), {}
    yield "under_state_dict", {**checkpoint, "state_dict": net.state_dict()}, {}
    yield "under_model", {"model": dict(net.state_dict()), **checkpoint}, {}
    yield "protocol_4", {**checkpoint, "state_dict": net.state_dict()}, {"pickle_protocol": 4}
    yield "tensor", torch.arange(12, dtype=torch.float32).reshape(3, 4).t(), {}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    folder.mkdir(parents=True, exist_ok=True)
    for name, value, options in samples():
        torch.save(value, folder / f"{name}.zip.pth", **options)
        torch.save(value, folder / f"{name}.legacy.pth", _use_new_zipfile_serialization=False, **options)
    # Not state dictionaries; each must be refused with a message that says so.
    torch.save(small_net(), folder / "whole_module.refused.pth")
    torch.save({"weight": torch.ones(2), "epoch": 3}, folder / "mixed.refused.pth")
    torch.save({"state_dict": {"w": torch.ones(2)}, "model": {"w": torch.ones(2)}}, folder / "ambiguous.refused.pth")
    torch.save({"epoch": 3, "lr": 0.1}, folder / "no_tensors.refused.pth")
    torch.save({"weight": torch.ones(2, dtype=torch.complex64)}, folder / "complex.refused.pth")
    torch.save({"weight": torch.sparse_coo_tensor([[0]], [1.0], (2,))}, folder / "sparse.refused.pth")
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), str(folder / "torchscript.refused.pth"))
    (folder / "plain_pickle.refused.pth").write_bytes(pickle.dumps({"weight": [1.0]}, protocol=2))


if __name__ == "__main__":
    main()
