"""The recipe `window` in PyTorch: python3 window.py IMAGES UNCOUNTED

IMAGES is a file of 28x28 bytes an image, of which the first 10,000 are trained on. A round is a
training of so many steps, the average of the generator's weights included; a share of them at its
beginning is not counted."""

import sys
import time

import numpy as np
import torch
from rounds import serve
from torch import nn
from torch.nn.functional import leaky_relu, softplus

path, uncounted = sys.argv[1], float(sys.argv[2])
N, BATCH, BORDER = 10_000, 100, 9
pixels = np.fromfile(path, np.uint8, N * 784).reshape(N, 28, 28)
# x + 1, so that background is 0, with a border of it as wide as a window reaches beyond the hole.
padded = np.pad(pixels.astype(np.float32) / 127.5, ((0, 0), (BORDER, BORDER), (BORDER, BORDER)))
SIDE = padded.shape[1]
X = torch.from_numpy(padded).flatten()


def offsets(side):
    """Of a window round the 6x6 hole: where its pixels outside the hole are, and those inside."""
    margin = (side - 6) // 2
    pixel = torch.arange(-margin, 6 + margin)
    inside = (pixel >= 0) & (pixel < 6)
    hole = inside[:, None] & inside[None, :]
    at = pixel[:, None] * SIDE + pixel[None, :]
    return at[~hole], at[hole]


far, hole = offsets(24)
near, _ = offsets(14)


class Clamp(torch.autograd.Function):
    """clamp(x, -1, 1), whose gradient passes unless it pushes further outside."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(-1, 1)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g.masked_fill((x > 1) & (g < 0) | (x < -1) & (g > 0), 0)


@torch.no_grad()
def update(average, parameters):
    torch._foreach_mul_(average, 0.999)
    torch._foreach_add_(average, parameters, alpha=0.001)


def run(steps):
    generator = nn.Sequential(
        nn.Linear(540, 512), nn.LeakyReLU(0.2),
        nn.Linear(512, 128), nn.LeakyReLU(0.2),
        nn.Linear(128, 128), nn.LeakyReLU(0.2),
        nn.Linear(128, 36),
    )  # fmt: skip
    context, filling = nn.Linear(160, 256), nn.Linear(36, 256, bias=False)
    energy = nn.Sequential(nn.LeakyReLU(0.2), nn.Linear(256, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))
    ours = list(generator.parameters())
    theirs = [*context.parameters(), *filling.parameters(), *energy.parameters()]
    g_adam = torch.optim.Adam(ours, 3e-3)
    e_adam = torch.optim.Adam(theirs, 1.5e-3)
    average = [p.detach().clone() for p in ours]
    for step in range(steps):
        if step == int(uncounted * steps):
            start = time.perf_counter()
        if step % (N // BATCH) == 0:
            order = torch.randperm(N)
        chosen = order[BATCH * (step % (N // BATCH)) :][:BATCH]
        row, column = torch.randint(7, 16, (2, BATCH))
        corner = (chosen * SIDE**2 + (row + BORDER) * SIDE + column + BORDER)[:, None]
        q = Clamp.apply(1.1 * torch.tanh(generator(X[corner + far])))
        p = X[corner + hole] - 1
        reconstruction = 4.5 * (q - p).square().mean()
        g_adam.zero_grad(set_to_none=True)
        if step < int(0.4 * steps):
            reconstruction.backward()
            g_adam.step()
            update(average, ours)
            continue
        c = context(X[corner + near])
        filled = torch.cat([c + filling(p + 1), c + filling(q + 1)])
        e_true, e_painted = energy(filled).flatten().chunk(2)
        g_error = reconstruction + softplus(e_painted - e_true).mean()
        e_error = softplus(e_true - e_painted).mean()
        e_adam.zero_grad(set_to_none=True)
        g_error.backward(inputs=ours, retain_graph=True)
        e_error.backward(inputs=theirs)
        e_adam.step()
        g_adam.step()
        update(average, ours)
    return (time.perf_counter() - start) / (1 - uncounted)


serve(run, torch=torch.__version__)
