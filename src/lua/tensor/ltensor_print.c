/*
 * ltensor_print.c - tensors as text.
 *
 * Matrices are printed in aligned columns under one number format; more than two dimensions become a list of matrices.
 * Dimensions that are long, and rows that do not fit into the width of a line, show their ends; the row of a vector is
 * broken into lines. A last line names dtype and shape. A line has 80 columns; at the prompt those of the terminal.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text/number.h"
#include "core/walk.h"
#include "lua/tensor/ltensor.h"

#define EDGE 6      /* elements shown at each end of a long dimension */
#define LONG_DIM 20 /* a dimension with more elements is cut */
#define LINE 80     /* columns of text, unless set_line_width has been told another number */
#define GAP "  ..."

typedef struct Printer {
  luaL_Buffer b;
  const Tensor *t;
  bool integers; /* all values are whole */
  bool exponent; /* magnitudes too far apart for a fixed point */
  int width;
  int line; /* columns of text */
} Printer;

static const char line_width; /* its address is the registry's key of the number */

static int line_of(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &line_width);
  const int line = lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) : LINE;
  lua_pop(L, 1);
  return line;
}

int ltensor_set_line_width(lua_State *L) {
  const lua_Integer columns = luaL_checkinteger(L, 1);
  lua_pushinteger(L, columns < 20 ? 20 : columns > 1000 ? 1000 : columns);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &line_width);
  return 0;
}

static int format_number(const Printer *p, char *text, size_t room, Scalar number) {
  const double v = scalar_double(number);
  if (number.integral) return snprintf(text, room, "%lld", (long long)number.i);
  if (isnan(v) || isinf(v)) return snprintf(text, room, "%s", isnan(v) ? "nan" : v > 0 ? "inf" : "-inf");
  if (p->integers) return number_print(text, room, "%.0f", v);
  return p->exponent ? number_print(text, room, "%.4e", v) : number_print(text, room, "%.4f", v);
}

typedef struct Range {
  double least, most; /* magnitudes other than 0 */
} Range;

static void note_magnitude(Printer *p, Range *r, Scalar number) {
  const double v = fabs(scalar_double(number));
  if (number.integral || !isfinite(v)) return;
  if (v != floor(v) || v > 1e15) p->integers = false;
  if (v > r->most) r->most = v;
  if (v > 0 && v < r->least) r->least = v;
}

static void note_width(Printer *p, Scalar v) {
  char text[64];
  const int w = format_number(p, text, sizeof text, v);
  if (w > p->width) p->width = w;
}

/* Looks at the values (at most the first 10,000) to choose the format and the column width. */
static void choose_format(Printer *p) {
  const Tensor *t = p->t;
  const int64_t n = t->numel < 10000 ? t->numel : 10000;
  Range r = {DBL_MAX, 0};
  Walk w;
  WalkCursor c;
  walk_row_major(&w, 1, &t);
  p->integers = true;
  walk_seek(&w, 1, w.data, 0, &c);
  for (int64_t i = 0; i < n; i++, walk_on(&w, 1, &c, 1)) note_magnitude(p, &r, scalar_load((DType)t->dtype, c.at[0]));
  p->exponent = !p->integers && (r.most >= 1e6 || (r.least < 1e-3 && r.most / r.least > 1e3) || r.most < 1e-3);
  p->width = 0;
  walk_seek(&w, 1, w.data, 0, &c);
  for (int64_t i = 0; i < n; i++, walk_on(&w, 1, &c, 1)) note_width(p, scalar_load((DType)t->dtype, c.at[0]));
}

static void add_number(Printer *p, Scalar v) {
  char text[64], padded[80];
  format_number(p, text, sizeof text, v);
  snprintf(padded, sizeof padded, "%*s", p->width + 2, text);
  luaL_addstring(&p->b, padded);
}

/* The next index to show after i in a dimension of n that is cut to `edge` elements at each end (0: not at all);
 * -1 - next says that a gap lies between. */
static int64_t skip(int64_t i, int64_t n, int64_t edge) { return edge && i + 1 == edge ? -1 - (n - edge) : i + 1; }

static int64_t edge_of(int64_t n) { return n > LONG_DIM ? EDGE : 0; }

/* How many elements of a row are shown at each end; 0: all. */
static int64_t row_edge(const Printer *p, int64_t n) {
  const int cell = p->width + 2, room = (p->line - (int)strlen(GAP)) / cell / 2, most = EDGE * p->line / LINE;
  if (n <= LONG_DIM * p->line / LINE && n * cell <= p->line) return 0;
  const int64_t edge = room < 1 || most < 1 ? 1 : room < most ? room : most;
  return n > 2 * edge ? edge : 0;
}

static void add_row(Printer *p, int64_t from, int64_t n) {
  for (int64_t i = 0, edge = row_edge(p, n); i < n;) {
    add_number(p, tensor_get_scalar(p->t, from + i));
    i = skip(i, n, edge);
    if (i < 0) {
      luaL_addstring(&p->b, GAP);
      i = -1 - i;
    }
  }
  luaL_addchar(&p->b, '\n');
}

/* A vector, in lines. */
static void add_vector(Printer *p, int64_t n) {
  const int cell = p->width + 2;
  int column = 0;
  for (int64_t i = 0; i < n;) {
    if (column > 0 && column + cell > p->line) {
      luaL_addchar(&p->b, '\n');
      column = 0;
    }
    add_number(p, tensor_get_scalar(p->t, i));
    column += cell;
    i = skip(i, n, edge_of(n));
    if (i < 0) {
      luaL_addstring(&p->b, column + (int)strlen(GAP) > p->line ? "\n" GAP : GAP);
      column = column + (int)strlen(GAP) > p->line ? (int)strlen(GAP) : column + (int)strlen(GAP);
      i = -1 - i;
    }
  }
  luaL_addchar(&p->b, '\n');
}

static void add_matrix(Printer *p, int64_t from, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows;) {
    add_row(p, from + i * columns, columns);
    i = skip(i, rows, edge_of(rows));
    if (i < 0) {
      luaL_addstring(&p->b, GAP "\n");
      i = -1 - i;
    }
  }
}

/* All matrices of a tensor of three or more dimensions, each under its index. */
static void add_matrices(Printer *p) {
  const Tensor *t = p->t;
  int lead = t->ndim - 2;
  int64_t each = t->shape[lead] * t->shape[lead + 1], count = each ? t->numel / each : 0;
  for (int64_t k = 0; k < count;) {
    int64_t index[TENSOR_MAX_DIM], rest = k;
    for (int d = lead - 1; d >= 0; d--) {
      index[d] = rest % t->shape[d];
      rest /= t->shape[d];
    }
    luaL_addchar(&p->b, '(');
    for (int d = 0; d < lead; d++) {
      lua_pushfstring(p->b.L, "%I, ", (LUAI_UACINT)index[d] + 1);
      luaL_addvalue(&p->b);
    }
    luaL_addstring(&p->b, "., .) =\n");
    add_matrix(p, k * each, t->shape[lead], t->shape[lead + 1]);
    k = skip(k, count, edge_of(count));
    if (k < 0) {
      luaL_addstring(&p->b, "...\n");
      k = -1 - k;
    }
  }
}

int ltensor_tostring(lua_State *L) {
  if (lua_touserdata(L, 1) && !*(void **)lua_touserdata(L, 1)) {
    lua_pushliteral(L, "[closed tensor]");
    return 1;
  }
  Printer p = {.t = lb_checktensor(L, 1, "tostring", "self"), .line = line_of(L)};
  const Tensor *t = p.t;
  lb_read(L, t, "printing a tensor");
  choose_format(&p);
  luaL_buffinit(L, &p.b);
  if (t->ndim == 0) {
    char text[64];
    const Scalar v = tensor_get_scalar(t, 0);
    if (v.integral) snprintf(text, sizeof text, "%lld  ", (long long)v.i);
    if (!v.integral) number_print(text, sizeof text, "%.*g  ", t->dtype == DT_F64 ? 15 : 7, v.d);
    luaL_addstring(&p.b, text);
  } else if (t->ndim == 1) {
    add_vector(&p, t->shape[0]);
  } else if (t->ndim == 2) {
    add_matrix(&p, 0, t->shape[0], t->shape[1]);
  } else {
    add_matrices(&p);
  }
  lua_pushfstring(L, "[%s %s%s]", dtype_name((DType)t->dtype), tensor_shape_str(t),
                  t->requires_grad ? ", requires_grad" : "");
  luaL_addvalue(&p.b);
  luaL_pushresult(&p.b);
  return 1;
}
