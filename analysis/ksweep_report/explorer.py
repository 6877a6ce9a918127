"""explorer.html (stub)"""
def write_explorer(path, grid, codes, trial, data_dir):
    return None
