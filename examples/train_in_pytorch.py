"""Trains p = w'(x + V f(x)) on data/diabetes.csv in PyTorch and saves it for `certify`. Needs torch, numpy and safetensors."""
import json, sys
import numpy as np, torch
from safetensors.torch import save_file

table = np.genfromtxt("data/diabetes.csv", delimiter=",", names=True)
features = [name for name in table.dtype.names if name != "progression"]
raw, target = np.column_stack([table[name] for name in features]), table["progression"]
x = torch.tensor(np.hstack([np.ones((len(raw), 1)), (raw - raw.mean(0)) / raw.std(0)]))
y = torch.tensor((target - target.mean()) / target.std())
torch.manual_seed(1)
f = torch.nn.Sequential(torch.nn.Linear(11, 8), torch.nn.Tanh()).double()
w = torch.nn.Parameter(torch.randn(11).double() / 4)
V = torch.nn.Parameter(torch.randn(11, 8).double() / 4)
optimiser = torch.optim.Adam([w, V, *f.parameters()], lr=0.01)
for _ in range(300):
    loss = ((x + f(x) @ V.T) @ w - y).square().mean() / 2
    optimiser.zero_grad(); loss.backward(); optimiser.step()

scaling = lambda a: {"mean": np.atleast_1d(a.mean(0)).tolist(), "scale": np.atleast_1d(a.std(0)).tolist()}
layers = [{"type": "dense", "in": 11, "out": 8, "bias": True}, {"type": "activation", "name": "tanh"}]
metadata = {"schema": "resland/model@1", "architecture": {"type": "chain", "layers": layers}, "features": features,
            "target": "progression", "loss": "squared", "intercept": True, "classes": None,
            "standardisation": {"x": scaling(raw), "y": scaling(target)}}
tensors = {"w": w.detach(), "V": V.detach(), **{f"theta.{name}": value for name, value in f.state_dict().items()}}
save_file({name: value.contiguous() for name, value in tensors.items()}, sys.argv[1],
          {name: json.dumps(value) for name, value in metadata.items()})
