"""The operations of bench/models in PyTorch: a dictionary from a row's name to what opens it."""
from . import elementwise, images, indices, memory, rows

OPERATIONS = {**images.ROWS, **rows.ROWS, **memory.ROWS, **indices.ROWS, **elementwise.ROWS}


def operation(name):
    return OPERATIONS[name]()
