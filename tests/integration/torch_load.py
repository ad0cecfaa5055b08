#!/usr/bin/env python3
"""Prints what PyTorch's torch.load makes of a weight file: one line per tensor with name, type, shape and its bytes in hexadecimal.

usage: torch_load.py FILE
"""

import collections
import ctypes
import sys

import torch


def main():
    state = torch.load(sys.argv[1], map_location="cpu")
    if type(state) is not collections.OrderedDict:
        sys.exit(f"torch.load gives {type(state)}, not an OrderedDict")
    sys.stdout.reconfigure(encoding="utf-8")
    for name, tensor in state.items():
        if not tensor.is_contiguous() or tensor.requires_grad:
            sys.exit(f"{name} is not a plain contiguous tensor")
        # Straight from memory, because numpy knows no bfloat16.
        numbers = ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size()) if tensor.numel() else b""
        shape = ",".join(str(extent) for extent in tensor.shape)
        print(name, str(tensor.dtype).replace("torch.", ""), f"[{shape}]", numbers.hex())


if __name__ == "__main__":
    main()
