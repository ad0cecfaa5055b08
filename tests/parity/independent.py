#!/usr/bin/env python3
"""Networks of the zoo written a second time, in Python, from their papers and from what torchvision documents; shares nothing with models/.

usage: independent.py FOLDER

Each subfolder of FOLDER holds case.json (`model`, `params`), weights.pth and input.pth (a state dictionary with `input`). Loads the
weights strictly, by name, and writes the evaluation-mode output to output.pth (`output`).
"""

import collections
import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F


class AlexNet(nn.Module):
    """torchvision.models.alexnet."""

    def __init__(self, p):
        super().__init__()
        layers = []
        table = [(p["in_channels"], 64, 11, 4, 2, True), (64, 192, 5, 1, 2, True), (192, 384, 3, 1, 1, False),
                 (384, 256, 3, 1, 1, False), (256, 256, 3, 1, 1, True)]
        for ins, outs, kernel, stride, padding, pool in table:
            layers += [nn.Conv2d(ins, outs, kernel, stride=stride, padding=padding), nn.ReLU()]
            layers += [nn.MaxPool2d(3, 2)] if pool else []
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        units = p["units"]
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(9216, units), nn.ReLU(), nn.Dropout(), nn.Linear(units, units),
                                        nn.ReLU(), nn.Linear(units, p["num_classes"]))

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


class BasicBlock(nn.Module):
    def __init__(self, ins, outs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(ins, outs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outs)
        self.conv2 = nn.Conv2d(outs, outs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outs)
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(ins, outs, 1, stride, bias=False), nn.BatchNorm2d(outs))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(out + (self.downsample(x) if hasattr(self, "downsample") else x))


class ResNet18(nn.Module):
    """torchvision.models.resnet18, or its first stages."""

    def __init__(self, p, stages=4, pool=None):
        super().__init__()
        width = p["width"]
        self.conv1 = nn.Conv2d(p["in_channels"], width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.pool = nn.MaxPool2d(3, 2, 1) if (p["max_pool"] if pool is None else pool) else nn.Identity()
        for stage in range(stages):
            outs = width * 2**stage
            ins = outs if stage == 0 else outs // 2
            self.add_module(f"layer{stage + 1}", nn.Sequential(BasicBlock(ins, outs, 2 if stage else 1), BasicBlock(outs, outs, 1)))
        self.stages = stages
        if stages == 4:
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.fc = nn.Linear(8 * width, p["num_classes"])

    def forward(self, x):
        x = self.pool(F.relu(self.bn1(self.conv1(x))))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(self.avgpool(x).flatten(1)) if self.stages == 4 else x


def squash(x):
    square = (x * x).sum(-1, keepdim=True)
    return square / (1 + square) * x / (square.sqrt() + 1e-8)


class CapsuleNet(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
        self.conv = nn.Module()
        self.conv.model = ResNet18(p, stages=3, pool=False)
        self.conv1 = nn.Conv2d(4 * p["width"], p["conv1_channels"], p["conv1_kernel"])
        self.primarycaps = nn.Module()
        self.primarycaps.conv2d = nn.Conv2d(p["conv1_channels"], p["primary_channels"], p["primary_kernel"], 2)
        self.digitcaps = nn.Module()
        self.digitcaps.weight = nn.Parameter(torch.empty(p["classes"], p["in_num_caps"], p["out_dim_caps"], p["dim_caps"]))

    def forward(self, x):
        x = self.primarycaps.conv2d(F.relu(self.conv1(self.conv.model(x))))
        capsules = squash(x.permute(0, 2, 3, 1).reshape(len(x), -1, self.p["dim_caps"]))
        votes = torch.matmul(self.digitcaps.weight[None], capsules[:, None, :, :, None])[..., 0]
        logits = torch.zeros(votes.shape[:3])
        for round in range(self.p["routings"]):
            digits = squash((F.softmax(logits, 1)[..., None] * votes).sum(2))
            logits = logits + (votes * digits[:, :, None]).sum(-1)
        return (digits * digits).sum(-1).sqrt()


class DualInception(nn.Module):
    """Keras code of the authors: four paths, 1x1 | 1x1 3x3 | 1x1 5x5 | pool 1x1, concatenated in this order."""

    def __init__(self, p):
        super().__init__()
        self.channels = p["stream_channels"]
        a, b = p["filters"]
        for stream in "xy":
            blocks = nn.Module()
            for number, ins, outs in ((1, self.channels, a), (2, 4 * a, b)):
                blocks.add_module(f"inception{number}", nn.ModuleDict({
                    "conv1": nn.Conv2d(ins, outs, 1),
                    "conv3_reduce": nn.Conv2d(ins, outs, 1), "conv3": nn.Conv2d(outs, outs, 3, padding="same"),
                    "conv5_reduce": nn.Conv2d(ins, outs, 1), "conv5": nn.Conv2d(outs, outs, 5, padding="same"),
                    "pool_conv": nn.Conv2d(ins, outs, 1)}))
            self.add_module(stream, blocks)
        self.fc1 = nn.Linear(2 * 4 * b * 49, p["units"])
        self.fc = nn.Linear(p["units"], p["num_classes"])

    def forward(self, x):
        flat = []
        for stream, maps in zip((self.x, self.y), (x[:, :self.channels], x[:, self.channels:])):
            for block in (stream.inception1, stream.inception2):
                paths = [block["conv1"](maps), block["conv3"](block["conv3_reduce"](maps).relu()),
                         block["conv5"](block["conv5_reduce"](maps).relu()), block["pool_conv"](F.max_pool2d(maps, 3, 1, 1))]
                maps = F.max_pool2d(torch.cat(paths, 1).relu(), 2)
            flat.append(maps.flatten(1))
        return self.fc(self.fc1(torch.cat(flat, 1)).relu())


class OffApexNetTwoStream(nn.Module):
    def __init__(self, p):
        super().__init__()
        a, b = p["filters"]
        for name in ("cnn1", "cnn2"):
            self.add_module(name, nn.ModuleDict({"conv1": nn.Conv2d(1, a, 5, padding=2), "conv2": nn.Conv2d(a, b, 5, padding=2)}))
        c, d = p["units"]
        self.dense = nn.Sequential(nn.Linear(2 * b * 49, c), nn.ReLU(), nn.Dropout(), nn.Linear(c, d), nn.ReLU(), nn.Dropout(),
                                   nn.Linear(d, p["num_classes"]))
        self.act = F.relu if p["conv_relu"] else (lambda maps: maps)

    def forward(self, x):
        flat = []
        for stream, maps in zip((self.cnn1, self.cnn2), x.split(1, 1)):
            for layer in ("conv1", "conv2"):
                maps = F.max_pool2d(self.act(stream[layer](maps)), 2)
            flat.append(maps.flatten(1))
        return self.dense(torch.cat(flat, 1))


class MicroExpStcnn(nn.Module):
    """Keras code of the authors, channels first: (1, rows, columns, frames)."""

    def __init__(self, p):
        super().__init__()
        self.conv = nn.Conv3d(1, p["filters"], (3, 3, p["kernel_frames"]))
        side, depth = (p["image_size"] - 2) // 3, (p["frames"] - p["kernel_frames"] + 1) // 3
        self.fc1 = nn.Linear(p["filters"] * side * side * depth, p["units"])
        self.fc = nn.Linear(p["units"], p["num_classes"])

    def forward(self, x):
        volume = torch.stack(list(x.unbind(1)), -1)[:, None]
        return self.fc(self.fc1(F.max_pool3d(self.conv(volume).relu(), 3).flatten(1)).relu())


class Elrcn(nn.Module):
    """VGG-16 configuration D, its last layer left out, on each frame; LSTM written out gate by gate."""

    def __init__(self, p):
        super().__init__()
        self.frames = p["frames"]
        layers, ins = [], p["channels_per_frame"]
        for outs, count in zip(p["filters"], p["convolutions"]):
            for _ in range(count):
                layers += [nn.Conv2d(ins, outs, 3, padding=1), nn.ReLU()]
                ins = outs
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        layers, ins = [], ins * (p["image_size"] // 2**len(p["filters"]))**2
        for outs in p["units"]:
            layers += [nn.Linear(ins, outs), nn.ReLU(), nn.Dropout()]
            ins = outs
        self.classifier = nn.Sequential(*layers)
        self.recurrent = []
        for number, outs in enumerate(p["lstm"], 1):
            layer = nn.Module()
            layer.weight_ih_l0 = nn.Parameter(torch.empty(4 * outs, ins))
            layer.weight_hh_l0 = nn.Parameter(torch.empty(4 * outs, outs))
            layer.bias_ih_l0 = nn.Parameter(torch.empty(4 * outs))
            layer.bias_hh_l0 = nn.Parameter(torch.empty(4 * outs))
            self.add_module(f"lstm{number}", layer)
            self.recurrent.append((layer, outs))
            ins = outs
        self.dense = nn.Linear(ins, p["dense"])
        self.fc = nn.Linear(p["dense"], p["num_classes"])

    def forward(self, x):
        sequence = [self.classifier(self.features(frame).flatten(1)) for frame in x.chunk(self.frames, 1)]
        for layer, units in self.recurrent:
            hidden = cell = torch.zeros(len(x), units)
            out = []
            for item in sequence:
                gates = item @ layer.weight_ih_l0.T + layer.bias_ih_l0 + hidden @ layer.weight_hh_l0.T + layer.bias_hh_l0
                i, f, g, o = gates.chunk(4, 1)
                cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
                hidden = o.sigmoid() * cell.tanh()
                out.append(hidden)
            sequence = out
        return self.fc(self.dense(sequence[-1]).relu())


class Vit(nn.Module):
    """Equations 1 to 4 of the paper with PyTorch's own transformer layer."""

    RENAMED = {"ln_1": "norm1", "ln_2": "norm2", "self_attention": "self_attn", "mlp.linear_1": "linear1", "mlp.linear_2": "linear2"}

    def __init__(self, p):
        super().__init__()
        dim, side = p["dim"], p["image_size"] // p["patch_size"]
        self.class_token = nn.Parameter(torch.empty(1, 1, dim))
        self.conv_proj = nn.Conv2d(p["in_channels"], dim, p["patch_size"], p["patch_size"])
        self.encoder = nn.Module()
        self.encoder.pos_embedding = nn.Parameter(torch.empty(1, side * side + 1, dim))
        self.encoder.layers = nn.ModuleDict({
            f"encoder_layer_{index}": nn.TransformerEncoderLayer(dim, p["heads"], p["mlp"], dropout=p["dropout"], activation="gelu",
                                                                layer_norm_eps=1e-6, batch_first=True, norm_first=True)
            for index in range(p["depth"])})
        self.encoder.ln = nn.LayerNorm(dim, eps=1e-6)
        self.heads = nn.ModuleDict({"head": nn.Linear(dim, p["num_classes"])})

    def load_state_dict(self, state, strict=True):
        renamed = collections.OrderedDict()
        for name, tensor in state.items():
            for ours, theirs in self.RENAMED.items():
                name = name.replace(f".{ours}.", f".{theirs}.")
            renamed[name] = tensor
        return super().load_state_dict(renamed, strict)

    def forward(self, x):
        tokens = torch.cat([self.class_token.repeat(len(x), 1, 1), self.conv_proj(x).flatten(2).permute(0, 2, 1)], 1)
        tokens = tokens + self.encoder.pos_embedding
        for layer in self.encoder.layers.values():
            tokens = layer(tokens)
        return self.heads["head"](self.encoder.ln(tokens)[:, 0])


NETWORKS = {"alexnet": AlexNet, "capsulenet": CapsuleNet, "dual_inception": DualInception, "elrcn": Elrcn, "microexpstcnn": MicroExpStcnn,
            "offapexnet_two_stream": OffApexNetTwoStream, "resnet18": ResNet18, "vit": Vit}


def main():
    torch.set_num_threads(1)
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        case = json.loads((folder / "case.json").read_text())
        network = NETWORKS[case["model"]](case["params"])
        network.load_state_dict(torch.load(folder / "weights.pth"), strict=True)
        network.eval()
        with torch.no_grad():
            output = network(torch.load(folder / "input.pth")["input"])
        torch.save(collections.OrderedDict(output=output), folder / "output.pth")


if __name__ == "__main__":
    main()
