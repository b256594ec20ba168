"""Yardsticks: scikit-learn on TRAIN and TEST, files of {text, value} lines. One JSON document on stdout:
{engine: {guesses, trainSeconds, linesPerSecond}}.
"""

import json
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.svm import LinearSVC


def read(file):
    with open(file, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


train, test = read(sys.argv[1]), read(sys.argv[2])
answers = {}
for name, model in {
    "LinearSVC": LinearSVC(),
    "SGD (log loss)": SGDClassifier(loss="log_loss", random_state=7),
}.items():
    words = TfidfVectorizer(
        sublinear_tf=True, token_pattern=r"[A-Za-z0-9_.@-]+", ngram_range=(1, 2)
    )
    started_at = time.perf_counter()
    model.fit(
        words.fit_transform([line["text"] for line in train]),
        [line["value"] for line in train],
    )
    trained_at = time.perf_counter()
    guesses = model.predict(words.transform([line["text"] for line in test]))
    answers[name] = {
        "guesses": list(guesses),
        "trainSeconds": trained_at - started_at,
        "linesPerSecond": len(test) / (time.perf_counter() - trained_at),
    }
json.dump(answers, sys.stdout)
