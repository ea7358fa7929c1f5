"""What `fit` is timed against in tests/bench/tables.ts, in PyTorch, where Python, NumPy and torch are installed: reads a table whose last
column is the target, solves for the best linear predictor, and trains p = w'(x + V f(x)) from it for five epochs of SGD with
momentum in batches of 64, f two layers of 64 ReLU units, f32. No certificate. `python fit_in_pytorch.py TABLE.csv [THREADS]`"""
import sys
import time

start = time.time()
import numpy as np
import torch

torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
read = time.time()
x, y = table[:, :-1], table[:, -1]
x = np.hstack([np.ones((len(x), 1)), (x - x.mean(0)) / x.std(0)])
y = (y - y.mean()) / y.std()
linear = np.linalg.lstsq(x, y, rcond=None)[0]
solved = time.time()

n, d, k = len(x), x.shape[1], 64
x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)
f = torch.nn.Sequential(torch.nn.Linear(d, k), torch.nn.ReLU(), torch.nn.Linear(k, k), torch.nn.ReLU())
w = torch.nn.Parameter(torch.tensor(linear, dtype=torch.float32))
V = torch.nn.Parameter(torch.zeros(d, k))
parameters = [w, V, *f.parameters()]
optimiser = torch.optim.SGD(parameters, lr=0.02, momentum=0.9)
for epoch in range(5):
    order = torch.randperm(n)
    for first in range(0, n, 64):
        rows = order[first:first + 64]
        loss = 0.5 * ((x[rows] @ w + f(x[rows]) @ (V.t() @ w) - y[rows]) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 10)
        optimiser.step()
end = time.time()
print(f"torch {torch.__version__}: read {read - start:.1f} s, linear {solved - read:.1f} s, "
      f"train {end - solved:.1f} s, all {end - start:.1f} s")
