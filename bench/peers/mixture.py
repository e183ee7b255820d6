"""Steps of a mixture density network in PyTorch: python3 mixture.py INPUTS HIDDEN M OUTPUTS BATCH

HIDDEN is a list such as 256,256. A round is so many steps with Adam, on shuffled minibatches."""

import math
import sys
import time

import torch
from rounds import serve
from torch import nn

d, hidden, m, c, batch = sys.argv[1:]
d, m, c, batch = int(d), int(m), int(c), int(batch)
sizes = [d, *map(int, hidden.split(","))]
layers = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.Tanh())]
network = nn.Sequential(*layers, nn.Linear(sizes[-1], m + m * c + m))
optimizer = torch.optim.Adam(network.parameters(), lr=0.002)
STEPS = 40  # an epoch
X, T = torch.randn(STEPS * batch, d), torch.randn(STEPS * batch, c)


def error(x, t):
    logits, means, log_scales = network(x).split([m, m * c, m], dim=1)
    squares = (t[:, None, :] - means.view(-1, m, c)).square().sum(2)
    log_phi = -0.5 * squares * (-2 * log_scales).exp() - c * (log_scales + 0.5 * math.log(2 * math.pi))
    return -torch.logsumexp(logits.log_softmax(1) + log_phi, 1).mean()


def run(steps):
    start = time.perf_counter()
    for step in range(steps):
        if step % STEPS == 0:
            order = torch.randperm(len(X))
        part = order[batch * (step % STEPS) : batch * (step % STEPS + 1)]
        optimizer.zero_grad(set_to_none=True)
        error(X[part], T[part]).backward()
        optimizer.step()
    return time.perf_counter() - start


serve(run, torch=torch.__version__)
