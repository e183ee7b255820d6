"""Epochs of PCD-1 in PyTorch, 784 visible and 256 hidden units: python3 rbm_torch.py IMAGES

IMAGES is a file of 28x28 bytes an image; the last 10,000 are left out, and a
pixel of 128 or more is a 1."""

import sys
import time

import numpy as np
import torch
from rounds import serve

images = np.fromfile(sys.argv[1], np.uint8).reshape(-1, 784)[:-10_000]
V = torch.from_numpy((images >= 128).astype(np.float32))
BATCH, HIDDEN, RATE = 100, 256, 0.05


def draw(p):
    # A third of the time of torch.bernoulli(p).
    return torch.rand_like(p).lt_(p)


@torch.no_grad()
def run(epochs):
    W = 0.01 * torch.randn(784, HIDDEN)
    b, q = torch.zeros(784), torch.zeros(HIDDEN)
    chains = torch.zeros(BATCH, HIDDEN)
    start = time.perf_counter()
    for _ in range(epochs):
        for v in V[torch.randperm(len(V))].split(BATCH):
            h = torch.sigmoid(torch.addmm(q, v, W))
            v_model = draw(torch.sigmoid(torch.addmm(b, chains, W.T)))
            h_model = torch.sigmoid(torch.addmm(q, v_model, W))
            rate = RATE / len(v)
            W.addmm_(v.T, h, alpha=rate).addmm_(v_model.T, h_model, alpha=-rate)
            b += rate * (v.sum(0) - v_model.sum(0))
            q += rate * (h.sum(0) - h_model.sum(0))
            chains = draw(h_model)
    return time.perf_counter() - start


serve(run, torch=torch.__version__)
