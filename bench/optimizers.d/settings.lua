--- The optimizers that PyTorch has, with the options that both programs run; steps.py has the same list.
return {
  { "Adadelta", {} }, { "Adagrad", {} }, { "Adam", {} }, { "AdamW", {} }, { "Adamax", {} }, { "ASGD", {} },
  { "NAdam", {} }, { "RAdam", {} }, { "RMSprop", {} }, { "Rprop", {} }, { "SGD", { lr = 1e-3, momentum = 0.9 } },
  { "Adafactor", {} }, { "Muon", {} },
}
