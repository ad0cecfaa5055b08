#!/usr/bin/env python3
"""Fixtures as others may write them, for `mexbench parity`: the networks that are verified by fixtures, written a second time in Python
from the layers that the reference fixtures describe, at other constructor parameters, input sizes and forms of the files.

usage: unseen_fixtures.py FOLDER

Each subfolder of FOLDER becomes a fixture that has to be met. Shares nothing with models/.
"""

import collections
import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F


class STSTNet(nn.Module):
    def __init__(self, in_channels=3, out_channels=3, padding=2):
        super().__init__()
        for stream, maps in enumerate((3, 5, 8), start=1):
            setattr(self, f"conv{stream}", nn.Conv2d(in_channels, maps, 3, padding=padding))
            setattr(self, f"bn{stream}", nn.BatchNorm2d(maps))
        self.fc = nn.Linear(400, out_channels)

    def forward(self, x):
        streams = ((self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3))
        maps = torch.cat([F.max_pool2d(norm(conv(x).relu()), 3, 3, 1) for conv, norm in streams], 1)
        return self.fc(F.avg_pool2d(maps, 2).flatten(1))


class OffApexNet(nn.Module):
    def __init__(self, num_classes=3, dropout=0.5):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 16, 3, padding=1)
        self.drop = nn.Dropout(dropout)
        self.fc1 = nn.Linear(784, 1024)
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(conv(x).relu(), 2)
        return self.fc(self.drop(self.fc1(self.drop(x.flatten(1))).relu()))


class SSSNet(nn.Module):
    def __init__(self, num_classes=3, h_dims=(32, 64, 256), dropout=0.5, softmax=False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, h_dims[0], 5)
        self.bn1 = nn.BatchNorm2d(h_dims[0])
        self.conv2 = nn.Conv2d(h_dims[0], h_dims[1], 3)
        self.bn2 = nn.BatchNorm2d(h_dims[1])
        self.drop = nn.Dropout2d(dropout)
        self.fc1 = nn.Linear(81 * h_dims[1], h_dims[2])
        self.fc = nn.Linear(h_dims[2], num_classes)
        self.probabilities = softmax

    def forward(self, x):
        x = self.drop(self.bn1(F.max_pool2d(self.conv1(x).relu(), 3)))
        x = self.drop(self.bn2(F.max_pool2d(self.conv2(x).relu(), 2)))
        x = self.fc(self.fc1(x.flatten(1)).relu())
        return x.softmax(1) if self.probabilities else x


def unit(maps, kernel):
    return nn.Sequential(nn.Conv2d(maps, maps, kernel, padding=kernel // 2), nn.BatchNorm2d(maps), nn.ReLU())


class Recurrent(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.ffconv = unit(maps, 1)
        self.rrconv = unit(maps, 3)

    def forward(self, x):
        return F.max_pool2d(self.rrconv(x + self.rrconv(x + self.ffconv(x))), 2)


class Dense(nn.Module):
    def __init__(self, maps, third):
        super().__init__()
        self.conv1 = unit(maps, 1)
        self.conv2 = unit(maps, 3)
        if third:
            self.conv3 = unit(maps, 3)

    def forward(self, x, attention=1):
        total = x + self.conv1(x) * attention
        for _ in range(2):
            total = total + self.conv2(total)
        return F.max_pool2d(self.conv2(total), 2)


def attention_of(maps, weight):
    evidence = []
    for row in weight:
        one = (row.view(maps.shape[1:]) * maps).mean(1, keepdim=True)
        one = one - one.amin((2, 3), keepdim=True)
        evidence.append(one / one.amax((2, 3), keepdim=True))
    return torch.cat(evidence, 1).mean(1, keepdim=True)


class RCN(nn.Module):
    """RCN-A, -S, -W and -F by the letter `kind`; `head` is the name of the last layer."""

    def __init__(self, kind, head, num_input, featuremaps, num_classes, num_layers=1, pool_size=5, model_version=3,
                 use_stream3=False):
        super().__init__()
        self.kind, self.head, self.side, self.own_third = kind, head, pool_size, kind == "w" or use_stream3
        if kind in "as":
            self.conv1 = nn.Sequential(nn.Conv2d(num_input, featuremaps, 5), nn.BatchNorm2d(featuremaps), nn.ReLU(), nn.MaxPool2d(2))
        else:
            for stream, share in enumerate((2, 4, 4), start=1):
                maps = featuremaps // share
                conv = nn.Conv2d(num_input, maps, 3, stride=3, padding=stream, dilation=stream)
                setattr(self, f"stream{stream}", nn.Sequential(conv, nn.ReLU(), nn.BatchNorm2d(maps)))
        if kind == "f":
            self.ebl = Dense(featuremaps, third=False)
        elif kind == "s":
            self.dbl = nn.Sequential(*(Dense(featuremaps, third=True) for _ in range(num_layers)))
        else:
            self.rcls = nn.Sequential(*(Recurrent(featuremaps) for _ in range(num_layers)))
        setattr(self, head, nn.Linear(featuremaps * pool_size ** 2, num_classes))

    def pool(self, x):
        return F.adaptive_avg_pool2d(x, self.side)

    def forward(self, x):
        head = getattr(self, self.head)
        if self.kind in "as":
            x = self.conv1(x)
        else:
            third = self.stream3 if self.own_third else self.stream2
            x = torch.cat([self.stream1(x), self.stream2(x), third(x)], 1)
        attention = attention_of(self.pool(x), head.weight) if self.kind in "af" else None
        if self.kind == "f":
            x = self.ebl(x, F.interpolate(attention, x.shape[2:]))
        else:
            x = (self.dbl if self.kind == "s" else self.rcls)(x)
        x = self.pool(x)
        return head((x * attention if self.kind == "a" else x).flatten(1))


class LayerNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.g = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.b = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x):
        centred = x - x.mean(1, keepdim=True)
        return centred / (centred.square().mean(1, keepdim=True) + 1e-5).sqrt() * self.g + self.b


class Normed(nn.Module):
    def __init__(self, channels, part):
        super().__init__()
        self.norm = LayerNorm(channels)
        self.fn = part

    def forward(self, x):
        return x + self.fn(self.norm(x))


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads, self.size = heads, channels // heads
        self.to_qkv = nn.Conv2d(channels, 3 * heads * self.size, 1, bias=False)
        self.to_out = nn.Sequential(nn.Conv2d(heads * self.size, channels, 1), nn.Identity())

    def forward(self, x):
        clips, _, rows, columns = x.shape
        q, k, v = self.to_qkv(x).view(clips, 3, self.heads, self.size, rows * columns).unbind(1)
        shares = (torch.einsum("nhdi,nhdj->nhij", q, k) / self.size ** 0.5).softmax(-1)
        return self.to_out(torch.einsum("nhij,nhdj->nhdi", shares, v).reshape(clips, -1, rows, columns))


class FeedForward(nn.Module):
    def __init__(self, channels, widening):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(channels, widening * channels, 1), nn.GELU(), nn.Identity(),
                                 nn.Conv2d(widening * channels, channels, 1))

    def forward(self, x):
        return self.net(x)


class Transformer(nn.Module):
    def __init__(self, channels, positions, depth, heads, widening):
        super().__init__()
        self.pos_emb = nn.Parameter(torch.randn(positions))
        self.layers = nn.ModuleList(
            nn.ModuleList([Normed(channels, Attention(channels, heads)), Normed(channels, FeedForward(channels, widening))])
            for _ in range(depth))

    def forward(self, x):
        rows, columns = x.shape[2:]
        x = x + self.pos_emb[:rows * columns].view(rows, columns)
        for attention, feed_forward in self.layers:
            x = feed_forward(attention(x))
        return x


class HTNet(nn.Module):
    def __init__(self, image_size, patch_size, num_classes, dim, heads, num_hierarchies, block_repeats, mlp_mult=4, channels=3, dim_head=64,
                 dropout=0.0):
        super().__init__()
        self.patch, self.levels = patch_size, num_hierarchies
        repeats = block_repeats if isinstance(block_repeats, list) else [block_repeats] * num_hierarchies
        positions = (image_size // patch_size // 2 ** (num_hierarchies - 1)) ** 2
        self.to_patch_embedding = nn.Sequential(nn.Identity(), nn.Conv2d(channels * patch_size ** 2, dim, 1))
        self.layers = nn.ModuleList()
        for level in range(num_hierarchies):
            width = dim * 2 ** level
            pair = [Transformer(width, positions, repeats[level], heads * 2 ** level, mlp_mult)]
            if level + 1 < num_hierarchies:
                pair.append(nn.Sequential(nn.Conv2d(width, 2 * width, 3, padding=1), LayerNorm(2 * width), nn.MaxPool2d(3, 2, 1)))
            self.layers.append(nn.ModuleList(pair))
        self.mlp_head = nn.Sequential(LayerNorm(width), nn.Identity(), nn.Linear(width, num_classes))

    def forward(self, x):
        clips, colours, height, width = x.shape
        rows, columns = height // self.patch, width // self.patch
        x = x.view(clips, colours, rows, self.patch, columns, self.patch).permute(0, 3, 5, 1, 2, 4)
        x = self.to_patch_embedding(x.reshape(clips, -1, rows, columns))
        for level, pair in enumerate(self.layers):
            side = 2 ** (self.levels - 1 - level)
            # A view of the blocks, (block row, block column, clips, channels, rows, columns), each through the transformer on its own.
            blocks = [torch.cat([pair[0](block) for block in strip.chunk(side, 3)], 3) for strip in x.chunk(side, 2)]
            x = torch.cat(blocks, 2)
            if len(pair) > 1:
                x = pair[1](x)
        return self.mlp_head[2](self.mlp_head[0](x).mean((2, 3)))


def squash(s):
    length = s.norm(dim=-1, keepdim=True)
    return length ** 2 / (1 + length ** 2) * s / (length + 1e-8)


class PrimaryCapsules(nn.Module):
    def __init__(self, ins, outs, dim, kernel):
        super().__init__()
        self.dim = dim
        self.conv2d = nn.Conv2d(ins, outs, kernel, stride=2)

    def forward(self, x):
        return squash(self.conv2d(x).permute(0, 2, 3, 1).reshape(len(x), -1, self.dim))


class DigitCapsules(nn.Module):
    def __init__(self, capsules, dim, classes, out_dim, routings):
        super().__init__()
        self.routings = routings
        self.weight = nn.Parameter(0.2 * torch.randn(classes, capsules, out_dim, dim))

    def forward(self, x):
        predicted = (self.weight @ x[:, None, :, :, None]).squeeze(-1)
        agreement = torch.zeros_like(predicted[..., 0])
        for _ in range(self.routings):
            digits = squash((agreement.softmax(1)[..., None] * predicted).sum(2, keepdim=True))
            agreement = agreement + (digits * predicted).sum(-1)
        return digits.squeeze(2)


class CapsuleHead(nn.Module):
    def __init__(self, in_channels, conv1_channels, conv1_kernel, primary_channels, primary_kernel, dim_caps, in_num_caps, classes,
                 out_dim_caps, routings):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, conv1_channels, conv1_kernel)
        self.primarycaps = PrimaryCapsules(conv1_channels, primary_channels, dim_caps, primary_kernel)
        self.digitcaps = DigitCapsules(in_num_caps, dim_caps, classes, out_dim_caps, routings)

    def forward(self, x):
        return self.digitcaps(self.primarycaps(self.conv1(x).relu())).norm(dim=-1)


def rcn(kind, head):
    return lambda **constructor: RCN(kind, head, **constructor)


NETWORKS = {
    "ststnet": STSTNet, "offapexnet": OffApexNet, "sssnet": SSSNet, "htnet": HTNet, "capsulenet_head": CapsuleHead,
    "rcn_a": rcn("a", "fc"), "rcn_s": rcn("s", "classifier"), "rcn_w": rcn("w", "fc"), "rcn_f": rcn("f", "classifier"),
}
OTHER_HEADS = {"rcn_a": rcn("a", "classifier"), "rcn_s": rcn("s", "fc"), "rcn_w": rcn("w", "classifier"), "rcn_f": rcn("f", "fc")}

RCN_BASE = {"num_input": 3, "featuremaps": 32, "num_classes": 3, "num_layers": 1, "pool_size": 5}
HTNET = {"image_size": 28, "patch_size": 7, "num_classes": 3, "dim": 12, "heads": 3, "num_hierarchies": 3, "block_repeats": [1, 1, 2]}
CAPSULES = {"in_channels": 8, "conv1_channels": 16, "conv1_kernel": 9, "primary_channels": 32, "primary_kernel": 9, "dim_caps": 8,
            "in_num_caps": 144, "classes": 3, "out_dim_caps": 16, "routings": 3}


class Writer:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def write(self, name, model, constructor, shape, *, network=None, scale=1.0, double=False, state=lambda network: network.state_dict(),
              save=torch.save, given=lambda tensor: tensor, told=None, more=None, text=json.dumps):
        """`told`: the constructor as fixture.json has it; `given`: the form in which tensors are saved; `more`: further keys."""
        torch.manual_seed(len(list(self.folder.iterdir())))
        net = (network or NETWORKS[model])(**constructor)
        with torch.no_grad():
            for key, parameter in net.named_parameters():
                if parameter.dim() == 1 or key.endswith((".g", ".b")):
                    parameter.add_(0.1 * torch.randn_like(parameter))
                elif key in ("fc.weight", "classifier.weight"):
                    parameter.mul_(5)
            for _ in range(3):
                net(scale * torch.rand(4, *shape[1:]))
            net.eval()
            inputs = scale * torch.rand(shape)
            if double:
                net, inputs = net.double(), inputs.double()
            outputs = net(inputs)
        place = self.folder / name
        place.mkdir()
        save(state(net), place / "state_dict.pth")
        torch.save(given(inputs), place / "input.pt")
        torch.save(given(outputs), place / "output_eval.pt")
        fixture = {"model": model, "constructor": constructor if told is None else told, **(more or {})}
        (place / "fixture.json").write_text(text(fixture), encoding="utf-8")


def constructors(writer):
    write = writer.write
    # What the published constructors take beyond what one would train.
    write("rcn_f-layers-ignored", "rcn_f", {**RCN_BASE, "num_layers": 12}, (6, 3, 28, 28))
    write("htnet-dim_head-ignored", "htnet", {**HTNET, "dim_head": 0}, (6, 3, 28, 28))
    write("ststnet-one-class", "ststnet", {"in_channels": 1, "out_channels": 1}, (2, 1, 26, 31))
    write("offapexnet-one-class", "offapexnet", {"num_classes": 1, "dropout": 1.0}, (6, 2, 31, 28))
    write("sssnet-one-class", "sssnet", {"num_classes": 1, "h_dims": [4, 5, 6], "dropout": 1}, (2, 3, 64, 69))
    write("sssnet-four-widths", "sssnet", {"h_dims": [8, 4, 6, 9], "softmax": True}, (1, 3, 66, 65))
    for kind in "aswf":
        write(f"rcn_{kind}-one-class", f"rcn_{kind}", {**RCN_BASE, "num_classes": 1}, (3, 3, 28, 28))
        write(f"rcn_{kind}-authors", f"rcn_{kind}", {"num_input": 5, "featuremaps": 64, "num_classes": 3, "num_layers": 2, "pool_size": 7},
              (1, 5, 40, 61))
    for kind in "asw":
        write(f"rcn_{kind}-no-layers", f"rcn_{kind}", {**RCN_BASE, "num_layers": 0}, (3, 3, 28, 28))
    write("rcn_w-many-layers", "rcn_w", {"num_input": 1, "featuremaps": 4, "num_classes": 3, "num_layers": 9, "pool_size": 2},
          (1, 1, 1534, 1540))
    write("rcn_f-stream3", "rcn_f", {**RCN_BASE, "use_stream3": True}, (3, 3, 28, 28))
    write("rcn_a-model-version", "rcn_a", {**RCN_BASE, "model_version": 3}, (3, 3, 28, 28))
    write("htnet-smaller-image", "htnet", {**HTNET, "image_size": 35, "num_hierarchies": 2, "block_repeats": [1, 2]}, (3, 3, 28, 28))
    write("htnet-not-square", "htnet", {**HTNET, "image_size": 56, "num_hierarchies": 2, "block_repeats": [1, 2]}, (2, 3, 28, 56))
    write("htnet-one-number", "htnet", {**HTNET, "block_repeats": 2, "channels": 5, "mlp_mult": 1, "num_classes": 1}, (3, 5, 28, 28))
    write("htnet-long-list", "htnet", {**HTNET, "block_repeats": [1, 0, 1, 4], "dropout": 1.0}, (3, 3, 28, 28))
    write("htnet-one-level", "htnet", {**HTNET, "num_hierarchies": 1, "block_repeats": [2], "patch_size": 4, "heads": 12}, (3, 3, 28, 28),
          scale=255)
    write("htnet-four-levels", "htnet",
          {**HTNET, "image_size": 64, "patch_size": 4, "num_hierarchies": 4, "block_repeats": [1, 0, 1, 2], "heads": 5}, (2, 3, 64, 64),
          scale=255)
    # 36 positions of 12 numbers are 54 capsules of 8, though 12 is no multiple of 8.
    write("capsules-uneven", "capsulenet_head", {**CAPSULES, "primary_channels": 12, "in_num_caps": 54, "classes": 1}, (3, 8, 28, 28))
    write("capsules-not-square", "capsulenet_head", {**CAPSULES, "in_channels": 1, "in_num_caps": 216, "routings": 70}, (3, 1, 28, 34))
    write("capsules-one-round", "capsulenet_head",
          {**CAPSULES, "conv1_kernel": 4, "primary_kernel": 6, "in_num_caps": 400, "routings": 1}, (3, 8, 28, 28))
    write("ststnet-padding", "ststnet", {"padding": 1}, (3, 3, 28, 33))


def files(writer):
    write = writer.write
    # Numbers and truth values as other languages write them.
    as_floats = {key: [float(one) for one in value] if isinstance(value, list) else float(value) for key, value in HTNET.items()}
    write("told-as-floats", "htnet", HTNET, (3, 3, 28, 28), told=as_floats)
    write("told-as-one", "sssnet", {"softmax": True}, (2, 3, 64, 64), told={"softmax": 1})
    write("told-as-nought", "sssnet", {"softmax": False}, (2, 3, 64, 64), told={"softmax": 0})
    write("told-nothing", "ststnet", {}, (3, 3, 28, 28))
    write("more-keys", "ststnet", {}, (3, 3, 28, 28),
          more={"max_abs_output": float("nan"), "noise": [float("inf"), -float("inf")], "note": 'bare NaN, "Infinity\\" and [1]'})
    # Weights.
    for model, network in OTHER_HEADS.items():
        write(f"other-head-{model}", model, RCN_BASE, (3, 3, 28, 28), network=network)
    prefixed = lambda net: {"module." + key: value for key, value in net.state_dict().items()}
    write("parallel", "ststnet", {}, (3, 3, 28, 28), state=prefixed)
    write("parallel-other-head", "rcn_w", RCN_BASE, (3, 3, 28, 28), network=OTHER_HEADS["rcn_w"], state=prefixed)
    write("checkpoint", "ststnet", {}, (3, 3, 28, 28), state=lambda net: {"epoch": 3, "state_dict": net.state_dict(), "best": 0.5})
    write("parameters-only", "htnet", HTNET, (3, 3, 28, 28), state=lambda net: collections.OrderedDict(net.named_parameters()))
    write("no-batches-tracked", "rcn_s", RCN_BASE, (3, 3, 28, 28),
          state=lambda net: {key: value for key, value in net.state_dict().items() if not key.endswith("num_batches_tracked")})
    write("legacy", "rcn_a", RCN_BASE, (3, 3, 28, 28),
          save=lambda state, path: torch.save(state, path, _use_new_zipfile_serialization=False))
    # Tensors.
    doubles = (("ststnet", {}, (2, 3, 28, 28)), ("rcn_f", RCN_BASE, (2, 3, 28, 28)), ("htnet", HTNET, (2, 3, 28, 28)),
               ("capsulenet_head", CAPSULES, (2, 8, 28, 28)), ("sssnet", {}, (1, 3, 64, 64)))
    for model, constructor, shape in doubles:
        write(f"double-{model}", model, constructor, shape, double=True)
    write("channels-last", "rcn_a", RCN_BASE, (3, 3, 28, 28),
          given=lambda tensor: tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor)
    write("with-gradient", "rcn_a", RCN_BASE, (3, 3, 28, 28), given=lambda tensor: tensor.clone().requires_grad_())
    write("more-clips-than-a-batch", "ststnet", {}, (300, 3, 28, 28), scale=255)


def main():
    torch.set_num_threads(1)
    writer = Writer(sys.argv[1])
    constructors(writer)
    files(writer)


if __name__ == "__main__":
    main()
