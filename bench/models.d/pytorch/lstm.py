"""The model of characters with nn.LSTM."""
from torch import nn

import characters


def make():
    return characters.make(nn.LSTM)
