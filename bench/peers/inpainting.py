"""The sheet's training in PyTorch: python3 inpainting.py IMAGES loop|vectorised

IMAGES is a file of 28x28 bytes an image, of which the first 10,000 are trained on. A round is so
many epochs of fresh networks."""

import sys
import time

import numpy as np
import torch
from rounds import serve
from torch import nn

from masks import masks_by_loop, masks_vectorised

path, kind = sys.argv[1:]
draw_masks = {"loop": masks_by_loop, "vectorised": masks_vectorised}[kind]
N, BATCH = 10_000, 100
pixels = np.fromfile(path, np.uint8, N * 784).reshape(N, 784)
X = torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1)


def run(epochs):
    gnet = nn.Sequential(
        nn.Linear(784, 256), nn.Hardtanh(),
        nn.Linear(256, 256), nn.Hardtanh(),
        nn.Linear(256, 784), nn.Hardtanh(),
    )  # fmt: skip
    enet = nn.Sequential(
        nn.Linear(784, 256), nn.Hardtanh(),
        nn.Linear(256, 256), nn.Hardtanh(),
        nn.Linear(256, 1),
    )  # fmt: skip
    optimizer = torch.optim.SGD([*gnet.parameters(), *enet.parameters()], lr=0.05)
    start = time.perf_counter()
    for _ in range(epochs):
        for i in range(N // BATCH):
            x = X[BATCH * i : BATCH * (i + 1)]
            m = draw_masks(BATCH)
            z = x * (1 - m)
            g = gnet(z)
            flipped = 2 * g.detach() - g  # the value of g, and minus its gradient
            contrastive = z * (1 - m) + flipped * m
            err = nn.functional.softplus(enet(x) - enet(contrastive)).mean()
            optimizer.zero_grad(set_to_none=True)
            err.backward()
            optimizer.step()
    return time.perf_counter() - start


serve(run, torch=torch.__version__)
