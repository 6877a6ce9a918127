"""Do SAELens, sparsify and dictionary_learning load what `ksweep weights` writes, and find what was measured?  No test of `tests/run`: where they are
installed, with PyTorch, `KSWEEP=build/release/ksweep python3 tests/program/real_loaders.py` trains small autoencoders of every kind and prints what
each program makes of them, as rows of a table.  Exit code 1: something differs; 77: nothing does, but a program is not installed."""

import importlib
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "analysis"))
from exported import write_for_dictionary_learning  # noqa: E402  (whose imports are found where the line above looks)
from trained import TRIALS, Trained, unexplained  # noqa: E402

TOLERANCE = 1e-5   # of codes, beside the largest, and of the fraction of variance unexplained: all three programs compute in float32
HEAD = "| program | autoencoder | loads | codes differ by | L0, measured | FVU, measured |\n| --- | --- | --- | --- | --- | --- |"


def from_torch(encode, decode):
    """A function from samples to (codes, reconstructions) in NumPy."""
    import torch

    def autoencode(samples):
        with torch.no_grad():
            codes = encode(torch.tensor(samples, dtype=torch.float32))
            return codes.numpy().astype("f8"), decode(codes).numpy().astype("f8")
    return autoencode


def load_with_sae_lens(folder):
    sae = importlib.import_module("sae_lens").SAE.load_from_disk(folder)
    assert sae.cfg.metadata.ksweep["measured"], "the metadata are lost"
    return from_torch(sae.encode, sae.decode)


def load_with_sparsify(folder):
    import torch
    coder = importlib.import_module("sparsify").SparseCoder.load_from_disk(folder)

    def encode(samples):
        values, units, _ = coder.encode(samples)
        return torch.zeros(len(samples), coder.num_latents).scatter(1, units, values)
    return from_torch(encode, lambda codes: coder.decode(*codes.topk(coder.cfg.k)))


def load_with_dictionary_learning(folder):
    import torch
    output = write_for_dictionary_learning(folder, folder.with_name(folder.name + "-pickle"))
    dictionary, config = importlib.import_module("dictionary_learning.utils").load_dictionary(str(output), "cpu")
    autoencode = from_torch(dictionary.encode, dictionary.decode)
    if config["trainer"]["dict_class"] != "AutoEncoder":
        return autoencode
    lengths = torch.load(output / "ae.pt")["decoder.weight"].norm(dim=0).numpy()  # load_dictionary multiplies codes by them

    def in_own_unit(samples):
        codes, reconstructions = autoencode(samples)
        return codes / lengths, reconstructions
    return in_own_unit


PROGRAMS = {"sae_lens": ("sae-lens", load_with_sae_lens), "sparsify": ("sparsify", load_with_sparsify),
            "dictionary_learning": ("safetensors", load_with_dictionary_learning)}


def compare(trial, autoencode, own):
    """(largest difference of codes as a share of the largest code, (L0, measured), (FVU, measured)) on the validation samples.
    own: the function that is taken for right."""
    by_threshold = bool(np.isfinite(trial.measured("threshold")))
    samples = trial.part("validation")
    (codes, reconstructions), (expected, _) = autoencode(samples), own(samples)
    return (np.abs(codes - expected).max() / np.abs(expected).max(),
            ((codes != 0).sum(axis=1).mean(), trial.measured("l0_by_threshold" if by_threshold else "l0_training")),
            (unexplained(samples, reconstructions), trial.measured("validation_fvu" + "_by_threshold" * by_threshold)))


def agrees(difference, l0, fvu):
    return bool(difference < TOLERANCE and abs(l0[0] - l0[1]) < 1e-6 and abs(fvu[0] - fvu[1]) < TOLERANCE * max(1, fvu[1]))


def row(program, name, trial, folder):
    """(whether the program finds what was measured, a row of the table)."""
    form, load = PROGRAMS[program]
    own, _ = trial.load("safetensors", folder / "own")
    trial.load(form, folder / form) if form != "safetensors" else None
    try:
        difference, l0, fvu = compare(trial, load(folder / ("own" if form == "safetensors" else form)), own)
    except Exception as error:  # of the program: any
        return False, f"| {program} | {name} | no: {type(error).__name__}: {error} | | | |"
    found = f"{difference:.0e} | {l0[0]:.4g}, {l0[1]:.4g} | {fvu[0]:.7f}, {fvu[1]:.7f}"
    return agrees(difference, l0, fvu), f"| {program} | {name} | yes | {found} |"


def can_be_said(program, name):
    """Whether an export of the trial for this program is to be had: dictionary_learning has only ReLU."""
    return PROGRAMS[program][0] in TRIALS[name][1] and (program != "dictionary_learning" or "sae-lens" in TRIALS[name][1])


def installed(program):
    """Whether it can be imported; says so if not."""
    try:
        module = importlib.import_module(program)
    except ImportError as error:
        print(f"NOT TESTED: {program} cannot be imported: {error}", file=sys.stderr)
        return False
    print(f"{program} {module.__version__}")
    return True


def main():
    programs = [program for program in PROGRAMS if installed(program)]
    wrong = 0
    print(HEAD if programs else "Nothing was tested.")
    for name in TRIALS if programs else ():
        with tempfile.TemporaryDirectory() as folder:
            trial = Trained(Path(folder), TRIALS[name][0])
            for program in filter(lambda each: can_be_said(each, name), programs):
                right, line = row(program, name, trial, Path(folder) / program)
                print(line if right else line + " DIFFERS", flush=True)
                wrong += not right
    return 1 if wrong else 77 if len(programs) < len(PROGRAMS) else 0


if __name__ == "__main__":
    sys.exit(main())
