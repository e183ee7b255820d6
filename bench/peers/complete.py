"""Completes 10,000 images with the sheet's generator in PyTorch: python3 complete.py IMAGES"""

import sys
import time

import numpy as np
import torch
from masks import masks_vectorised
from rounds import serve
from torch import nn

N = 10_000
pixels = np.fromfile(sys.argv[1], np.uint8, N * 784).reshape(N, 784)
m = masks_vectorised(N)
z = torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1) * (1 - m)
gnet = nn.Sequential(
    nn.Linear(784, 256), nn.Hardtanh(),
    nn.Linear(256, 256), nn.Hardtanh(),
    nn.Linear(256, 784), nn.Hardtanh(),
)  # fmt: skip


@torch.no_grad()
def run(count):
    start = time.perf_counter()
    for _ in range(count):
        gnet(z) * m + z * (1 - m)
    return time.perf_counter() - start


serve(run, torch=torch.__version__)
