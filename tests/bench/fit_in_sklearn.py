"""What a user of scikit-learn would run: an MLP with early stopping and a cross-validated ridge (logistic regression for classes) on a table, a quarter of
its rows held out. `python3 fit_in_sklearn.py TABLE TARGET [DROP,...] [mean|drop]`. Prints the held-out RMSE or log-loss of both."""

import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
table, target, drop, missing = (sys.argv[1:] + ["", "mean"])[:4]
data = pd.read_csv(table).drop(columns=[name for name in drop.split(",") if name])
data = data.dropna() if missing == "drop" else data.dropna(subset=[target])
y = data.pop(target)
classes = y.dtype == object or target == "Type"
texts = [name for name in data if data[name].dtype == object]
numbers = [name for name in data if name not in texts]
encode = make_column_transformer(
    (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
    (OneHotEncoder(handle_unknown="ignore"), texts),
)
parts = train_test_split(data, y, test_size=0.25, random_state=1, stratify=y if classes else None)
x_train, x_test, y_train, y_test = parts
if classes:
    models = [MLPClassifier((32,), early_stopping=True, max_iter=1000, random_state=1), LogisticRegressionCV(cv=5, max_iter=1000)]
else:
    models = [MLPRegressor((32,), early_stopping=True, max_iter=1000, random_state=1), RidgeCV(np.logspace(-4, 4, 17))]
    mean, scale = y_train.mean(), y_train.std()
for model in models:
    fitted = make_pipeline(encode, model)
    if classes:
        fitted.fit(x_train, y_train)
        print(log_loss(y_test, fitted.predict_proba(x_test), labels=fitted.classes_))
    else:
        fitted.fit(x_train, (y_train - mean) / scale)
        print(mean_squared_error(y_test, fitted.predict(x_test) * scale + mean) ** 0.5)
