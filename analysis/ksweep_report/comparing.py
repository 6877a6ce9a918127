"""stub"""
def write_comparison(options, refresh=False):
    raise NotImplementedError
