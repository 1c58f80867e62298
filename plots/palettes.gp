# Palettes for heat maps, surfaces and contours, as gnuplot takes them. A line "# palette NAME" opens each, a blank line
# closes it; only the one that a figure uses is written into its script. Between two colours gnuplot interpolates.
# The values are matplotlib's (viridis, magma, inferno, plasma and cividis by S. van der Walt, N. Smith, E. Firing and
# J. Nunez; twilight by B. Bengtsson; RdBu, PuOr, BrBG and Blues by C. Brewer; coolwarm by K. Moreland). All are safe for
# the colour-blind; tests/plot/palettes_spec.lua computes what they see.

# ---- from low to high ----

# palette viridis
set palette defined (0 '#440154', 1 '#48186a', 2 '#472d7b', 3 '#424086', 4 '#3b528b', 5 '#33638d', 6 '#2c728e', \
  7 '#26828e', 8 '#21918c', 9 '#1fa088', 10 '#28ae80', 11 '#3fbc73', 12 '#5ec962', 13 '#84d44b', 14 '#addc30', \
  15 '#d8e219', 16 '#fde725')

# palette magma
set palette defined (0 '#000004', 1 '#06051a', 2 '#140e36', 3 '#251255', 4 '#3b0f70', 5 '#51127c', 6 '#641a80', \
  7 '#782281', 8 '#8c2981', 9 '#a1307e', 10 '#b73779', 11 '#ca3e72', 12 '#de4968', 13 '#ed5a5f', 14 '#f7705c', \
  15 '#fc8961', 16 '#fe9f6d', 17 '#feb77e', 18 '#fecf92', 19 '#fde7a9', 20 '#fcfdbf')

# palette inferno
set palette defined (0 '#000004', 1 '#07051b', 2 '#160b39', 3 '#2b0b57', 4 '#420a68', 5 '#57106e', 6 '#6a176e', \
  7 '#7f1e6c', 8 '#932667', 9 '#a82e5f', 10 '#bc3754', 11 '#cc4248', 12 '#dd513a', 13 '#ea632a', 14 '#f37819', \
  15 '#f98e09', 16 '#fca50a', 17 '#fbbe23', 18 '#f6d746', 19 '#f1ef75', 20 '#fcffa4')

# palette plasma
set palette defined (0 '#0d0887', 1 '#41049d', 2 '#6a00a8', 3 '#8f0da4', 4 '#b12a90', 5 '#cc4778', 6 '#e16462', \
  7 '#f2844b', 8 '#fca636', 9 '#fcce25', 10 '#f0f921')

# palette cividis
set palette defined (0 '#00224e', 1 '#002b62', 2 '#083370', 3 '#243c6e', 4 '#35456c', 5 '#434e6c', 6 '#4f576c', \
  7 '#5b606e', 8 '#666970', 9 '#727274', 10 '#7d7c78', 11 '#888578', 12 '#948e77', 13 '#a19975', 14 '#aea371', \
  15 '#bcae6c', 16 '#c8b866', 17 '#d6c35d', 18 '#e5cf52', 19 '#f3db42', 20 '#fee838')

# palette blues
set palette defined (0 '#f7fbff', 1 '#deebf7', 2 '#c6dbef', 3 '#9dcae1', 4 '#6aaed6', 5 '#4191c6', 6 '#2070b4', \
  7 '#08509b', 8 '#08306b')

# palette gray
set palette defined (0 '#000000', 1 '#ffffff')

# ---- from a middle to both sides ----

# palette coolwarm
set palette defined (0 '#3b4cc0', 1 '#465ecf', 2 '#5470de', 3 '#6282ea', 4 '#6f92f3', 5 '#7ea1fa', 6 '#8db0fe', \
  7 '#9bbcff', 8 '#aac7fd', 9 '#b9d0f9', 10 '#c5d6f2', 11 '#d2dbe8', 12 '#dddcdc', 13 '#e7d7ce', 14 '#efcebd', \
  15 '#f5c4ac', 16 '#f7b89c', 17 '#f7a98b', 18 '#f4987a', 19 '#ef886b', 20 '#e7745b', 21 '#dd5f4b', 22 '#d1493f', \
  23 '#c32e31', 24 '#b40426')

# palette RdBu
set palette defined (0 '#67001f', 1 '#b1182b', 2 '#d6604d', 3 '#f3a481', 4 '#fddbc7', 5 '#f6f7f7', 6 '#d1e5f0', \
  7 '#90c4dd', 8 '#4393c3', 9 '#2065ab', 10 '#053061')

# palette PuOr
set palette defined (0 '#7f3b08', 1 '#b25706', 2 '#e08214', 3 '#fcb761', 4 '#fee0b6', 5 '#f6f6f7', 6 '#d8daeb', \
  7 '#b1aad1', 8 '#8073ac', 9 '#532687', 10 '#2d004b')

# palette BrBG
set palette defined (0 '#543005', 1 '#8b500a', 2 '#bf812d', 3 '#dec17b', 4 '#f6e8c3', 5 '#f4f5f5', 6 '#c7eae5', \
  7 '#7fccc0', 8 '#35978f', 9 '#01655d', 10 '#003c30')

# ---- around a circle, such as angles ----

# palette twilight
set palette defined (0 '#e2d9e2', 1 '#d1d5da', 2 '#b3c6ce', 3 '#95b5c7', 4 '#7ba1c2', 5 '#6b8cbf', 6 '#6276ba', \
  7 '#5f5eb3', 8 '#5e43a5', 9 '#592a8f', 10 '#4e186f', 11 '#3d114d', 12 '#2f1436', 13 '#3f123d', 14 '#581647', \
  15 '#741e4f', 16 '#8e2c50', 17 '#a24050', 18 '#b25652', 19 '#be6f5b', 20 '#c6896c', 21 '#cca389', 22 '#d4bcac', \
  23 '#ddd0ce', 24 '#e2d9e2')

