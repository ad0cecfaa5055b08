#!/usr/bin/env python3
"""Writes torch_cases.h: losses and training trajectories as PyTorch computes them, for tests/unit/train.

Needs python3-torch; run again only when a case is added. Focal and capsule margin loss are not in PyTorch: they are the papers' formulas,
written with plain tensor operations (Lin et al. 2017, equation 5; Sabour et al. 2017, equation 4).
"""
import os

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(7)
LABELS = [0, 2, 1, 1, 0, 2]
SCORES = torch.randn(6, 3) * 2
LENGTHS = torch.rand(6, 3)
WEIGHTS = [0.5, 1.0, 3.0]
SHARES = [[0.7, 0.3, 0.0], [0.0, 0.0, 1.0], [0.25, 0.75, 0.0], [0.0, 0.6, 0.4], [1.0, 0.0, 0.0], [0.1, 0.0, 0.9]]


def focal(scores, labels, gamma, weights=None):
    total, scale = 0.0, 0.0
    for row, label in zip(scores, labels):
        p = torch.softmax(row, 0)[label]
        w = 1.0 if weights is None else weights[label]
        total = total - w * (1 - p) ** gamma * torch.log(p)
        scale += w
    return total / scale


def margin(lengths, labels, plus, minus, lam, weights=None):
    total, scale = 0.0, 0.0
    for row, label in zip(lengths, labels):
        w = 1.0 if weights is None else weights[label]
        for k in range(3):
            if k == label:
                total = total + w * torch.clamp(plus - row[k], min=0) ** 2
            else:
                total = total + w * lam * torch.clamp(row[k] - minus, min=0) ** 2
        scale += w
    return total / scale


def losses():
    y = torch.tensor(LABELS)
    s, w = SCORES.double(), torch.tensor(WEIGHTS, dtype=torch.float64)
    t = torch.tensor(SHARES, dtype=torch.float64)
    yield "kCrossEntropy", F.cross_entropy(s, y)
    yield "kWeighted", torch.nn.CrossEntropyLoss(weight=w)(s, y)
    yield "kSmoothed", torch.nn.CrossEntropyLoss(label_smoothing=0.2)(s, y)
    yield "kSmoothedWeighted", torch.nn.CrossEntropyLoss(label_smoothing=0.2, weight=w)(s, y)
    yield "kShares", torch.nn.CrossEntropyLoss()(s, t)
    yield "kSharesSmoothed", torch.nn.CrossEntropyLoss(label_smoothing=0.2)(s, t)
    yield "kFocal", focal(s, LABELS, 2.0)
    yield "kFocalWeighted", focal(s, LABELS, 1.5, WEIGHTS)
    lengths = LENGTHS.double()
    yield "kMargin", margin(lengths, LABELS, 0.9, 0.1, 0.5)
    yield "kMarginWeighted", margin(lengths, LABELS, 0.8, 0.2, 0.25, WEIGHTS)


# One linear layer of 3 outputs on 4 numbers, 12 clips in two batches of 8 and 4, 6 epochs, clips in their order.
INPUTS = torch.randn(12, 4)
CLIP_LABELS = [0, 1, 2, 0, 0, 1, 2, 2, 0, 1, 0, 2]
INITIAL = torch.randn(3, 4) * 0.5


def trajectory(make_optimizer, loss=None, rates=None, clip=None):
    weight = INITIAL.clone().requires_grad_(True)
    optimizer = make_optimizer([weight])
    for epoch in range(6):
        for begin, end in ((0, 8), (8, 12)):
            if rates:
                optimizer.param_groups[0]["lr"] = rates[epoch]
            optimizer.zero_grad()
            scores = INPUTS[begin:end] @ weight.t()
            y = CLIP_LABELS[begin:end]
            (loss(scores, y) if loss else F.cross_entropy(scores, torch.tensor(y))).backward()
            if clip:
                torch.nn.utils.clip_grad_norm_([weight], clip)
            optimizer.step()
    return weight.detach()


def trajectories():
    optim = torch.optim
    yield "kAdam", trajectory(lambda p: optim.Adam(p, lr=0.05, weight_decay=0.1))
    yield "kAdamW", trajectory(lambda p: optim.AdamW(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1))
    yield "kSgd", trajectory(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01))
    yield "kRmsProp", trajectory(lambda p: optim.RMSprop(p, lr=0.02, weight_decay=0.05))
    yield "kRmsPropCentered", trajectory(lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6, momentum=0.5, centered=True))
    yield "kClipped", trajectory(lambda p: optim.SGD(p, lr=0.5), clip=0.1)
    # warm-up of 3 epochs, then a cosine over the other 3: 0.1 * (1 + cos(pi * (0, 1/3, 2/3))) / 2 = 0.1, 0.075, 0.025
    yield "kWarmUp", trajectory(lambda p: optim.SGD(p, lr=0.1), rates=[0.025, 0.05, 0.075, 0.1, 0.075, 0.025])
    yield "kSmoothedTraining", trajectory(
        lambda p: optim.Adam(p, lr=0.05), lambda s, y: F.cross_entropy(s, torch.tensor(y), weight=torch.tensor(WEIGHTS), label_smoothing=0.1)
    )
    yield "kFocalTraining", trajectory(lambda p: optim.Adam(p, lr=0.05), lambda s, y: focal(s, y, 2.0, WEIGHTS))


def numbers(values):
    return "{" + ", ".join(repr(float(v)) for v in values) + "}"


def main():
    out = ["// Made by make_torch_cases.py with torch " + torch.__version__ + ".", "#pragma once", "", "#include <array>", ""]
    out += ["// clang-format off", "namespace mexbench::train::cases {", ""]
    for name, tensor in (("kScores", SCORES), ("kLengths", LENGTHS), ("kInputs", INPUTS), ("kInitial", INITIAL)):
        flat = tensor.flatten()
        out.append(f"inline constexpr std::array<float, {len(flat)}> {name}{numbers(flat)};")
    out += ["", "namespace losses {"]
    out += [f"inline constexpr double {name} = {float(value)!r};" for name, value in losses()]
    out += ["}  // namespace losses", "", "// Weights after the last step, row by row.", "namespace trajectories {"]
    out += [f"inline constexpr std::array<float, 12> {name}{numbers(weight.flatten())};" for name, weight in trajectories()]
    out += ["}  // namespace trajectories", "", "}  // namespace mexbench::train::cases", "// clang-format on", ""]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch_cases.h")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out))


main()
