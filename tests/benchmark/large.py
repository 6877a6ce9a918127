"""Steps of large dictionaries: sparse autoencoders on activations, as they are trained today."""

from contender import close, in_turn, losses_apart, median, ratio, scratch_folder
from benchmark_tables import between, milliseconds, show

N_COMPARED = 5
SETTINGS = {"data.set": "superposition", "data.features": 8192, "data.dimensions": 768, "data.true_l0": 32, "model.k": 32,
            "model.activation": "relu", "model.tied": "no", "model.pre_bias": "yes", "model.unit_norm": "yes", "train.batch": 2048,
            "train.optimizer": "adam", "train.learning_rate": 0.0003}
# Of the step over the float32 product alone, at most; and whether PyTorch has the same.
CASES = [({"model.hidden": 8192}, 0.65, True), ({"model.hidden": 16384}, 0.5, True),
         ({"model.hidden": 8192, "model.kind": "batch-topk"}, None, False)]


def measure(benchmark, n_threads, changed, wanted, with_torch):
    """One case, in turn; ends the benchmark if contenders do not train the same."""
    cpus, settings = set(benchmark.cpus[:n_threads]), SETTINGS | changed
    with scratch_folder() as folder:
        ours = benchmark.ours(settings, folder, cpus, n_compared=N_COMPARED)
        plain = benchmark.ours(settings, folder, cpus, "float32", isa=benchmark.plain_isa, n_compared=N_COMPARED)
        contenders = [ours, plain]
        if with_torch:
            contenders.append(benchmark.torch("embedding_bag", settings, folder, cpus, n_compared=N_COMPARED))
        if ours.hello["losses"] != plain.hello["losses"]:
            raise SystemExit("benchmark: screening changes the losses")
        apart = max(losses_apart(ours, other) for other in contenders)
        if apart > 1e-3:
            raise SystemExit(f"benchmark: ksweep and PyTorch do not train the same: {apart:.1e} relative")
        answers = in_turn(contenders, 3, 0.1)
    close(contenders)
    steps = {name: [answer["step_s"] for answer in answers[name]] for name in answers}
    products = [answer["product_s"] / n_threads for answer in answers["float32"]]
    return {"settings": settings, "threads": n_threads, "wanted_floor": wanted, "loss_apart": apart,
            "step_s": median(answers["ksweep"]), "plain_s": median(answers["float32"]),
            "product_s": median(answers["float32"], "product_s") / n_threads,
            "encode_s": median(answers["ksweep"], "encode_s"),
            "floor_ratio": ratio(steps["ksweep"], products), "plain_ratio": ratio(steps["float32"], products),
            "torch_s": median(answers["embedding_bag"]) if with_torch else None,
            "speed_ratio": ratio(steps["embedding_bag"], steps["ksweep"]) if with_torch else None}


def row_of(result):
    settings = result["settings"]
    torch_s, speed = result["torch_s"], result["speed_ratio"]
    return [f"{settings['model.hidden']}{', BatchTopK' if 'model.kind' in settings else ''}", str(result["threads"]),
            milliseconds(result["product_s"]), milliseconds(result["encode_s"]), milliseconds(result["step_s"]),
            between(result["floor_ratio"]), f"{result['wanted_floor'] or ''}", milliseconds(result["plain_s"]),
            between(result["plain_ratio"]), milliseconds(torch_s) if torch_s else "", between(speed) if speed else ""]


def measure_large(benchmark):
    results = [measure(benchmark, n_threads, *case) for n_threads in (1, 2) if n_threads <= len(benchmark.cpus) for case in CASES]
    show("A step of 2,048 samples of 768 numbers: k = 32, untied, pre-bias, unit norm, Adam, ms. First the float32 product of the encoder\n"
         f"alone (with two threads: half its time on one), a whole encoding, a step with the kernels that are chosen ({benchmark.chosen_isa}); then\n"
         f"with --isa {benchmark.plain_isa}, whose losses are the same to the bit, and PyTorch with embedding_bag.",
         ["units", "threads", "product", "encode", "step", "step / product", "wanted", "float32", "float32 / product", "PyTorch",
          "times as fast"], [row_of(result) for result in results])
    return results
