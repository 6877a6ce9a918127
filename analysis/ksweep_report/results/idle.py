"""Which keys a trial's kind of model or of probe does not look at, as the file says (src/store/FORMAT.md)."""

UNTRAINED = ("raw", "random")


def idle_keys(sweep, kinds, row):
    """Columns of keys.  kinds: of all trials."""
    if not sweep.looked_at_by:
        return _idle_in_old_file(sweep, kinds, row)
    probe = sweep.columns["probe_kind"][row] if "probe_kind" in sweep.columns else None
    return [name for name, (models, probes) in sweep.looked_at_by.items()
            if kinds[row] not in models or (probes and probe is not None and probe not in probes)]


def _idle_in_old_file(sweep, kinds, row):
    """Files from before 0.2 do not say: nobody looks at a k of 0, classifiers at no probe, untrained models at nothing in which they all agree."""
    kind, alike = kinds[row], kinds == kinds[row]

    def is_idle(name):
        values = sweep.columns[name]
        if name == "k":
            return values[row] == 0
        return (kind == "classifier" and name.startswith("probe_")) or (kind in UNTRAINED and len(set(values[alike].tolist())) == 1)

    return [name for name in sweep.axes if name not in ("kind", "seed") and is_idle(name)]
