"""The networks that are timed, as their authors publish them, for comparison only: written from the papers and from the layout that the
released code documents, with its tensor names, so that weights move between these and models/ by name.

OFF-ApexNet, SSSNet  the single-stream form and the network of the MEB toolbox (Varanka, Peng, Zhao, arXiv 2211.11425).
STSTNet  Liong, Gan, See, Khor, Huang, FG 2019: three streams of convolution, ReLU, batch norm, max pooling and dropout.
HTNet    Wang, Zhang, Luo, Sankaranarayana, Neurocomputing 602, 2024: nested transformers over channels-first maps, whose projections are
         1x1 convolutions and whose layer norm is over the channels of each position.
"""
from typing import Any

import torch
from torch import Tensor, nn

import arm


class Ststnet(nn.Module):
    def __init__(self, in_channels: int = 3, out_channels: int = 3, dropout: float = 0.5, padding: int = 2) -> None:
        super().__init__()
        for stream, maps in enumerate((3, 5, 8), 1):
            self.add_module(f"conv{stream}", nn.Conv2d(in_channels, maps, 3, padding=padding))
        for stream, maps in enumerate((3, 5, 8), 1):
            self.add_module(f"bn{stream}", nn.BatchNorm2d(maps))
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 3, padding=1)
        self.avgpool = nn.AvgPool2d(2, 2)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(16 * 5 * 5, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        a = self.dropout(self.maxpool(self.bn1(self.relu(self.conv1(x)))))
        b = self.dropout(self.maxpool(self.bn2(self.relu(self.conv2(x)))))
        c = self.dropout(self.maxpool(self.bn3(self.relu(self.conv3(x)))))
        return self.fc(self.avgpool(torch.cat((a, b, c), 1)).flatten(1))


class ChannelNorm(nn.Module):
    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.g = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.b = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        variance = torch.var(x, dim=1, unbiased=False, keepdim=True)
        mean = torch.mean(x, dim=1, keepdim=True)
        return (x - mean) / (variance + self.eps).sqrt() * self.g + self.b


class PreNorm(nn.Module):
    def __init__(self, channels: int, fn: nn.Module) -> None:
        super().__init__()
        self.fn = fn
        self.norm = ChannelNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.fn(self.norm(x))


class FeedForward(nn.Module):
    def __init__(self, channels: int, mult: int, dropout: float) -> None:
        super().__init__()
        wide = channels * mult
        self.net = nn.Sequential(nn.Conv2d(channels, wide, 1), nn.GELU(), nn.Dropout(dropout), nn.Conv2d(wide, channels, 1), nn.Dropout(dropout))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Attention(nn.Module):
    def __init__(self, channels: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.size = channels // heads
        self.attend = nn.Softmax(dim=-1)
        self.to_qkv = nn.Conv2d(channels, 3 * heads * self.size, 1, bias=False)
        self.to_out = nn.Sequential(nn.Conv2d(heads * self.size, channels, 1), nn.Dropout(dropout))

    def forward(self, x: Tensor) -> Tensor:
        blocks, _, rows, columns = x.shape
        q, k, v = (part.reshape(blocks, self.heads, self.size, rows * columns).transpose(2, 3) for part in self.to_qkv(x).chunk(3, dim=1))
        weights = self.attend(torch.einsum("bhid,bhjd->bhij", q, k) * self.size**-0.5)
        found = torch.einsum("bhij,bhjd->bhid", weights, v)
        return self.to_out(found.transpose(2, 3).reshape(blocks, self.heads * self.size, rows, columns))


class Transformer(nn.Module):
    def __init__(self, channels: int, positions: int, depth: int, heads: int, mult: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.ModuleList([PreNorm(channels, Attention(channels, heads, dropout)), PreNorm(channels, FeedForward(channels, mult, dropout))])
            for _ in range(depth))
        self.pos_emb = nn.Parameter(torch.randn(positions))

    def forward(self, x: Tensor) -> Tensor:
        rows, columns = x.shape[-2:]
        x = x + self.pos_emb[:rows * columns].reshape(1, 1, rows, columns)
        for attention, feed_forward in self.layers:
            x = attention(x) + x
            x = feed_forward(x) + x
        return x


class Patches(nn.Module):
    """Each patch becomes the channels of one position: row, column, colour, with colour fastest."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, x: Tensor) -> Tensor:
        clips, channels, height, width = x.shape
        p = self.side
        x = x.reshape(clips, channels, height // p, p, width // p, p).permute(0, 3, 5, 1, 2, 4)
        return x.reshape(clips, p * p * channels, height // p, width // p)


class MeanOfPositions(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))


class HtNet(nn.Module):
    def __init__(self, image_size: int = 28, patch_size: int = 7, num_classes: int = 3, dim: int = 256, heads: int = 3,
                 block_repeats: tuple[int, ...] = (2, 2, 10), mlp_mult: int = 4, channels: int = 3, dropout: float = 0.0) -> None:
        super().__init__()
        count = len(block_repeats)
        side = image_size // patch_size // 2**(count - 1)
        self.to_patch_embedding = nn.Sequential(Patches(patch_size), nn.Conv2d(channels * patch_size**2, dim, 1))
        self.layers = nn.ModuleList()
        for level, depth in enumerate(block_repeats):
            here = dim * 2**level
            aggregate: nn.Module = nn.Identity()
            if level + 1 < count:
                aggregate = nn.Sequential(nn.Conv2d(here, 2 * here, 3, padding=1), ChannelNorm(2 * here), nn.MaxPool2d(3, stride=2, padding=1))
            self.layers.append(nn.ModuleList([Transformer(here, side**2, depth, heads * 2**level, mlp_mult, dropout), aggregate]))
        last = dim * 2**(count - 1)
        self.mlp_head = nn.Sequential(ChannelNorm(last), MeanOfPositions(), nn.Linear(last, num_classes))

    def forward(self, x: Tensor) -> Tensor:
        x = self.to_patch_embedding(x)
        for level, (transformer, aggregate) in enumerate(self.layers):
            clips, channels, height, width = x.shape
            n = 2**(len(self.layers) - 1 - level)  # blocks a side
            rows, columns = height // n, width // n
            blocks = x.reshape(clips, channels, n, rows, n, columns).permute(0, 2, 4, 1, 3, 5).reshape(clips * n * n, channels, rows, columns)
            blocks = transformer(blocks)
            x = blocks.reshape(clips, n, n, channels, rows, columns).permute(0, 3, 1, 4, 2, 5).reshape(clips, channels, height, width)
            x = aggregate(x)
        return self.mlp_head(x)


class OffApexNet(nn.Module):
    def __init__(self, num_classes: int = 3, dropout: float = 0.5) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(2, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 16, 3, padding=1)
        self.fc1 = nn.Linear(16 * 7 * 7, 1024)
        self.fc = nn.Linear(1024, num_classes)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x))).flatten(1)
        return self.fc(self.dropout(torch.relu(self.fc1(self.dropout(x)))))


class SssNet(nn.Module):
    def __init__(self, num_classes: int = 3, h_dims: tuple[int, int, int] = (32, 64, 256), dropout: float = 0.5) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, h_dims[0], 5)
        self.bn1 = nn.BatchNorm2d(h_dims[0])
        self.conv2 = nn.Conv2d(h_dims[0], h_dims[1], 3)
        self.bn2 = nn.BatchNorm2d(h_dims[1])
        self.fc1 = nn.Linear(h_dims[1] * 9 * 9, h_dims[2])
        self.fc = nn.Linear(h_dims[2], num_classes)
        self.maps = nn.Dropout2d(dropout)
        self.units = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maps(self.bn1(nn.functional.max_pool2d(torch.relu(self.conv1(x)), 3)))
        x = self.maps(self.bn2(nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)))
        return self.fc(self.units(torch.relu(self.fc1(x.flatten(1)))))


NETWORKS = {"ststnet": Ststnet, "htnet": HtNet, "offapexnet": OffApexNet, "sssnet": SssNet}


def images(data: arm.Inputs, settings: arm.Settings) -> Tensor:
    """The clips; of the channels and the size that the settings name, by the nearest pixel."""
    clips = torch.frombuffer(data.numbers, dtype=torch.float32).reshape(data.shape).clone()
    if "channels" not in settings:
        return clips
    side = settings["side"]
    rows, columns = (torch.arange(side) * extent // side for extent in data.shape[2:])
    return clips[:, settings["channels"]][:, :, rows][:, :, :, columns].contiguous()


def create(name: str, params: dict[str, Any]) -> nn.Module:
    return NETWORKS[name](**params)
