"""Split, order of mini-batches, initial weights and noise of any trial, from its keys alone: src/store/FORMAT.md, "Random numbers"."""

import math

import numpy as np

PURPOSES = {"split": 1, "hidden_weights": 2, "decoder_weights": 3, "hidden_bias": 4, "visible_bias": 5, "batch_order": 6,
            "layer_weights": 8, "dropout": 9, "input_noise": 10, "hidden_states": 13, "first_centres": 15, "test_part": 16}
LOW = 0xFFFFFFFF


def words(count, seed, purpose, epoch=0, index=0, block=0):
    """The first `count` words of a stream from a block on, by Philox 4x32-10; of several streams if index is an array."""
    blocks, index = np.arange(block, block - (-count // 4), dtype=np.uint64), np.asarray(index, np.uint64)[..., None]
    counter = list(np.broadcast_arrays(blocks, np.uint64(epoch), index & LOW, index >> 32))
    key = [seed & LOW, (seed >> 32) ^ (PURPOSES[purpose] << 21)]
    for _ in range(10):
        a, b = counter[0] * np.uint64(0xD2511F53), counter[2] * np.uint64(0xCD9E8D57)
        counter = [(b >> 32) ^ counter[1] ^ key[0], b & LOW, (a >> 32) ^ counter[3] ^ key[1], a & LOW]
        key = [(key[0] + 0x9E3779B9) & LOW, (key[1] + 0xBB67AE85) & LOW]
    return np.stack(counter[::-1], axis=-1).reshape(*index.shape[:-1], -1)[..., :count]


def uniforms(count, *stream):
    return _uniforms_of(words(2 * count, *stream))


def _uniforms_of(pairs):
    return ((pairs[..., ::2] >> 5 << 26) | (pairs[..., 1::2] >> 6)) * 2.0 ** -53


def normals(count, *stream):
    log, cos, sin = (np.vectorize(f, otypes=[float]) for f in (math.log, math.cos, math.sin))  # the C library's, as the program's
    pairs = uniforms(count + count % 2, *stream)
    radius, angle = np.sqrt(-2 * log(1 - pairs[..., ::2])), 2 * math.pi * pairs[..., 1::2]
    return np.stack([radius * cos(angle), radius * sin(angle)], axis=-1).reshape(*pairs.shape[:-1], -1)[..., :count]


def below(counts, *stream):
    """For each of the counts a number below it, one after the other from one stream."""
    source = (int(word) for block in range(0, 1 << 32, 4096) for word in words(4 * 4096, *stream, block=block))
    return [next(p >> 32 for p in (word * count for word in source) if p & LOW >= 2 ** 32 % count) for count in counts]


def permutation(count, *stream):
    order = list(range(count))
    for last, other in zip(range(count - 1, 0, -1), below(range(count, 1, -1), *stream)):
        order[last], order[other] = order[other], order[last]
    return np.array(order, np.int64)


def test_rows(n_rows, labels=None):
    """Rows of a set without a test part that become one (data.test_part = balanced); labels: class numbers, (n_rows)."""
    order = permutation(n_rows, 0, "test_part")
    by_class = np.argsort(np.zeros(n_rows) if labels is None else np.asarray(labels)[order], kind="stable")
    return order[np.sort(by_class[5::6])]


def split(seed, n_rows, n_validation, n_train):
    """(training part, validation part): rows of the training set."""
    rows = permutation(n_rows, seed, "split")
    return rows[n_validation:n_validation + n_train], rows[:n_validation]


def order_of_epoch(seed, n_train, epoch, drawn=0):
    """Positions in the training part; epochs count from 0.  drawn: so many, with replacement (train.steps_per_epoch)."""
    stream = seed, "batch_order", epoch
    return np.array(below([n_train] * drawn, *stream)) if drawn else permutation(n_train, *stream)


def _rows(seed, purpose, position, n_rows, n_columns, distribution, scale, n_inputs, n_outputs):
    stream = seed, purpose, position, np.arange(n_rows)
    if distribution == "normal":
        return (scale * normals(n_columns, *stream)).astype(np.float32)
    width = scale * math.sqrt(6 / (n_inputs + n_outputs)) if distribution == "glorot" else scale
    return (-width + (width + width) * uniforms(n_columns, *stream)).astype(np.float32)


def autoencoder(seed, n_inputs, n_hidden, distribution="normal", scale=0.01, tied=True, unit_norm=False, position=0):
    """Initial weights of one autoencoder, position being that in a stack, by the names that they have in a trial's file."""
    def drawn(purpose, n_rows, n_columns):
        return _rows(seed, purpose, position, n_rows, n_columns, distribution, scale, n_inputs, n_hidden)
    net = {"encoder": drawn("hidden_weights", n_hidden, n_inputs)}
    if not tied:
        net["decoder"] = drawn("hidden_weights" if unit_norm else "decoder_weights", n_hidden, n_inputs)
    if unit_norm:
        rows = net["encoder" if tied else "decoder"]
        squares = np.cumsum(rows.astype(float) ** 2, axis=1)[:, -1:]   # added one after the other
        rows *= np.divide(1, np.sqrt(squares), out=np.ones_like(squares), where=squares > 0).astype(np.float32)
    for name, count in ("hidden_bias", n_hidden), ("visible_bias", n_inputs):
        net[name] = drawn(name, 1, count)[0] if distribution == "normal" else np.zeros(count, np.float32)
    return net


def dense_layers(seed, sizes, distribution="normal", scale=0.01):
    """Initial weights, (inputs, outputs) each, of a classifier or of layers trained jointly; their biases are 0."""
    return [_rows(seed, "layer_weights", i, n, m, distribution, scale, n, m) for i, (n, m) in enumerate(zip(sizes, sizes[1:]))]


def dropped(share, count, seed, purpose, epoch, rows, layer=0):
    """Which of so many hidden units (purpose: dropout) or inputs (input_noise) are set to 0: (rows, count)."""
    return words(count, seed, purpose, epoch, _with_position(rows, layer)) < int(share * 2 ** 32)


def state_uniforms(count, seed, epoch, rows, gibbs_step):
    """What the probabilities of so many hidden units of an RBM must exceed for the units to be on: (rows, count)."""
    return words(count, seed, "hidden_states", epoch, _with_position(rows, gibbs_step)) * 2.0 ** -32


def draws_of_centres(seed, n_points, n_clusters, restart=0):
    """What k-means++ begins with: (the first centre's point, a uniform number for each next centre)."""
    stream = seed, "first_centres", 0, restart
    return below([n_points], *stream)[0], _uniforms_of(words(2 * n_clusters - 1, *stream)[1:])


def _with_position(rows, position):
    return np.asarray(rows, np.uint64) + np.uint64(position << 32)
