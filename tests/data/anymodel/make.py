"""Made the files beside it with torch 1.13.1 and NumPy 1.24.2: python3 tests/data/anymodel/make.py, from the checkout.

Three networks in float32, dumped by examples/resland_torch.py, one LinearSkip, one bare state_dict; and in expected.json
what NumPy finds in float64, with least squares, Newton's method and dense Hessians.
"""
import json, sys
import numpy as np, torch
from torch import nn
sys.path.insert(0, "examples")
from resland_torch import LinearSkip, save_for_resland, write_safetensors

OUT, expected = "tests/data/anymodel/", {}


def table(name, target):
    rows = np.genfromtxt(f"data/{name}.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    columns = [column for column in rows.dtype.names if column != target]
    return columns, np.column_stack([rows[column] for column in columns]).astype(float), rows[target]


def train(model, x, y, loss, steps, rate=0.01):
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    model.train()
    for _ in range(steps):
        value = loss(model(x), y)
        optimiser.zero_grad(); value.backward(); optimiser.step()
    model.eval()


def features_in(path):
    data = open(path, "rb").read()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    kinds = {"F32": np.float32, "F64": np.float64}
    return {name: np.frombuffer(data[8 + length + e["data_offsets"][0]:8 + length + e["data_offsets"][1]], kinds[e["dtype"]])
            .reshape(e["shape"]).astype(float) for name, e in header.items() if name != "__metadata__"}


def softmax(p):
    e = np.exp(p - p.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def cross_entropy(p, y):  # y: one-hot; of two classes p may be the difference of the logits
    top = p.max(1)
    return np.mean(np.log(np.exp(p - top[:, None]).sum(1)) + top - (p * y).sum(1))


def newton(z, y):
    """The best softmax regression on the columns z; a pseudo-inverse, since a shift of all logits changes nothing."""
    W = np.zeros((y.shape[1], z.shape[1]))
    for _ in range(100):
        q = softmax(z @ W.T)
        g = ((q - y).T @ z / len(z)).ravel()
        if np.linalg.norm(g) < 1e-13:
            break
        H = hessian(q, z)
        step = (np.linalg.pinv(H, rcond=1e-13) @ g).reshape(W.shape)
        t = 1.0
        while cross_entropy(z @ (W - t * step).T, y) > cross_entropy(z @ W.T, y) and t > 1e-8:
            t /= 2
        W = W - t * step
    return W


def hessian(q, z):
    m = q.shape[1]
    return np.block([[(z * (q[:, a] * ((a == b) - q[:, b]))[:, None]).T @ z / len(z) for b in range(m)] for a in range(m)])


columns, raw, target = table("diabetes", "progression")
train_rows, valid = np.arange(442) < 300, np.arange(442) >= 300
np.save(OUT + "valid.npy", valid)
mean, scale = raw[train_rows].mean(0), raw[train_rows].std(0)
x = torch.tensor((raw - mean) / scale, dtype=torch.float32)
y_mean, y_scale = target[train_rows].mean(), target[train_rows].std()
y = torch.tensor((target - y_mean) / y_scale, dtype=torch.float32)[:, None]

# A multilayer perceptron, stopped early. It predicts the standardised target; what is saved is in the table's unit.
torch.manual_seed(1)
mlp = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 1))
train(mlp, x[train_rows], y[train_rows], nn.MSELoss(), 60)


class InUnits(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).double() * float(y_scale) + float(y_mean)


save_for_resland(OUT + "mlp.safetensors", InUnits(mlp), mlp[-1], x, target)
write_safetensors(OUT + "mlp_state.safetensors", {name: value.numpy() for name, value in mlp.state_dict().items()})
f = features_in(OUT + "mlp.safetensors")
Y = ((target - y_mean) / y_scale)[train_rows]
P = ((f["predictions"][:, 0] - y_mean) / y_scale)[train_rows]
X = np.column_stack([np.ones(300), ((raw - mean) / scale)[train_rows]])
Z = np.column_stack([np.ones(300), f["features"][train_rows]])
half = lambda residual: float(np.mean(residual ** 2) / 2)
best = lambda columns: columns @ np.linalg.lstsq(columns, Y, rcond=1e-13)[0] - Y
both = np.column_stack([Z, X[:, 1:]])
Yv = ((target - y_mean) / y_scale)[valid]
Zv, Xv = np.column_stack([np.ones(142), f["features"][valid]]), np.column_stack([np.ones(142), ((raw - mean) / scale)[valid]])
bothv = np.column_stack([Zv, Xv[:, 1:]])
held = lambda columns, columns_v: float(np.mean((columns_v @ np.linalg.lstsq(columns, Y, rcond=1e-13)[0] - Yv) ** 2) / 2)
expected["mlp"] = {
    "model": half(P - Y), "linear": half(best(X)), "head": half(best(Z)), "skip": half(best(both)),
    "gradientNorm": float(np.linalg.norm(Z.T @ (P - Y) / 300)), "lambdaMin": float(np.linalg.eigvalsh(Z.T @ Z / 300)[0]),
    "rank": int(np.linalg.matrix_rank(Z, rtol=1e-6) - 1) if "rtol" in np.linalg.matrix_rank.__doc__ else
            int(np.linalg.matrix_rank(Z, tol=1e-6 * np.linalg.norm(Z, 2)) - 1),
    "constant": [int(j) for j in range(8) if np.ptp(Z[:, j + 1]) == 0],
    "heldOut": {"linear": held(X, Xv), "head": held(Z, Zv), "skip": held(both, bothv)},
}

# A network of residual blocks on two classes, with two logits.
columns2, raw2, target2 = table("breast_cancer", "diagnosis")
x2 = torch.tensor((raw2 - raw2.mean(0)) / raw2.std(0), dtype=torch.float32)
y2 = torch.tensor((target2 == "malignant").astype(int))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, x):
        return x + self.inner(x)


torch.manual_seed(2)
residual = nn.Sequential(nn.Linear(30, 4), Block(4), Block(4), nn.Linear(4, 2))
train(residual, x2, y2, nn.CrossEntropyLoss(), 12)
save_for_resland(OUT + "residual.safetensors", residual, residual[-1], x2, y2)
f = features_in(OUT + "residual.safetensors")
D = f["predictions"][:, 1] - f["predictions"][:, 0]
S = np.where(target2 == "malignant", 1.0, -1.0)
Z = np.column_stack([np.ones(569), f["features"]])
Q = 1 / (1 + np.exp(-D))
onehot = np.eye(2)[(S > 0).astype(int)]
logistic = lambda W: cross_entropy(Z @ W.T, onehot)
expected["residual"] = {
    "model": float(np.mean(np.logaddexp(0, -S * D))), "head": float(logistic(newton(Z, onehot))),
    "gradientNorm": float(np.linalg.norm(Z.T @ (Q - (S > 0)) / 569)),
    "lambdaMin": float(np.linalg.eigvalsh((Z * (Q * (1 - Q))[:, None]).T @ Z / 569)[0]),
}

# Batch norm in evaluation mode, three classes.
columns3, raw3, target3 = table("iris", "species")
x3 = torch.tensor(raw3, dtype=torch.float32)
names = sorted(set(target3))
y3 = torch.tensor([names.index(name) for name in target3])
torch.manual_seed(3)
normed = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3))
train(normed, x3, y3, nn.CrossEntropyLoss(), 40, 0.02)
save_for_resland(OUT + "batchnorm.safetensors", normed, normed[-1], x3, y3)
f = features_in(OUT + "batchnorm.safetensors")
Z, P3, onehot = np.column_stack([np.ones(150), f["features"]]), f["predictions"], np.eye(3)[y3.numpy()]
q = softmax(P3)
expected["batchnorm"] = {
    "model": float(cross_entropy(P3, onehot)), "head": float(cross_entropy(Z @ newton(Z, onehot).T, onehot)),
    "gradientNorm": float(np.linalg.norm((q - onehot).T @ Z / 150)),
    "lambdaMin": float(max(0, np.linalg.eigvalsh(hessian(q, Z))[0])),
}

# p = W (x + V f(x)) with its metadata, certified as a model file.
torch.manual_seed(4)
skip = LinearSkip(nn.Sequential(nn.Linear(11, 8), nn.Tanh()), inputs=11, features=8).double()
m_all, s_all = raw.mean(0), raw.std(0)
x4 = torch.tensor(np.column_stack([np.ones(442), (raw - m_all) / s_all]))
y4 = torch.tensor((target - target.mean()) / target.std())[:, None]
train(skip, x4, y4, nn.MSELoss(), 200)
skip.save(OUT + "linear_skip.safetensors", columns, "progression", m_all, s_all, target.mean(), target.std())
loss = (skip(x4) - y4).square().mean() / 2
gradient = torch.autograd.grad(loss, [skip.W, skip.V])
expected["linear_skip"] = {"value": loss.item(), "gradientNorm": float(sum(g.square().sum() for g in gradient).sqrt())}

json.dump(expected, open(OUT + "expected.json", "w"), indent=1)
