"""`certify` for arrays."""
import tempfile
from pathlib import Path

import numpy as np

from ._program import ReslandError, class_names, run, write_table


def _computed(model, X):
    """Features and predictions of scikit-learn's multilayer perceptron, or the predictions of another estimator."""
    if hasattr(model, "coefs_"):
        act = {"relu": lambda a: np.maximum(a, 0), "tanh": np.tanh, "logistic": lambda a: 1 / (1 + np.exp(-a)),
               "identity": lambda a: a}[model.activation]
        f = np.asarray(X, dtype=float)
        for W, b in zip(model.coefs_[:-1], model.intercepts_[:-1]):
            f = act(f @ W + b)
        return f, f @ model.coefs_[-1] + model.intercepts_[-1], None
    if hasattr(model, "predict_proba"):
        return None, model.predict_proba(X), "probability"
    if hasattr(model, "predict"):
        return None, model.predict(X), None
    raise ReslandError(f"a {type(model).__name__} is neither features nor a model that predicts")


def certify(model_or_features, X, y, *, predictions=None, predictions_are=None, valid=None, out=None):
    """What `resland certify --features` finds, as a dictionary; `report["sentence"]` says it.

    model_or_features: what enters the last layer at the rows of X, [rows, k]; or a fitted scikit-learn model.
    X, y: the table, [rows, columns] and [rows]; y numbers, or classes (texts, booleans, integers given as dtype object).
    predictions: what the model says at these rows, [rows] or [rows, outputs]; predictions_are: "value", "logit" or
    "probability". valid: a mask, or row numbers from 0, of rows not trained on. out: a file for the better last layers.
    """
    X, y = np.asarray(X), np.asarray(y)
    if hasattr(model_or_features, "predict"):
        features, own, scale = _computed(model_or_features, X)
        predictions = own if predictions is None else predictions
        predictions_are = predictions_are or scale
        is_class = hasattr(model_or_features, "classes_")
    else:
        features, is_class = np.asarray(model_or_features), y.dtype.kind in "OSUb"
    if X.ndim != 2 or y.shape != (len(X),):
        raise ReslandError(f"X must be [rows, columns] and y [rows], got {list(X.shape)} and {list(y.shape)}")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_table(place / "table.csv", X, [f"x{j}" for j in range(X.shape[1])], class_names(y)[1] if is_class else y)
        arguments = ["--data", place / "table.csv", "--target", "y"]
        for name, array in (("features", features), ("predictions", predictions)):
            if array is not None:
                np.save(place / f"{name}.npy", np.asarray(array))
                arguments += [f"--{name}", place / f"{name}.npy"]
        if predictions_are:
            arguments += ["--predictions-are", predictions_are]
        if valid is not None:
            np.save(place / "valid.npy", np.asarray(valid).astype(float))
            arguments += ["--valid-rows", place / "valid.npy"]
        if out is not None:
            arguments += ["--out", Path(out).resolve()]
        return run("certify", *arguments)
