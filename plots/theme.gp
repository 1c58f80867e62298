# The look of optlab's figures. The driver writes these commands into every script, so that a figure is drawn the same
# everywhere; change them here for all figures, or in one <name>.gp for that figure alone.

# Text is UTF-8; text given by a user is marked noenhanced where it is set.
set encoding utf8

# Axes on the left and below only, thin and grey, with short tics that point outwards.
set border 3 linecolor rgb '#555555' linewidth 1
set tics out nomirror scale 0.6,0.3 textcolor rgb '#333333'
set format '%h'
set title textcolor rgb '#222222' offset 0,-0.4
set xlabel offset 0,0.3
set grid back linetype 1 linecolor rgb '#e4e4e4' linewidth 0.8 dashtype solid

# Ten colours in matplotlib's order; green, red and olive are moved apart so that they differ for colour-blind readers too.
set linetype 1  linecolor rgb '#1f77b4' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 2  linecolor rgb '#ff7f0e' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 3  linecolor rgb '#009e73' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 4  linecolor rgb '#c1272d' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 5  linecolor rgb '#9467bd' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 6  linecolor rgb '#8c564b' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 7  linecolor rgb '#e377c2' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 8  linecolor rgb '#7f7f7f' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 9  linecolor rgb '#a89a1c' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype 10 linecolor rgb '#17becf' linewidth 1.8 pointtype 7 pointsize 0.75 dashtype solid
set linetype cycle 10

# The arrow of an annotation, and the paper behind labels that lie on lines.
set style arrow 1 head filled size screen 0.014,18,60 linecolor rgb '#444444' linewidth 1
set style textbox opaque noborder fillcolor rgb '#ffffff' margins 0.4,0.4

# The legend: an almost opaque box with a faint frame.
set key samplen 2.2 spacing 1.15 Left reverse noenhanced
set key opaque fillcolor rgb '#26ffffff' box linetype 1 linecolor rgb '#d9d9d9' linewidth 0.8
