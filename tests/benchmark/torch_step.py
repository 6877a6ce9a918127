#!/usr/bin/python3
"""torch_step.py FORM FOLDER N JSON: trains as `ksweep_benchmark step` does, in PyTorch with one thread a CPU that it may use.

Starts from the weights, samples and batches that the other wrote to FOLDER; prints the losses of the first N steps,
then answers each line "N" on the standard input: time of N steps.  JSON: the settings, named as in a sweep file.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F


def zeros_but_largest(z, k):
    values, units = z.topk(k, dim=1, sorted=False)
    return torch.zeros_like(z).scatter(1, units, values)


def decode_by_matmul(z, weights, bias, k):
    """The dense way: zeros multiply too."""
    return torch.addmm(bias, zeros_but_largest(z, k), weights)


def decode_by_bag(z, weights, bias, k):
    """Sums only the images of kept units."""
    values, units = z.topk(k, dim=1, sorted=False)
    return F.embedding_bag(units, weights, mode="sum", per_sample_weights=values) + bias


def decode_all(z, weights, bias, k):
    return torch.addmm(bias, z, weights)


def decode_all_transposed(z, weights, bias, k):
    return F.linear(z, weights.t(), bias)


FORMS = {"scatter + matmul": decode_by_matmul, "embedding_bag": decode_by_bag,
         "addmm": decode_all, "linear": decode_all_transposed}


class Trainer:
    def __init__(self, decode, folder, settings):
        def numbers(name, dtype=np.float32):
            return np.fromfile(folder / name, dtype)
        self.decode, self.k = decode, settings["model.k"]
        self.l1 = settings.get("model.sparsity_weight", 0)
        self.batch = settings["train.batch"]
        self.visible_bias = torch.from_numpy(numbers("visible_bias.f32")).requires_grad_()
        self.hidden_bias = torch.from_numpy(numbers("hidden_bias.f32")).requires_grad_()
        n_inputs = len(self.visible_bias)
        self.encoder = torch.from_numpy(numbers("encoder.f32").reshape(-1, n_inputs)).requires_grad_()
        tied = settings.get("model.tied", "yes") == "yes"
        self.decoder = self.encoder if tied else torch.from_numpy(numbers("decoder.f32").reshape(-1, n_inputs)).requires_grad_()
        self.pre_bias = settings.get("model.pre_bias") == "yes"
        self.unit_norm = settings.get("model.unit_norm") == "yes"
        self.samples = torch.from_numpy(numbers("samples.f32").reshape(-1, n_inputs))
        order = numbers("order.u32", np.uint32).astype(np.int64).reshape(-1, self.batch)
        self.order = torch.from_numpy(order)
        parameters = [self.encoder, *([] if tied else [self.decoder]), self.hidden_bias, self.visible_bias]
        rate = settings["train.learning_rate"]
        self.optimizer = (torch.optim.Adam(parameters, lr=rate, betas=(0.9, 0.999), eps=1e-8)
                          if settings["train.optimizer"] == "adam"
                          else torch.optim.SGD(parameters, lr=rate, momentum=0.9))
        self.n_done = 0

    def step(self):
        x = self.samples[self.order[self.n_done % len(self.order)]]
        self.n_done += 1
        z = F.linear(x - self.visible_bias if self.pre_bias else x, self.encoder, self.hidden_bias)
        reconstruction = self.decode(z, self.decoder, self.visible_bias, self.k)
        loss = F.mse_loss(reconstruction, x, reduction="sum") * (0.5 / self.batch)
        if self.l1:
            loss = loss + (self.l1 / self.batch) * z.abs().sum()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.unit_norm:
            self.keep_to_the_sphere()
        self.optimizer.step()
        if self.unit_norm:
            with torch.no_grad():
                self.decoder /= self.decoder.norm(dim=1, keepdim=True)
        return loss.detach()

    def keep_to_the_sphere(self):
        """Removes the gradient's component along each decoder row (Gao et al. 2024, appendix A.1)."""
        with torch.no_grad():
            gradient = self.decoder.grad
            gradient -= (gradient * self.decoder).sum(dim=1, keepdim=True) * self.decoder

    def time_of(self, n_steps):
        self.step()
        begin = time.perf_counter()
        for _ in range(n_steps):
            self.step()
        return (time.perf_counter() - begin) / n_steps


def main(form, folder, n_compared, settings):
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    trainer = Trainer(FORMS[form], Path(folder), json.loads(settings))
    losses = [float(trainer.step()) for _ in range(int(n_compared))]
    print(json.dumps({"losses": losses, "torch": torch.__version__, "blas": blas_library()}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"step_s": trainer.time_of(int(line))}), flush=True)


def blas_library():
    """The library behind PyTorch's matrix products."""
    with open("/proc/self/maps") as maps:
        names = {Path(line.split()[-1]).resolve().name for line in maps}
    libraries = {name for name in names if "blas" in name or "blis" in name or "mkl_core" in name}
    if libraries and all(name.startswith("libblas.") for name in libraries):
        sys.exit("torch_step.py: PyTorch multiplies with the slow reference BLAS here and is no fair opponent. "
                 "Run: apt-get install libopenblas0-pthread")
    return ", ".join(sorted(name for name in libraries if not name.startswith("libblas.")))


if __name__ == "__main__":
    main(*sys.argv[1:])
