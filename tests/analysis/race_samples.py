"""Sweep files of races, as the program writes them, with decisions that the caller makes up."""

import numpy as np
from sample_sweeps import DONE, MISSING, edited, product, write_sweep

START = 4
OF_SETTINGS = ("race_difference", "race_difference_low", "race_difference_high")


def raced_trials(values, order=None):
    """values: setting (k) -> validation accuracy of each seed; None of a seed that was not trained."""
    trials = []
    for k, of_seeds in values.items():
        for seed, value in enumerate(of_seeds):
            trials += product((k,), seeds=(seed,))
            trials[-1]["status"] = MISSING if value is None else DONE
            trials[-1]["results"] = {} if value is None else {"validation_accuracy": value, "test_accuracy": value}
    return trials


def write_race(path, values, left=(), looks=(), leader=0, end="one left", n_rounds=None, stages=None, **attributes):
    """left: setting -> (seeds, leader then, (difference, low, high)).  looks: [(seeds, leader, {setting: (difference, low, high)})].
    stages: (of each setting's joining, of its departure, of each look), where values of k were added."""
    n, left = len(values), dict(left)
    n_seeds = len(next(iter(values.values())))
    rounds = n_rounds if n_rounds is not None else max([seeds for seeds, *_ in looks], default=0)
    facts = {"race_end": end, "race_settings": str(n), "race_out": str(len(left)), "race_rounds": str(rounds), "race_leader": str(leader),
             "race_metric": "accuracy", "race_better": "larger", "race_start": str(START), "race_error": "0.05", "race_tolerance": "0"}
    write_sweep(path, raced_trials(values), attributes=facts | attributes)
    with edited(path) as file:
        file["race_trial"] = np.arange(n, dtype=np.int32) * n_seeds
        file["race_left_after"] = np.array([left[i][0] if i in left else -1 for i in range(n)], np.int32)
        file["race_leader_then"] = np.array([left[i][1] if i in left else -1 for i in range(n)], np.int32)
        for at, name in enumerate(OF_SETTINGS):
            file[name] = np.array([left[i][2][at] if i in left else np.nan for i in range(n)])
        if looks:
            file["race_look"] = np.array([seeds for seeds, *_ in looks], np.int32)
            file["race_look_leader"] = np.array([led for _, led, _ in looks], np.int32)
            for at, name in enumerate(OF_SETTINGS):
                file[name.replace("race_", "race_look_")] = np.array([[found[i][at] if i in found else np.nan for i in range(n)]
                                                                      for *_, found in looks])
        if stages:
            for name, values in zip(("race_stage_joined", "race_stage_left", "race_look_stage"), stages):
                file[name] = np.array(values, np.int32)
    return path
