# Palettes for heat maps, surfaces and contours. A line "# palette NAME" opens each, a blank line closes it; only the one
# that a figure uses is written into its script.

# palette viridis
set palette defined (0 '#440154', 1 '#48186a', 2 '#472d7b', 3 '#424086', 4 '#3b528b', 5 '#33638d', 6 '#2c728e', \
  7 '#26828e', 8 '#21918c', 9 '#1fa088', 10 '#28ae80', 11 '#3fbc73', 12 '#5ec962', 13 '#84d44b', 14 '#addc30', \
  15 '#d8e219', 16 '#fde725')

# palette magma
set palette defined (0 '#000004', 1 '#140e36', 2 '#3b0f70', 3 '#641a80', 4 '#8c2981', 5 '#b73779', 6 '#de4968', \
  7 '#f7705c', 8 '#fe9f6d', 9 '#fecf92', 10 '#fcfdbf')

# palette coolwarm
set palette defined (0 '#3b4cc0', 1 '#6788ee', 2 '#9abbff', 3 '#c9d7f0', 4 '#edd1c2', 5 '#f7a889', 6 '#e26952', \
  7 '#b40426')

# palette gray
set palette defined (0 '#000000', 1 '#ffffff')

