/*
 * limageslib.c - files of arrays and images for Lua: mat, tar and bytes; random crops and flips; stand-ins; numbers of a
 * seed of their own.
 */
#include <string.h>

#include "base/alloc.h"
#include "core/recorder.h"
#include "core/rng.h"
#include "data/archives/mat.h"
#include "data/archives/tar.h"
#include "data/augment.h"
#include "data/standins/glyphs.h"
#include "lua/base/ldeclare.h"
#include "lua/data/ldata.h"

#define MAT_MT "optlab.MatFile"

static const Arg path_args[] = {{.name = "path", .kind = ARG_STRING, .required = true, .doc = "The file."}, {0}};

/* --- files ---------------------------------------------------------------------------------------------------------- */

static int mat_gc(lua_State *L) {
  mat_free(luaL_checkudata(L, 1, MAT_MT));
  return 0;
}

/*** The arrays of a .mat file of MATLAB's version 5, by name. @function mat */
static int mat(lua_State *L) {
  double at = 0;
  largs_read(L, 1, "data.mat", &(ArgValues){.args = path_args, .x = &at});
  Mat *m = lua_newuserdatauv(L, sizeof *m, 0);
  *m = (Mat){0};
  luaL_setmetatable(L, MAT_MT);
  if (mat_read(lua_tostring(L, (int)at), m) < 0) return lb_error(L, "data.mat: %s", err_message());
  lua_createtable(L, 0, m->n);
  for (int i = 0; i < m->n; i++) {
    Tensor *t = m->entry[i].tensor;
    m->entry[i].tensor = NULL;
    lua_pushstring(L, m->entry[i].name);
    lb_pushtensor(L, t);
    lua_rawset(L, -3);
  }
  return 1;
}

#define MEMBERS_MAX 8

/* tar(path, {name, ...}) -> a tensor of bytes for each; internal. nil and a message where that fails. */
static int tar(lua_State *L) {
  const char *path = lb_checkpath(L, 1), *name[MEMBERS_MAX];
  Tensor *member[MEMBERS_MAX];
  const int n = lb_length(L, 2);
  luaL_argcheck(L, n >= 1 && n <= MEMBERS_MAX, 2, "too many members");
  for (int i = 0; i < n; i++) {
    lua_geti(L, 2, i + 1);
    name[i] = lb_checkpath(L, -1); /* the list keeps it alive */
    lua_pop(L, 1);
  }
  if (tar_read(path, n, name, member) < 0) return lb_nilerror(L);
  for (int i = 0; i < n; i++) lb_pushtensor(L, member[i]);
  return n;
}

/* bytes(path) -> the file's bytes, unpacked; internal. */
static int bytes(lua_State *L) {
  lb_pushtensor(L, bytes_read(lb_checkpath(L, 1)));
  return 1;
}

/* text(t) -> the bytes of a tensor as a string; internal. */
static int text(lua_State *L) {
  const Tensor *t = lb_checktensor(L, 1, "data.text", "bytes");
  luaL_argcheck(L, t->dtype == DT_U8 && t->contiguous, 1, "no bytes");
  lua_pushlstring(L, tensor_data(t), (size_t)t->numel);
  return 1;
}

/* --- random crops and flips ----------------------------------------------------------------------------------------- */

/* Checks a batch of images (N, C, H, W) or one of (C, H, W). */
static Tensor *check_images(lua_State *L, const char *fn, int idx) {
  Tensor *x = lb_checktensor(L, idx, fn, "x");
  if (x->ndim != 3 && x->ndim != 4) {
    lb_error(L, "%s: x must be images (N, C, H, W) or one image (C, H, W), got shape %s", fn, tensor_shape_str(x));
  }
  return x;
}

typedef struct Cut {
  int64_t height, width, padding;
  double flip; /* the chance */
  bool central;
} Cut;

/* Half of n, rounded to even as torchvision rounds it; of a negative n, zeros on both sides, towards zero. */
static int64_t half(int64_t n) { return n < 0 ? n / 2 : n / 2 + (n % 4 == 3); }

static ImagePlace next_place(Rng *r, const Cut *c, const ImageShape *s) {
  uint32_t word[4];
  const int64_t rows = s->height + 2 * c->padding - c->height, columns = s->width + 2 * c->padding - c->width;
  if (c->central) return (ImagePlace){.top = half(rows) - c->padding, .left = half(columns) - c->padding};
  rng_block(r->seed, r->stream, r->counter++, word);
  return (ImagePlace){.top = augment_below(word[0], rows + 1) - c->padding,
                      .left = augment_below(word[1], columns + 1) - c->padding,
                      .flip = word[2] < c->flip * 0x1p32};
}

/* The parts of the images that `c` says, in a new tensor; NULL with err_set. */
static Tensor *cut(Tensor *x, const Cut *c) {
  const int d = x->ndim - 3;
  int64_t shape[4];
  recorder_refuse("images are cut out");
  memcpy(shape, x->shape, (size_t)x->ndim * sizeof *shape);
  shape[d + 1] = c->height;
  shape[d + 2] = c->width;
  Tensor *from = tensor_contiguous(x), *out = from ? tensor_new((DType)x->dtype, x->ndim, shape) : NULL;
  if (out) {
    const ImageShape s = {x->shape[d], x->shape[d + 1], x->shape[d + 2], dtype_size((DType)x->dtype)};
    const size_t in = (size_t)(s.channels * s.height * s.width) * s.element;
    const size_t made = (size_t)(s.channels * c->height * c->width) * s.element;
    const int64_t n = d ? x->shape[0] : 1;
    Rng *r = rng_for(RNG_DATA);
    for (int64_t i = 0; i < n; i++) {
      augment_cut((char *)tensor_data(out) + (size_t)i * made, c->height, c->width,
                  (const char *)tensor_data(from) + (size_t)i * in, &s, next_place(r, c, &s));
    }
  }
  tensor_release(from);
  return out;
}

static const Arg crop_args[] = {
    {.name = "x", .kind = ARG_TENSOR, .required = true, .doc = "Images (N, C, H, W), or one (C, H, W)."},
    {.name = "size",
     .kind = ARG_SIZES,
     .range = RANGE_AT_LEAST_1,
     .width = 2,
     .required = true,
     .doc = "Height and width of what is cut out."},
    {.name = "padding", .kind = ARG_INTEGER, .range = RANGE_NOT_NEGATIVE, .doc = "Zeros on every side before that."},
    {0},
};
static const Arg center_args[] = {
    {.name = "x", .kind = ARG_TENSOR, .required = true, .doc = "Images (N, C, H, W), or one (C, H, W)."},
    {.name = "size",
     .kind = ARG_SIZES,
     .range = RANGE_AT_LEAST_1,
     .width = 2,
     .required = true,
     .doc = "Height and width of the part; zeros are added if the image is smaller."},
    {0},
};
static const Arg flip_args[] = {
    {.name = "x", .kind = ARG_TENSOR, .required = true, .doc = "Images (N, C, H, W), or one (C, H, W)."},
    {.name = "p", .range = RANGE_0_TO_1, .def = 0.5, .doc = "The chance that an image is mirrored, left to right."},
    {0},
};

static const char CROP[] = "data.transforms.random_crop", CENTER[] = "data.transforms.center_crop";
static const char FLIP[] = "data.transforms.random_horizontal_flip";

static int random_crop(lua_State *L) {
  enum { X, HEIGHT, WIDTH, PADDING, COUNT };
  double x[COUNT];
  largs_read(L, 1, CROP, &(ArgValues){.args = crop_args, .x = x});
  Tensor *t = check_images(L, CROP, (int)x[X]);
  const Cut c = {.height = (int64_t)x[HEIGHT], .width = (int64_t)x[WIDTH], .padding = (int64_t)x[PADDING]};
  const int64_t h = t->shape[t->ndim - 2], w = t->shape[t->ndim - 1];
  if (x[PADDING] >= 0x1p30 || c.height > h + 2 * c.padding || c.width > w + 2 * c.padding) {
    return lb_error(L, "%s: size must be at most that of the images with their padding, got {%d, %d} for %s", CROP,
                    (int)c.height, (int)c.width, tensor_shape_str(t));
  }
  lb_pushresult(L, CROP, cut(t, &c));
  return 1;
}

static int center_crop(lua_State *L) {
  enum { X, HEIGHT, WIDTH, COUNT };
  double x[COUNT];
  largs_read(L, 1, CENTER, &(ArgValues){.args = center_args, .x = x});
  Tensor *t = check_images(L, CENTER, (int)x[X]);
  const Cut c = {.height = (int64_t)x[HEIGHT], .width = (int64_t)x[WIDTH], .central = true};
  lb_pushresult(L, CENTER, cut(t, &c));
  return 1;
}

static int random_flip(lua_State *L) {
  enum { X, P, COUNT };
  double x[COUNT];
  largs_read(L, 1, FLIP, &(ArgValues){.args = flip_args, .x = x});
  Tensor *t = check_images(L, FLIP, (int)x[X]);
  const Cut c = {.height = t->shape[t->ndim - 2], .width = t->shape[t->ndim - 1], .flip = x[P]};
  lb_pushresult(L, FLIP, cut(t, &c));
  return 1;
}

/* --- stand-ins and numbers ------------------------------------------------------------------------------------------ */

/* glyphs(kind, classes, seed, first, n) -> images, classes from 0; internal. */
static int glyphs(lua_State *L) {
  static const char *const kinds[] = {"digits", "signs", "numbers", "objects", NULL};
  Tensor *images, *labels;
  const GlyphKind kind = (GlyphKind)luaL_checkoption(L, 1, NULL, kinds);
  if (glyphs_draw(kind, (int)luaL_checkinteger(L, 2), (uint64_t)luaL_checkinteger(L, 3), luaL_checkinteger(L, 4),
                  luaL_checkinteger(L, 5), &images, &labels) < 0) {
    return lb_calleeerror(L, "data.glyphs");
  }
  lb_pushtensor(L, images);
  lb_pushtensor(L, labels);
  return 2;
}

/* draw(kind, seed, stream, {size, ...}, dtype) -> numbers that depend on nothing but seed and stream: "uniform" in
 * [0, 1) or "normal"; internal. */
static int draw(lua_State *L) {
  static const char *const kinds[] = {"uniform", "normal", NULL};
  static const Arg shape_arg = {.name = "shape", .kind = ARG_SHAPE}, dtype_arg = {.name = "dtype", .kind = ARG_DTYPE};
  double x[ARG_SHAPE_PLACES], dtype;
  int64_t shape[TENSOR_MAX_DIM];
  const int kind = luaL_checkoption(L, 1, NULL, kinds);
  Rng r = rng_make((uint64_t)luaL_checkinteger(L, 2), ((uint64_t)9 << 60) + (uint64_t)luaL_checkinteger(L, 3));
  largs_value(L, 4, "data.draw", &shape_arg, x);
  largs_value(L, 5, "data.draw", &dtype_arg, &dtype);
  const int ndim = arg_shape(x, shape);
  Tensor *t = tensor_new(arg_dtype(dtype), ndim, shape);
  if (t && kind == 0) rng_fill_uniform(&r, t, 0, 1);
  if (t && kind == 1) rng_fill_normal(&r, t, 0, 1);
  lb_pushtensor(L, t);
  return 1;
}

static const luaL_Reg library[] = {
    {"mat", mat},
    {"tar", tar},
    {"bytes", bytes},
    {"text", text},
    {"random_crop", random_crop},
    {"center_crop", center_crop},
    {"random_horizontal_flip", random_flip},
    {"glyphs", glyphs},
    {"draw", draw},
    {NULL, NULL},
};

void ldata_add_images(lua_State *L) {
  luaL_newmetatable(L, MAT_MT);
  lua_pushcfunction(L, mat_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_setfuncs(L, library, 0);
}

void ldata_declare_images(lua_State *L) {
  ldeclare_push(
      L, "data", "mat",
      "Reads the arrays of numbers of a MATLAB file of version 5 (save -v6, -v7): a table of tensors by name.", NULL,
      NULL, path_args);
  ldeclare_append(L);
  ldeclare_push(L, "data.transforms", "random_crop",
                "Cuts a part out of each image, at a random position for each (lab.manual_seed).", NULL, NULL,
                crop_args);
  ldeclare_append(L);
  ldeclare_push(L, "data.transforms", "center_crop", "Cuts out the middle of each image.", NULL, NULL, center_args);
  ldeclare_append(L);
  ldeclare_push(L, "data.transforms", "random_horizontal_flip",
                "Mirrors each image with the chance p (lab.manual_seed).", NULL, NULL, flip_args);
  ldeclare_append(L);
}
