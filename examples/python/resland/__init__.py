"""resland from Python: certificates of any model, and its networks as scikit-learn estimators.

    import resland
    report = resland.certify(features, X, y, predictions=p)      # what `resland certify --features` finds
    model = resland.fit(X, y)                                    # a ReslandRegressor, or a ReslandClassifier

The program is `resland` on the PATH, or Deno from npm in the checkout that RESLAND_CHECKOUT names.
"""
from ._certify import certify
from ._program import ReslandError

__all__ = ["ReslandClassifier", "ReslandError", "ReslandRegressor", "certify", "fit"]


def __getattr__(name):
    # scikit-learn is needed for the estimators alone.
    if name in ("ReslandClassifier", "ReslandRegressor", "fit"):
        from . import _estimators
        return getattr(_estimators, name)
    raise AttributeError(f"module 'resland' has no attribute {name!r}")
