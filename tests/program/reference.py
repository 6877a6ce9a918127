"""What the program trains, from a trial's keys: in double precision, as plain as the formulas and without a line of the program's.

Keys are those of a sweep file, {"model.k": 4, …}, all of [model] and [train].  Arrays have one sample a row.  Random numbers
are those that FORMAT.md promises.
"""

import numpy as np
import rederive
from reference_layers import Layers, fine_tune, train_classifier, train_joint
from reference_rules import (SLOPES, Optimiser, activated, add_epoch, batches_of_epoch, dropped_units, initial,
                             initial_curves, k_of_epoch, kept_by_rule, keeps_k, largest, layer_sizes, n_mini_batches, noisy, penalty,
                             penalty_slope, require_clear, share_kept, sigmoid)


def weighted_inputs(keys, net, x):
    centred = x - net["visible_bias"] if keys["model.pre_bias"] == "yes" else x
    return centred, centred @ net["encoder"].T + net["hidden_bias"]


class Autoencoder:
    def __init__(self, keys, n_inputs, position):
        distribution, scale = initial(keys)
        tied, unit_norm = keys["model.tied"] == "yes", keys["model.unit_norm"] == "yes"
        drawn = rederive.autoencoder(keys["train.seed"], n_inputs, keys["model.hidden"], distribution, scale, tied, unit_norm, position)
        self.keys, self.net = keys, {name: array.astype(float) for name, array in drawn.items()}
        self.unit_rows = ("encoder" if tied else "decoder") if unit_norm else None
        self.silent = np.zeros(keys["model.hidden"], int)   # samples since each unit was active

    def learn(self, inputs, targets, epoch, rows, patience):
        """(loss, code, gradients) of a mini-batch; patience: units that are silent for so many samples are dead."""
        keys, net = self.keys, self.net
        images = net.get("decoder", net["encoder"])
        centred, z = weighted_inputs(keys, net, noisy(keys, inputs, epoch, rows))
        values = activated(keys["model.activation"], z)
        dropped = dropped_units(keys, values.shape[1], epoch, rows)
        code = values * kept_by_rule(keys, np.where(dropped, -np.inf, values), k_of_epoch(keys, epoch))
        outputs = self.decode(code)
        loss = 0.5 * np.sum((outputs - targets) ** 2) / len(inputs) + penalty(keys, code)
        errors = (outputs - targets) * SLOPES[keys["model.decoder"]](outputs) / len(inputs)
        deltas = (errors @ images.T + penalty_slope(keys, code)) * (code != 0) * SLOPES[keys["model.activation"]](code)
        of_images = code.T @ errors
        if keys["model.aux_weight"] > 0:
            aux_code, aux_errors = self.revive(np.where(dropped, 0, values), code, errors, patience)
            of_images += aux_code.T @ aux_errors
            deltas += (aux_errors @ images.T) * (aux_code > 0)
        return loss, code, self.gradients(centred, deltas, of_images, errors.sum(axis=0))

    def revive(self, values, code, errors, patience):
        """AuxK: the largest dead units of each sample learn to draw what is missing, but for those that are active again."""
        dead = self.silent >= patience
        self.silent = np.where(code.any(axis=0), 0, self.silent + len(code))
        drawn = values * largest(np.where(dead, values, -np.inf), self.keys["model.aux_units"])
        errors = errors + drawn @ self.net.get("decoder", self.net["encoder"]) / len(code)
        return drawn * ~code.any(axis=0), self.keys["model.aux_weight"] * errors

    def gradients(self, centred, deltas, of_images, of_visible_bias):
        gradients = {"encoder": deltas.T @ centred, "hidden_bias": deltas.sum(axis=0), "visible_bias": of_visible_bias}
        if self.keys["model.pre_bias"] == "yes":
            gradients["visible_bias"] = of_visible_bias - (deltas @ self.net["encoder"]).sum(axis=0)
        if "decoder" in self.net:
            return gradients | {"decoder": of_images}
        return gradients | {"encoder": gradients["encoder"] + of_images}

    def code_of_largest(self, samples, k):
        """Without noise, the k largest of each sample."""
        values = activated(self.keys["model.activation"], weighted_inputs(self.keys, self.net, samples)[1])
        return values * largest(values, min(k, values.shape[1]) if keeps_k(self.keys) else values.shape[1])

    def encode(self, samples):
        return self.code_of_largest(samples, round(self.keys["model.alpha"] * self.keys["model.k"]))

    def decode(self, code):
        return activated(self.keys["model.decoder"], code @ self.net.get("decoder", self.net["encoder"]) + self.net["visible_bias"])

    def error(self, samples):
        """Of samples reconstructed one by one."""
        left = min(1, (1 - self.keys["model.dropout"]) / share_kept(self.keys)) if self.keys["model.dropout"] > 0 else 1
        return np.mean((self.decode(left * self.code_of_largest(samples, self.keys["model.k"])) - samples) ** 2)


class Rbm:
    """Contrastive divergence."""
    unit_rows = None

    def __init__(self, keys, n_inputs, position):
        drawn = rederive.autoencoder(keys["train.seed"], n_inputs, keys["model.hidden"], *initial(keys), position=position)
        self.keys, self.net = keys, {name: array.astype(float) for name, array in drawn.items()}
        self.chains = self.mean = None

    def encode(self, visible):
        return sigmoid(visible @ self.net["encoder"].T + self.net["hidden_bias"])

    def decode(self, hidden):
        return sigmoid(hidden @ self.net["encoder"] + self.net["visible_bias"])

    def draw(self, probabilities, *stream):
        uniforms = rederive.state_uniforms(probabilities.shape[1], self.keys["train.seed"], *stream)
        require_clear(np.abs(probabilities - uniforms), 1)
        return uniforms < probabilities

    def learn(self, data, _targets, epoch, rows, _patience):
        hidden = of_data = self.encode(data)
        kept = ~dropped_units(self.keys, hidden.shape[1], epoch, rows)
        first = of_data * kept
        if self.keys["model.persistent"] == "yes":
            loss, fantasy, hidden = np.sum((self.decode(first) - data) ** 2), *self.go_on(of_data, kept, epoch, rows)
        else:
            for step in range(self.keys["model.cd_steps"]):
                fantasy = self.decode(self.draw(hidden, epoch, rows, step) & kept)
                hidden = self.encode(fantasy)
            loss = np.sum((fantasy - data) ** 2)
        hidden = hidden * kept
        gradients = {"encoder": (hidden.T @ fantasy - first.T @ data) / len(data), "hidden_bias": (hidden - first).mean(axis=0),
                     "visible_bias": (fantasy - data).mean(axis=0)}
        if self.keys["model.penalty"] == "kl":
            slopes = self.slopes_of_target(of_data) * kept
            gradients["encoder"] += slopes.T @ data / len(data)
            gradients["hidden_bias"] += slopes.mean(axis=0)
        return 0.5 * loss / len(data), of_data, gradients

    def slopes_of_target(self, hidden):
        """By each unit's total input, of the cross entropy of the target and a running mean: Hinton 2010, section 11."""
        decay, mean = self.keys["model.sparsity_decay"], hidden.mean(axis=0)
        self.mean = mean if self.mean is None else decay * self.mean + (1 - decay) * mean
        return self.keys["model.sparsity_weight"] * (self.mean - self.keys["model.sparsity_target"])

    def go_on(self, of_data, kept, epoch, rows):
        """Persistent chains: (fantasies, hidden probabilities given them).  kept: of the samples at the chains' places."""
        if self.chains is None:
            self.chains = self.draw(of_data, epoch, rows, 0)
        for step in range(self.keys["model.cd_steps"]):
            fantasy = self.decode(self.chains[:len(rows)] & kept)
            hidden = self.encode(fantasy)
            self.chains[:len(rows)] = self.draw(hidden, epoch, rows, step + 1)
        return fantasy, hidden

    def error(self, samples):
        return np.mean((self.decode((1 - self.keys["model.dropout"]) * self.encode(samples)) - samples) ** 2)


# What is reconstructed.

def nearest(points, centres):
    distances = np.sum((points[:, None] - centres) ** 2, axis=2)
    two = np.sort(distances, axis=1)[:, :2]
    require_clear(two[:, 1] - two[:, 0], 1)
    return distances.argmin(axis=1)


def means_of_groups(points, groups):
    return np.array([points[groups == group].mean(axis=0) for group in range(groups.max() + 1)])


def clusters(keys, points):
    """k-means++, then Lloyd's steps to their end: the cluster of each point."""
    first, uniforms = rederive.draws_of_centres(keys["train.seed"], len(points), keys["model.clusters"])
    centres = [points[first]]
    for uniform in uniforms:
        sums = np.cumsum(np.min([np.sum((points - centre) ** 2, axis=1) for centre in centres], axis=0))
        require_clear(np.abs(sums / sums[-1] - uniform), 1)
        centres.append(points[np.searchsorted(sums, uniform * sums[-1], side="right")])
    groups, before = nearest(points, np.array(centres)), None
    while not np.array_equal(groups, before):
        groups, before = nearest(points, means_of_groups(points, groups)), groups
    return groups


def shifted(keys, samples, groups):
    means = means_of_groups(samples, groups)
    distances = np.sum((samples[:, None] - means) ** 2, axis=2)
    distances[np.arange(len(samples)), groups] = np.inf
    own, other = means[groups], means[distances.argmin(axis=1)]
    attraction = keys["model.attraction"]
    return (1 - attraction) * samples + attraction * own + keys["model.repulsion"] * (samples - other)


def mean_of_outputs(keys, samples):
    """The visible bias at which the mean of samples is drawn."""
    if keys["model.kind"] != "rbm" and keys["model.decoder"] != "sigmoid":
        return samples.mean(axis=0)
    p = (samples.sum(axis=0) + 1) / (len(samples) + 2)
    return np.log(p / (1 - p))


def train_layer(keys, samples, labels, parts, position):
    """One autoencoder or RBM: (model, curves).  samples, labels: all rows of the file; parts: its rows for training and validation."""
    train, validation = parts
    model = (Rbm if keys["model.kind"] == "rbm" else Autoencoder)(keys, samples.shape[1], position)
    optimiser, curves = Optimiser(keys, n_mini_batches(keys, len(train)), model.unit_rows), initial_curves()
    if keys["model.visible_bias"] == "mean":
        model.net["visible_bias"] = mean_of_outputs(keys, samples[train])
    targets = samples.copy()
    if keys["model.targets"] == "classes":
        targets[train] = shifted(keys, samples[train], labels[train])
    for epoch in range(keys["train.epochs"]):
        loss, codes = 0, []
        for rows in batches_of_epoch(keys, train, epoch):
            loss_of_batch, code, gradients = model.learn(samples[rows], targets[rows], epoch, rows, len(train))
            optimiser.move(model.net, gradients)
            loss += loss_of_batch * len(rows)
            codes.append(code)
        if keys["model.targets"] == "clusters":
            targets[train] = shifted(keys, samples[train], clusters(keys, model.encode(samples[train])))
        in_training, model.net = model.net, optimiser.average.of(model.net)
        add_epoch(curves, keys, epoch, loss / len(train), np.concatenate(codes), model.error(samples[validation]))
        model.net = in_training
    model.net = optimiser.average.of(model.net)
    return model, curves


def train_stack(keys, samples, labels, parts):
    sizes = layer_sizes(keys) or [keys["model.hidden"]]
    nets, curves = {}, {}
    for position, size in enumerate(sizes):
        own = keys | {"model.hidden": size, "model.k": min(keys["model.k"], size)}
        if position > 0:
            own["model.decoder"] = "linear"   # codes have no bounds
        model, of_layer = train_layer(own, samples, labels, parts, position)
        suffix = f"_{position + 1}" if len(sizes) > 1 else ""
        nets |= {name + suffix: array for name, array in model.net.items()}
        curves = {name: curves.get(name, []) + values for name, values in of_layer.items()}
        samples = model.encode(samples)
    return nets, curves


def parts_of(keys, n_rows):
    """Rows of the training set: (training part, validation part)."""
    return rederive.split(keys["train.seed"], n_rows, keys["data.validation"], keys["data.train"])


def train(keys, samples, labels):
    """(weights by the names that they have in a trial's file, curves by their names in sweep.h5 without _curve)."""
    if keys["model.kind"] == "classifier":
        how = train_classifier
    else:
        how = train_joint if keys["model.training"] == "joint" else train_stack
    return how(keys, samples, labels, parts_of(keys, len(samples)))


def fine_tuned(keys, weights, train_set, test_set):
    """What reference_layers.fine_tune() gives, from the weights of an autoencoder or a stack and from sets of samples and labels."""
    samples, labels = train_set
    train, validation = parts_of(keys, len(samples))
    n_layers = len(layer_sizes(keys)) or 1
    encoder = [{name: weights.get(name, weights.get(f"{name}_{number}")) for name in ("encoder", "hidden_bias", "visible_bias")}
               for number in range(1, n_layers + 1)]
    net = {}
    for number, layer in enumerate(encoder, 1):
        shift = layer["encoder"] @ layer["visible_bias"] if keys["model.pre_bias"] == "yes" else 0
        net |= {f"weights_{number}": layer["encoder"].T, f"biases_{number}": layer["hidden_bias"] - shift}
    n_classes = labels.max() + 1
    net |= {f"weights_{n_layers + 1}": np.zeros((len(encoder[-1]["encoder"]), n_classes)), f"biases_{n_layers + 1}": np.zeros(n_classes)}
    activation = "sigmoid" if keys["model.kind"] == "rbm" else keys["model.activation"]
    layers = Layers(keys, net, [activation] * n_layers + ["linear"])
    return fine_tune(keys, layers, train, {"train": (samples[train], labels[train]), "validation": (samples[validation], labels[validation]),
                                           "test": test_set})
