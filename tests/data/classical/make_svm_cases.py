#!/usr/bin/python3
"""Writes svm_cases.json beside it: what scikit-learn's SVC computes on its wine data, for tests/unit/models_methods/svm_test.cpp.

scikit-learn 1.2.1 as Debian 12 has it. Wine: 178 clips of three classes, 13 features (UCI, part of scikit-learn)."""
import json
import pathlib

import numpy
from sklearn import __version__
from sklearn.datasets import load_wine
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True)
train, test = numpy.arange(178) % 3 != 0, numpy.arange(178) % 9 == 0
SCALERS = {"none": lambda: None, "standardise": StandardScaler, "minmax": MinMaxScaler}
KERNELS = {"linear": "linear", "polynomial": "poly", "rbf": "rbf"}


def machine(kernel="linear", C=1.0, gamma=0.0, degree=3, coef0=0.0, class_weights="none", scaling="standardise"):
    svc = SVC(kernel=KERNELS[kernel], C=C, gamma=gamma or "scale", degree=degree, coef0=coef0, tol=1e-9, break_ties=True,
              class_weight="balanced" if class_weights == "balanced" else None, decision_function_shape="ovr")
    return make_pipeline(SCALERS[scaling](), svc) if scaling != "none" else make_pipeline(svc)


def case(rows, **params):
    fitted = machine(**params).fit(X[rows], y[rows])
    scores = fitted.decision_function(X[test])
    fitted[-1].decision_function_shape = "ovo"
    pairs = fitted.decision_function(X[test])
    return {"params": params, "rows": numpy.flatnonzero(rows).tolist(), "scores": scores.tolist(),
            "decisions": pairs.reshape(len(pairs), -1).tolist()}


def dealt(subjects, folds):
    """Subjects with most clips first, each to the fold with fewest so far."""
    names, first, clips = numpy.unique(subjects, return_index=True, return_counts=True)
    size, fold_of = [0] * folds, {}
    for k in sorted(range(len(names)), key=lambda k: (-clips[k], first[k])):
        fold_of[names[k]] = fold = size.index(min(size))
        size[fold] += int(clips[k])
    return numpy.array([fold_of[s] for s in subjects])


# As wide apart as people are: subject s has the clips whose position squared leaves s.
subjects = numpy.array([i * i % 23 for i in numpy.flatnonzero(train)])
folds = dealt(subjects, 5)
values = [1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0]
choices = {"uf1": [], "uar": []}
for C in values:
    guess = cross_val_predict(machine(C=C), X[train], y[train], cv=PredefinedSplit(folds))
    choices["uf1"].append(f1_score(y[train], guess, average="macro"))
    choices["uar"].append(recall_score(y[train], guess, average="macro"))

out = {
    "scikit-learn": __version__,
    "features": X.tolist(),
    "classes": y.tolist(),
    "train": numpy.flatnonzero(train).tolist(),
    "test": numpy.flatnonzero(test).tolist(),
    "cases": [
        case(train),
        case(train, scaling="none", C=0.01),
        case(train, scaling="minmax", C=10.0, class_weights="balanced"),
        case(train, kernel="polynomial"),
        case(train, kernel="polynomial", gamma=0.2, degree=2, coef0=1.0, C=0.05),
        case(train, kernel="rbf"),
        case(train, kernel="rbf", gamma=0.5, C=100.0, class_weights="balanced", scaling="minmax"),
    ],
    "choice": {"subjects": subjects.tolist(), "folds": folds.tolist(), "C": values, "scores": choices},
}
text = json.dumps(out, indent=None, separators=(",", ":")).replace('{"params"', '\n{"params"').replace('"choice"', '\n"choice"')
pathlib.Path(__file__).with_name("svm_cases.json").write_text(text + "\n")
