"""The benchmark's tables, as Markdown."""


def show(title, columns, rows):
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    print(f"\n{title}\n")
    for row in [columns, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")
    print(flush=True)


def show_facts(facts):
    print(f"{facts['cpu']}, {facts['cpus']} cores for us, kernels for {', '.join(facts['isas'])}; "
          f"load before the start: {facts['load']:.1f}")
    print(f"ksweep {facts['version']} ({facts['commit']}), {facts['compiler']}, {facts['flags']}", flush=True)


def percent(share):
    return f"{100 * share:.0f} %" if share else ""


def between(ratio):
    middle, lowest, highest = ratio
    return f"{middle:.2f} ({lowest:.2f} to {highest:.2f})"


def milliseconds(seconds):
    return f"{1e3 * seconds:.3f}"


def show_kernels(lines):
    peaks, kernels = lines[0], lines[1:]
    fma, memory, cache = peaks["peak_flops"], peaks["memory_bandwidth"], peaks["cache_bandwidth"]
    title = (f"Kernels ({peaks['isa']}), one thread. Multiply-adds in registers: {fma / 1e9:.0f} GFLOP/s. Triad over "
             f"384 MB: {memory / 1e9:.1f} GB/s,\nover 6 MB (1000 units and their momentum): {cache / 1e9:.1f} GB/s. "
             "More than 100 %: operands stay in a nearer cache.")
    rows = [[k["kernel"], k["work"], f"{1e6 * k['seconds']:.1f}",
             percent(k["flops"] / k["seconds"] / fma),
             percent(k["bytes"] / k["seconds"] / memory),
             percent(k["bytes"] / k["seconds"] / cache)] for k in kernels]
    show(title, ["kernel", "on", "µs", "of peak", "of memory", "of 6 MB cache"], rows)


def at_least(step):
    return f"{step['wanted']:g}" if step["wanted"] else ""


def at_most(step):
    return f"{step['wanted_floor']:g}" if step["wanted_floor"] else ""


def show_steps(steps):
    print(f"\nPyTorch {steps[0]['torch']} with {steps[0]['blas']}. Losses of the first 200 steps agree to "
          f"{max(step['loss_apart'] for step in steps):.1e} relative.")
    rows = []
    for step in steps:
        batch = step["settings"]["train.batch"]
        torch_s = step["torch_s"]
        others = "; ".join(f"{form} {milliseconds(torch_s[form])}" for form in torch_s)
        rows.append([step["name"], milliseconds(step["step_s"]), f"{batch / step['step_s']:,.0f}", others,
                     f"{batch / torch_s[step['torch_form']]:,.0f}", between(step["speed_ratio"]), at_least(step)])
    show("A step on one core, medians. Times as fast as the faster of PyTorch's two: median (lowest to highest) of the rounds.",
         ["hidden, k, batch", "ksweep ms", "samples/s", "PyTorch ms", "samples/s", "times as fast", "wanted"], rows)
    parts = ("product_s", "encode_s", "load_s", "update_s", "select_s", "reconstruct_s", "loss_s", "step_s")
    rows = [[step["name"], *(milliseconds(step[part]) for part in parts), between(step["floor_ratio"]), at_most(step)]
            for step in steps]
    show("Where our step goes, ms. First the encode product and a whole encoding, each alone. Then the parts of a step:\n"
         "load (and pack), update with the next batch's product, select (with the lists), reconstruct, loss.",
         ["hidden, k, batch", "product", "encode", "load", "update", "select", "reconstruct", "loss", "step",
          "step / product", "wanted"], rows)


def show_classifier(result):
    rows = [[f"{1000 * result['thousands']:,}", f"{result['ours_s']:.2f}", f"{result['numpy_s']:.2f}",
             between(result["speed_ratio"]), f"{result['wanted']:g}", f"{100 * result['ours_accuracy']:.2f} %",
             f"{100 * result['numpy_accuracy']:.2f} %"]]
    show(f"The 784-30-10-10 classifier on {result['data']} against its NumPy program {result['numpy']} ({result['blas']}), one "
         f"core, medians over {result['seeds']} seed(s); test accuracy: means.",
         ["steps", "ksweep s", "NumPy s", "times as fast", "wanted", "ksweep accuracy", "NumPy accuracy"], rows)


def show_two(processes, threads):
    show("Two processes of ksweep against two of PyTorch, a core each. Wanted: two over one within 5 % of 1.",
         ["hidden, k, batch", "one: times as fast", "two: times as fast", "two over one", "our step, two over one"],
         [[p["name"], between(p["one"]), between(p["two"]), f"{p['two'][0] / p['one'][0]:.2f}", between(p["slower"])]
          for p in processes])
    show("One trial on two threads against one thread: a step. Wanted: 1.8.",
         ["hidden, k, batch", "one ms", "two ms", "times as fast"],
         [[t["name"], milliseconds(t["one_s"]), milliseconds(t["two_s"]), between(t["speed_ratio"])] for t in threads])


def show_trial(trials):
    first = trials[0]
    show(f"A whole trial: 1000 units, k = 25, batch 100, {first['samples']} synthetic digits, "
         f"{first['epochs']} epochs, probe.",
         ["threads", "training s", "probe s", "whole s", "probe / whole", "test accuracy", "equal weights"],
         [[str(t["threads"]), f"{t['train_s']:.2f}", f"{t['probe_s']:.2f}", f"{t['wall_s']:.2f}",
           percent(t["probe_s"] / t["wall_s"]), f"{100 * t['test_accuracy']:.2f} %",
           "yes" if t["weights"] == first["weights"] else "NO"] for t in trials])
