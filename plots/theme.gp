# The look of optlab's figures. The driver writes these commands into every script, so that a figure is drawn the same
# everywhere; change them here for all figures, or in one <name>.gp for that figure alone. The strings paper, ink, soft,
# axis_color, grid_color and frame are the colours of the figure's theme (lua/optlab/plot/look/themes.lua).

# Text is UTF-8; text given by a user is marked noenhanced where it is set.
set encoding utf8
set minussign

# Axes on the left and below only, thin and grey, with short tics that point outwards.
set border 3 linecolor rgb axis_color linewidth 1
set tics out nomirror scale 0.6,0.3 textcolor rgb soft
set format '%h'
set title textcolor rgb ink offset 0,-0.4
set xlabel textcolor rgb ink offset 0,0.3
set ylabel textcolor rgb ink
set y2label textcolor rgb ink
set zlabel textcolor rgb ink
set cblabel textcolor rgb ink
set grid back linetype 1 linecolor rgb grid_color linewidth 0.8 dashtype solid

# The arrow of an annotation, and the paper behind labels that lie on lines.
set style arrow 1 head filled size screen 0.014,18,60 linecolor rgb soft linewidth 1
set style textbox opaque noborder fillcolor rgb paper margins 0.4,0.4

# The legend: an almost opaque box with a faint frame.
set key samplen 2.2 spacing 1.15 Left reverse noenhanced textcolor rgb ink
set key opaque fillcolor rgb '#26'.paper[2:7] box linetype 1 linecolor rgb frame linewidth 0.8
