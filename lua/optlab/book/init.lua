--- What belongs to the book alone: the network and the regression that its chapter tries every method on.
--
-- The regression is called `lab.train.airfoil`.
-- @module optlab.book
return require("optlab.base.errors").strict({
  lenet = require "optlab.book.lenet",
}, "lab.book")
