"""The networks of resland as scikit-learn estimators."""
import tempfile
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from ._program import class_names, run, write_table


class _Resland(BaseEstimator):
    """What both have: a network p = W(x + V f(x)), or the linear model where that is as good on rows left out."""

    def __init__(self, width=32, depth=1, activation="tanh", epochs=100, regularise="auto", seed=1):
        self.width = width
        self.depth = depth
        self.activation = activation
        self.epochs = epochs
        self.regularise = regularise
        self.seed = seed

    def _fit_table(self, X, y):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            write_table(place / "table.csv", X, self._columns(), y)
            self.report_ = run(
                "fit", "--data", place / "table.csv", "--target", "y", "--out", place / "run", "--quiet",
                "--width", self.width, "--depth", self.depth, "--activation", self.activation,
                "--epochs", self.epochs, "--regularise", self.regularise, "--seed", self.seed,
            )
            self.model_ = (place / "run" / "model.safetensors").read_bytes()
        return self

    def _columns(self):
        return [f"x{j}" for j in range(self.n_features_in_)]

    def _predict_table(self, X):
        """The columns of `resland predict`, by name."""
        check_is_fitted(self, "model_")
        X = self._validate_data(X, reset=False)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            (place / "model.safetensors").write_bytes(self.model_)
            write_table(place / "table.csv", X, self._columns())
            run("predict", "--data", place / "table.csv", "--model", place / "model.safetensors",
                "--out", place / "p.csv", "--quiet")
            header, *rows = (place / "p.csv").read_text().splitlines()
        return dict(zip(header.split(","), zip(*(row.split(",") for row in rows))))


class ReslandRegressor(RegressorMixin, _Resland):
    """Predicts a number. Attributes: `report_` (the verdict, with its certificate), `model_` (the model file)."""

    def fit(self, X, y):
        X, y = self._validate_data(X, y, y_numeric=True, ensure_min_samples=2)
        return self._fit_table(X, np.asarray(y, dtype=float))

    def predict(self, X):
        return np.array(self._predict_table(X)["predicted_y"], dtype=float)


class ReslandClassifier(ClassifierMixin, _Resland):
    """Predicts a class, with probabilities. Attributes: `classes_`, `report_`, `model_`."""

    def fit(self, X, y):
        X, y = self._validate_data(X, y, ensure_min_samples=2)
        check_classification_targets(y)
        self.classes_, names = class_names(y)
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present")
        return self._fit_table(X, names)

    def predict_proba(self, X):
        table = self._predict_table(X)
        return np.array([table[f"chance_class{code:06d}"] for code in range(len(self.classes_))], dtype=float).T

    def predict(self, X):
        chances = self.predict_proba(X)
        return self.classes_[chances.argmax(axis=1)]


def fit(X, y, **settings):
    """A fitted ReslandRegressor for numbers, a ReslandClassifier for classes (texts, booleans, whole numbers of few kinds)."""
    kind = type_of_target(y)
    few = kind in ("binary", "multiclass") and (np.asarray(y).dtype.kind not in "iuf" or len(np.unique(y)) <= 20)
    return (ReslandClassifier if few else ReslandRegressor)(**settings).fit(X, y)
