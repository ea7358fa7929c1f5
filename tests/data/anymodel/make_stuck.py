"""Made stuck.csv and the three files of docs/stuck_model.md with torch 1.13.1 and NumPy 1.24.2: python3 tests/data/anymodel/make_stuck.py.

400 rows of five inputs. The target `straight` is linear in them plus noise; `bent` has a square and a product besides.
"""
import sys
import numpy as np, torch
from torch import nn
sys.path.insert(0, "examples")
from resland_torch import save_for_resland

OUT = "tests/data/anymodel/"
rng = np.random.default_rng(7)
torch.manual_seed(7)
X = rng.standard_normal((400, 5))
noise = 0.5 * rng.standard_normal(400)
straight = X @ [1.0, -0.5, 0.3, 0.0, 0.2] + noise
bent = straight + X[:, 0] ** 2 + X[:, 1] * X[:, 2] - 1
with open(OUT + "stuck.csv", "w") as file:
    file.write("a,b,c,d,e,straight,bent\n")
    for row in np.column_stack([X, straight, bent]):
        file.write(",".join(f"{value:.5f}" for value in row) + "\n")
table = np.genfromtxt(OUT + "stuck.csv", delimiter=",", skip_header=1)
x = torch.tensor(table[:, :5], dtype=torch.float32)
y = {"straight": torch.tensor(table[:, 5:6], dtype=torch.float32), "bent": torch.tensor(table[:, 6:], dtype=torch.float32)}


def net(width):
    return nn.Sequential(nn.Linear(5, width), nn.ReLU(), nn.Linear(width, 1))


def train(model, target, steps, parameters=None, rate=0.01):
    optimiser = torch.optim.Adam(parameters or model.parameters(), lr=rate)
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x[:300]), y[target][:300])
        optimiser.zero_grad(); loss.backward(); optimiser.step()
    model.eval()


# 1: good features, and a last layer that was put back to its start and trained for five steps.
early = net(16)
train(early, "bent", 400)
early[2].reset_parameters()
train(early, "bent", 5, list(early[2].parameters()), 0.03)
# 2: all units but one never fire, as after a learning rate far too high; only the last layer still learns.
dead = net(16)
with torch.no_grad():
    dead[0].bias[1:] -= 40
train(dead, "straight", 400, list(dead[2].parameters()))
# 3: all is well, and the truth is linear.
done = net(16)
train(done, "straight", 400)
for name, model, target in (("early", early, "bent"), ("dead", dead, "straight"), ("done", done, "straight")):
    save_for_resland(OUT + name + ".safetensors", model, model[-1], x, y[target])
