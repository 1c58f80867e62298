"""The model of characters with nn.GRU."""
from torch import nn

import characters


def make():
    return characters.make(nn.GRU)
