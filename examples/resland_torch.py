"""What `certify` needs of a PyTorch model, in one file to copy beside your training code. Needs torch and numpy.

    from resland_torch import save_for_resland
    model.eval()
    save_for_resland("model.safetensors", model, model[-1], x, y)   # model[-1]: the last nn.Linear

    resland certify --features model.safetensors --data table.csv --target price
"""
import json
import struct

import numpy as np
import torch
from torch import nn

_DTYPES = {np.dtype("float64"): "F64", np.dtype("float32"): "F32", np.dtype("float16"): "F16"}


def features_of(model, layer, x, batch=1024):
    """What enters `layer`, and what the model returns, at the rows of x, as NumPy arrays.

    `layer` is the last nn.Linear of the model: what enters it are the features f(x). The model is run as it is: call
    `model.eval()` before, so that batch norm and dropout behave as they do in use.
    """
    if any(isinstance(part, (nn.modules.batchnorm._BatchNorm, nn.modules.dropout._DropoutNd)) and part.training
           for part in model.modules()):
        raise ValueError("the model has batch norm or dropout in training mode; call model.eval() first")
    features, predictions, seen = [], [], []
    handle = layer.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].detach()))
    try:
        with torch.no_grad():
            for start in range(0, len(x), batch):
                seen.clear()
                predictions.append(model(x[start:start + batch]).detach().cpu())
                if len(seen) != 1:
                    raise ValueError(f"the layer ran {len(seen)} times in one call of the model; name one that runs once")
                features.append(seen[0].cpu())
    finally:
        handle.remove()
    f, p = torch.cat(features).numpy(), torch.cat(predictions).numpy()
    return f.reshape(len(f), -1), p.reshape(len(p), -1)


def write_safetensors(path, tensors, metadata=None):
    """Arrays by name as a safetensors file: the length of a JSON header, the header, the numbers."""
    header, offset, body = {"__metadata__": metadata or {}}, 0, []
    for name, array in tensors.items():
        array = np.ascontiguousarray(array)
        if array.dtype not in _DTYPES:
            array = array.astype(np.float64)
        header[name] = {"dtype": _DTYPES[array.dtype], "shape": list(array.shape),
                        "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        body.append(array.tobytes())
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(body))


def save_for_resland(path, model, layer, x, y=None, batch=1024):
    """Saves features and predictions at the rows of x, in the order of the table, for `certify --features path`.

    With `y`, the targets as the table has them (numbers, or the numbers of the classes), `certify` refuses a table whose
    rows are in another order.
    """
    f, p = features_of(model, layer, x, batch)
    tensors = {"features": f, "predictions": p}
    if y is not None:
        tensors["targets"] = np.asarray(y.detach().cpu() if torch.is_tensor(y) else y, dtype=np.float64).reshape(len(f), -1)
    write_safetensors(path, tensors, {"schema": json.dumps("resland/features@1")})


def load_head(path):
    """The better last layer that `certify --out` wrote: model[-1].load_state_dict(load_head("better.safetensors"))."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, body = json.loads(file.read(length)), file.read()
    state = {}
    for name in ("weight", "bias"):
        start, end = header[name]["data_offsets"]
        state[name] = torch.from_numpy(np.frombuffer(body[start:end], np.float64).reshape(header[name]["shape"]).copy())
    return state


class LinearSkip(nn.Module):
    """p = W (x + V f(x)) around any body f: no second-order stationary point in (W, V) is worse than the best linear model.

    x must have a constant column 1 as its first for the intercept. Train it without weight decay on W and V.
    """

    def __init__(self, body, inputs, features, outputs=1, dtype=None):
        super().__init__()
        self.body = body
        self.W = nn.Parameter(torch.zeros(outputs, inputs, dtype=dtype))
        self.V = nn.Parameter(torch.randn(inputs, features, dtype=dtype) / (4 * features ** 0.5))
        nn.init.normal_(self.W, std=0.1 / inputs ** 0.5)

    def forward(self, x):
        return (x + self.body(x) @ self.V.T) @ self.W.T

    def save(self, path, columns, target, mean, scale, y_mean=None, y_scale=None, loss="squared", classes=None):
        """Saves it for `certify --model path`: the body must be an nn.Sequential of nn.Linear and activations.

        columns: names of the table's columns in the order of x without its constant; mean, scale: what x was standardised
        with; y_mean, y_scale: the target, where it was. loss: squared, logistic (two classes), softmax (more) and so on.
        """
        scaling = lambda a, b: {"mean": np.atleast_1d(a).tolist(), "scale": np.atleast_1d(b).tolist()}
        metadata = {
            "schema": "resland/model@1", "architecture": _layers(self.body), "features": list(columns), "target": target,
            "loss": loss, "intercept": True, "classes": classes,
            "standardisation": {"x": scaling(mean, scale), "y": None if y_mean is None else scaling(y_mean, y_scale)},
        }
        array = lambda tensor: tensor.detach().cpu().numpy()
        W = array(self.W)
        tensors = {"w": W[0]} if len(W) == 1 else {"W": W}
        tensors["V"] = array(self.V)
        tensors.update({f"theta.{name}": array(value) for name, value in self.body.state_dict().items()})
        write_safetensors(path, tensors, {name: json.dumps(value) for name, value in metadata.items()})


_ACTIVATIONS = {nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid", nn.SiLU: "silu", nn.GELU: "gelu", nn.Softplus: "softplus",
                nn.Identity: "identity"}


def _layers(module):
    """The layer tree of a body in resland's JSON."""
    if isinstance(module, nn.Linear):
        return {"type": "dense", "in": module.in_features, "out": module.out_features, "bias": module.bias is not None}
    if isinstance(module, nn.Sequential):
        return {"type": "chain", "layers": [_layers(part) for part in module]}
    if type(module) in _ACTIVATIONS:
        return {"type": "activation", "name": _ACTIVATIONS[type(module)]}
    raise ValueError(f"{type(module).__name__} has no counterpart in a model file; use save_for_resland and certify --features")
