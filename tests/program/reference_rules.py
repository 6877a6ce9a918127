"""Rules that all kinds of models train by, for reference.py: what is kept, what it costs, how parameters move.

Where rounding to float32 would decide what is chosen, no reference in double precision can tell what is right: whatever chooses
between two numbers requires that they are no near-tie.
"""

import math

import numpy as np
import rederive

CLEAR = 1e-6   # what two numbers differ by of which float32 knows the larger one, against the largest of all


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ACTIVATIONS = {"linear": lambda z: z, "relu": lambda z: np.maximum(z, 0), "sigmoid": sigmoid}
SLOPES = {"linear": np.ones_like, "relu": lambda a: (a > 0).astype(float), "sigmoid": lambda a: a * (1 - a)}   # by the activation


def activated(name, z):
    if name == "relu":
        require_clear(np.abs(z[z != 0]), np.abs(z).max())   # 0 itself is that of a unit that nothing reaches
    return ACTIVATIONS[name](z)


def require_clear(distances, scale):
    assert np.min(distances, initial=np.inf) > CLEAR * scale, "a near-tie, which rounding decides: take another train.seed"


# Which activations are kept.

def largest(values, count):
    """The so many largest of each row; those of -inf are not to be had."""
    order = np.argsort(-values, axis=1, kind="stable")
    chosen = np.zeros(values.shape, bool)
    np.put_along_axis(chosen, order[:, :count], True, axis=1)
    if count < values.shape[1]:
        last, next_one = (np.take_along_axis(values, order[:, place:place + 1], axis=1) for place in (count - 1, count))
        rivals = np.isfinite(next_one) & (last != 0)   # those that a ReLU made 0 are equal, and nothing
        require_clear(last[rivals] - next_one[rivals], np.abs(values[np.isfinite(values)]).max(initial=0))
    return chosen & np.isfinite(values)


def kept_by_rule(keys, values, k):
    n_samples = len(values)
    match keys["model.kind"]:
        case "k-sparse":
            return largest(values, k)
        case "batch-topk":
            return largest(values.reshape(1, -1), k * n_samples).reshape(values.shape)
        case "wta":
            return largest(values.T, n_of_lifetime(keys, n_samples)).T
        case "plain":
            return np.isfinite(values)


def n_of_lifetime(keys, n_samples):
    return max(1, math.floor(keys["model.lifetime"] * n_samples + 0.5))


def share_kept(keys):
    match keys["model.kind"]:
        case "k-sparse" | "batch-topk":
            return keys["model.k"] / keys["model.hidden"]
        case "wta":
            return n_of_lifetime(keys, keys["train.batch"]) / keys["train.batch"]
    return 1


def keeps_k(keys):
    return keys["model.kind"] in ("k-sparse", "batch-topk")


def k_of_epoch(keys, epoch):
    if not keeps_k(keys):
        return keys["model.hidden"]
    k, falling = keys["model.k"], keys["train.k_schedule"] * keys["train.epochs"]
    start = max(k, min(keys["train.k_start"], keys["model.hidden"]))
    return k if epoch >= falling else math.floor(start + (k - start) * epoch / falling + 0.5)


# Penalties of a code.

def mean_activations(code):
    return np.clip(code.mean(axis=0), 1e-6, 1 - 1e-6)


def penalty(keys, code):
    weight, target = keys["model.sparsity_weight"], keys["model.sparsity_target"]
    match keys["model.penalty"]:
        case "l1":
            return weight * np.abs(code).sum() / len(code)
        case "kl":
            mean = mean_activations(code)
            return weight * np.sum(target * np.log(target / mean) + (1 - target) * np.log((1 - target) / (1 - mean)))
    return 0


def penalty_slope(keys, code):
    """By each activation."""
    weight, target = keys["model.sparsity_weight"], keys["model.sparsity_target"]
    match keys["model.penalty"]:
        case "l1":
            return weight * np.sign(code) / len(code)
        case "kl":
            mean = mean_activations(code)
            return np.broadcast_to(weight * ((1 - target) / (1 - mean) - target / mean) / len(code), code.shape)
    return 0


def layer_sizes(keys):
    return [] if keys["model.layers"] == "none" else [int(size) for size in str(keys["model.layers"]).split("-")]


# How parameters move.

class Average:
    """Of the arrays after each step: those of step i of t have the weight decay^(t - i)."""

    def __init__(self, decay):
        self.decay, self.sums, self.weight = decay, {}, 0

    def add(self, net):
        self.sums = {name: self.decay * self.sums.get(name, 0) + array for name, array in net.items()}
        self.weight = self.decay * self.weight + 1

    def of(self, net):
        return {name: array / self.weight for name, array in self.sums.items()} if self.decay > 0 and self.weight > 0 else net


class Optimiser:
    """Moves arrays by the names that they have in a trial's file.  Rows of what `unit_rows` names keep the length 1; the rate of a name may
    have a factor, and its columns a largest length."""

    def __init__(self, keys, n_steps, unit_rows=None, factors=None, longest=None):
        self.keys, self.n_steps, self.unit_rows = keys, n_steps, unit_rows
        self.factors, self.longest = factors or {}, longest or {}
        self.step, self.first, self.second = 0, {}, {}
        self.average = Average(keys["train.weight_average"])

    def rate(self):
        left = 1 - self.step / self.n_steps
        falling = {"constant": 1, "linear": left, "cosine": (1 + math.cos(math.pi * (1 - left))) / 2}
        warmup = self.keys.get("train.warmup", 0) * self.n_steps
        risen = min(1, (self.step + 1) / warmup) if warmup else 1
        return self.keys["train.learning_rate"] * falling[self.keys["train.learning_rate_schedule"]] * risen

    def momentum(self):
        """Of the step that is being made."""
        progress = (self.step - 1) / (self.keys["train.momentum_schedule"] * self.n_steps) if self.keys["train.momentum_schedule"] > 0 else 1
        return np.interp(progress, [0, 1], [self.keys["train.momentum_start"], self.keys["train.momentum"]])

    def move(self, net, gradients):
        rate_of_all = self.rate()
        self.step += 1
        for name, gradient in gradients.items():
            rate = rate_of_all * self.factors.get(name, 1)
            if name == self.unit_rows:
                gradient = gradient - np.sum(gradient * net[name], axis=1, keepdims=True) * net[name]
            decay = 0 if name == self.unit_rows or "bias" in name else self.keys["train.weight_decay"]
            decoupled = self.keys["train.optimizer"] in ("adamw", "signum")
            direction = self.direction(name, gradient if decoupled else gradient + decay * net[name])
            net[name] = net[name] - rate * (direction + (decay * net[name] if decoupled else 0))
            if name == self.unit_rows:
                net[name] /= np.linalg.norm(net[name], axis=1, keepdims=True)
            if name in self.longest:
                net[name] = net[name] * np.minimum(1, self.longest[name] / np.linalg.norm(net[name], axis=0))
        self.average.add(net)

    def direction(self, name, gradient):
        beta1, beta2, epsilon = self.momentum(), 0.999, 1e-8
        if self.keys["train.optimizer"] == "sgd":
            self.first[name] = beta1 * self.first.get(name, 0) + gradient
            return self.first[name]
        self.first[name] = beta1 * self.first.get(name, 0) + (1 - beta1) * gradient
        if self.keys["train.optimizer"] == "signum":
            return np.sign(self.first[name])
        self.second[name] = beta2 * self.second.get(name, 0) + (1 - beta2) * gradient ** 2
        return self.first[name] / (1 - beta1 ** self.step) / (np.sqrt(self.second[name] / (1 - beta2 ** self.step)) + epsilon)


# Mini-batches and what is known of their epoch.

def n_mini_batches(keys, n_samples):
    """Of all epochs."""
    return keys["train.epochs"] * -(-n_samples // keys["train.batch"])


def batches_of_epoch(keys, rows, epoch, n_drawn=0):
    order, size = rows[rederive.order_of_epoch(keys["train.seed"], len(rows), epoch, n_drawn)], keys["train.batch"]
    return [order[first:first + size] for first in range(0, len(order), size)]


def initial_curves():
    return {name: [] for name in ("train_loss", "l0", "dead_units", "k", "validation_mse")}


def add_epoch(curves, keys, epoch, loss, codes, validation_mse):
    """codes: of all samples of the epoch, as they were learned from."""
    is_rbm = keys["model.kind"] == "rbm"   # whose units are dead below a mean probability of 0.01
    active = codes if is_rbm else codes != 0
    numbers = {"train_loss": loss, "l0": active.sum() / len(codes), "dead_units": np.sum(active.mean(axis=0) <= (0.01 if is_rbm else 0)),
               "k": k_of_epoch(keys, epoch), "validation_mse": validation_mse}
    for name, number in numbers.items():
        curves[name].append(number)


def noisy(keys, x, epoch, rows):
    return np.where(rederive.dropped(keys["model.input_noise"], x.shape[1], keys["train.seed"], "input_noise", epoch, rows), 0, x)


def dropped_units(keys, count, epoch, rows, layer=0):
    return rederive.dropped(keys["model.dropout"], count, keys["train.seed"], "dropout", epoch, rows, layer)


def initial(keys):
    return keys["train.initial_weights"], keys["train.initial_scale"]
