/*
 * ltensorlib.c - the tensor library and its metatable: fields, plain methods.
 *
 * t.name looks among the fields (shape, dtype, requires_grad, grad, is_leaf), then the methods; t[i] and t[{...}]
 * index.
 */
#include <math.h>
#include <string.h>

#include "autograd/backward.h"
#include "core/walk.h"
#include "lua/tensor/ltensor.h"

/* --- fields ------------------------------------------------------------------------------------------------------ */

static void push_sizes(lua_State *L, int n, const int64_t *sizes) {
  lua_createtable(L, n, 0);
  for (int d = 0; d < n; d++) {
    lua_pushinteger(L, sizes[d]);
    lua_rawseti(L, -2, d + 1);
  }
}

/* Pushes the field and returns true, or returns false. */
static bool push_field(lua_State *L, Tensor *t, const char *name) {
  if (strcmp(name, "grad") == 0) {
    recorder_grad_read(t);
    if (t->grad) {
      lb_pushtensor(L, tensor_retain(t->grad));
    } else {
      lua_pushnil(L);
    }
  } else if (strcmp(name, "shape") == 0) {
    push_sizes(L, t->ndim, t->shape);
  } else if (strcmp(name, "dtype") == 0) {
    lua_pushstring(L, dtype_name((DType)t->dtype));
  } else if (strcmp(name, "requires_grad") == 0) {
    lua_pushboolean(L, t->requires_grad);
  } else if (strcmp(name, "is_leaf") == 0) {
    lua_pushboolean(L, !t->node);
  } else {
    return false;
  }
  return true;
}

/* What PyTorch and NumPy call by other names. */
#define IN_MEMORY "all tensors are in the computer's memory"
static const struct {
  const char *there, *here;
} MEANT[] = {
    {"T", "write x:t()"},
    {"numpy", "write x:tolist()"},
    {"data", "write x:detach()"},
    {"ndim", "write x:dim()"},
    {"len", "write #x"},
    {"copy", "write x:clone()"},
    {"astype", "write x:to('float64')"},
    {"double", "write x:to('float64')"},
    {"float", "write x:to('float32')"},
    {"long", "write x:to('int64')"},
    {"int", "write x:to('int64')"},
    {"cpu", IN_MEMORY},
    {"cuda", IN_MEMORY},
    {"device", IN_MEMORY},
};

/* Upvalue 1: the methods. */
static int unknown_name(lua_State *L, const char *name) {
  for (size_t i = 0; i < sizeof MEANT / sizeof *MEANT; i++) {
    if (strcmp(name, MEANT[i].there) == 0) {
      return lb_error(L, "a tensor has no field or method '%s'; %s", name, MEANT[i].here);
    }
  }
  int n = 0;
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(1)); lua_pop(L, 1)) n++;
  const char **names = lua_newuserdatauv(L, (size_t)(n + 1) * sizeof *names, 0);
  n = 0;
  for (lua_pushnil(L); lua_next(L, lua_upvalueindex(1)); lua_pop(L, 1)) names[n++] = lua_tostring(L, -2);
  names[n] = NULL;
  const char *near = lb_nearest(name, names);
  return near ? lb_error(L, "a tensor has no field or method '%s'; did you mean '%s'?", name, near)
              : lb_error(L, "a tensor has no field or method '%s'", name);
}

/* Upvalue 1: the methods. */
static int tensor_index(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING) return ltensor_index(L);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  Tensor *t = lb_checktensor(L, 1, "t.field", "t");
  if (push_field(L, t, lua_tostring(L, 2))) return 1;
  return unknown_name(L, lua_tostring(L, 2));
}

static int set_grad(lua_State *L, Tensor *t) {
  Tensor *g = lua_isnil(L, 3) ? NULL : lb_checktensor(L, 3, "t.grad = value", "value");
  if (g && (!tensor_same_shape(t, g) || t->dtype != g->dtype)) {
    return lb_error(L, "t.grad = value: a gradient of shape %s, dtype %s for a tensor of shape %s, dtype %s",
                    tensor_shape_str(g), dtype_name((DType)g->dtype), tensor_shape_str(t), dtype_name((DType)t->dtype));
  }
  if (g && tensor_check_writable(g) < 0) return lb_calleeerror(L, "t.grad = value"); /* backward adds to it */
  if (g && t->node) {
    return lb_error(L, "t.grad = value: this tensor was computed from others; only a leaf has a gradient");
  }
  for (const Tensor *h = g; h; h = h->grad) {
    if (h == t) return lb_error(L, "t.grad = value: a tensor cannot be its own gradient, nor that of its gradient");
  }
  tensor_set_grad(t, g);
  return 0;
}

static int set_requires_grad(lua_State *L, Tensor *t, bool on) {
  if (t->node && !on) {
    return lb_error(L, "requires_grad: this tensor was computed from others; use detach() to get one without a graph");
  }
  if (on && !dtype_is_float((DType)t->dtype)) {
    return lb_error(L, "requires_grad: only float tensors can require a gradient, this one is %s",
                    dtype_name((DType)t->dtype));
  }
  t->requires_grad = on;
  return 0;
}

static int tensor_newindex(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING) return ltensor_newindex(L);
  Tensor *t = lb_checktensor(L, 1, "t.field", "t");
  const char *name = lua_tostring(L, 2);
  if (strcmp(name, "grad") == 0) return set_grad(L, t);
  if (strcmp(name, "requires_grad") == 0) return set_requires_grad(L, t, lua_toboolean(L, 3));
  return lb_error(L, "a tensor's field '%s' cannot be set", name);
}

static int tensor_len(lua_State *L) {
  Tensor *t = lb_checktensor(L, 1, "#t", "t");
  if (t->ndim == 0) return lb_error(L, "a 0-dimensional tensor has no length");
  lua_pushinteger(L, t->shape[0]);
  return 1;
}

/* Two userdata of one tensor are equal; two tensors of equal elements are not (compare those with eq). */
static int tensor_eq(lua_State *L) {
  Tensor *a = lb_testtensor(L, 1), *b = lb_testtensor(L, 2);
  lua_pushboolean(L, a && a == b);
  return 1;
}

/* a < b and a <= b have one truth value, tensors one for each element. Also what math.max(x, 0) comes to. */
static int tensor_order(lua_State *L) {
  lua_Debug ar;
  const bool known = lua_getstack(L, 1, &ar) && lua_getinfo(L, "Sn", &ar) && ar.name && strcmp(ar.what, "C") == 0;
  if (known && (strcmp(ar.name, "max") == 0 || strcmp(ar.name, "min") == 0)) {
    return lb_error(L, "math.%s takes numbers; of tensors: lab.%simum(a, b) of two, x:%s() of the elements of one",
                    ar.name, ar.name, ar.name);
  }
  return lb_error(L,
                  "tensors have no order; x:gt(y), x:ge(y), x:lt(y) and x:le(y) compare element by element, and "
                  "x:item() is the number of a tensor with one element");
}

static int forget_metatable(lua_State *L) {
  lb_settensormt(L, 0);
  return 0;
}

/* --- plain methods -------------------------------------------------------------------------------------------- */

/* The tensor of a method without arguments. */
static Tensor *only_self(lua_State *L, const char *callee) {
  lb_atmost(L, callee, 1);
  return lb_checkself(L, callee);
}

static int l_dim(lua_State *L) {
  lua_pushinteger(L, only_self(L, "Tensor:dim")->ndim);
  return 1;
}
static int l_numel(lua_State *L) {
  lua_pushinteger(L, only_self(L, "Tensor:numel")->numel);
  return 1;
}

/*** The sizes as a table, or the size of one dimension. @function size */
static int l_size(lua_State *L) {
  static const Arg args[] = {{.name = "dim", .kind = ARG_DIM, .def = ARG_UNSET}, {0}};
  const char *callee = "Tensor:size";
  double dim = 0;
  const Tensor *t = lb_checkself(L, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = args, .x = &dim});
  if (isnan(dim)) {
    push_sizes(L, t->ndim, t->shape);
  } else {
    lua_pushinteger(L, t->shape[lb_checkdim(L, dim, t->ndim, callee, "dim")]);
  }
  return 1;
}
/*** The strides in elements, as a table. @function stride */
static int l_stride(lua_State *L) {
  Tensor *t = only_self(L, "Tensor:stride");
  push_sizes(L, t->ndim, t->stride);
  return 1;
}

static void push_element(lua_State *L, DType dt, const void *p) {
  if (dt == DT_I64) {
    lua_pushinteger(L, *(const int64_t *)p); /* beyond 2^53 too */
  } else if (dtype_is_float(dt)) {
    lua_pushnumber(L, dtype_load(dt, p));
  } else {
    lua_pushinteger(L, (lua_Integer)dtype_load(dt, p));
  }
}

/*** The element of a one-element tensor as a number. @function item */
static int l_item(lua_State *L) {
  Tensor *t = only_self(L, "Tensor:item");
  lb_read(L, t, "item()");
  if (t->numel != 1) {
    return lb_error(
        L, "Tensor:item: the tensor has shape %s; only one element can become a number (use tolist, or index it first)",
        tensor_shape_str(t));
  }
  push_element(L, (DType)t->dtype, tensor_data(t));
  return 1;
}

/* Where tolist is: the next element. */
typedef struct Listing {
  const Tensor *t;
  Walk walk;
  WalkCursor at;
} Listing;

static void push_nested(lua_State *L, Listing *l, int d) {
  const Tensor *t = l->t;
  if (d == t->ndim) {
    push_element(L, (DType)t->dtype, l->at.at[0]);
    walk_on(&l->walk, 1, &l->at, 1);
    return;
  }
  luaL_checkstack(L, 2, "tolist");
  lua_createtable(L, (int)t->shape[d], 0);
  for (int64_t i = 0; i < t->shape[d]; i++) {
    push_nested(L, l, d + 1);
    lua_rawseti(L, -2, i + 1);
  }
}
/*** The elements as nested tables (a number for a 0-dimensional tensor). @function tolist */
static int l_tolist(lua_State *L) {
  Tensor *t = only_self(L, "Tensor:tolist");
  lb_read(L, t, "tolist()");
  Listing l;
  l.t = t;
  walk_row_major(&l.walk, 1, (const Tensor *[]){t});
  walk_seek(&l.walk, 1, l.walk.data, 0, &l.at);
  push_nested(L, &l, 0);
  return 1;
}

static int l_clone(lua_State *L) {
  Tensor *x = only_self(L, "Tensor:clone");
  return ltensor_push_op(L, NULL, OP_CLONE, &x, 1, NULL);
}
/*** The same memory without the graph. @function detach */
static int l_detach(lua_State *L) {
  lb_pushtensor(L, tensor_alias(only_self(L, "Tensor:detach")));
  return 1;
}
static int l_contiguous(lua_State *L) {
  Tensor *x = only_self(L, "Tensor:contiguous");
  if (!x->contiguous) return ltensor_push_op(L, NULL, OP_CLONE, &x, 1, NULL);
  lua_settop(L, 1);
  return 1;
}
static int l_is_contiguous(lua_State *L) {
  lua_pushboolean(L, only_self(L, "Tensor:is_contiguous")->contiguous);
  return 1;
}

/*** The tensor in another dtype (itself if it has that one): `x:to("float64")`. @function to */
static int l_to(lua_State *L) {
  static const Arg args[] = {{.name = "dtype", .kind = ARG_DTYPE, .required = true}, {0}};
  double dt = 0;
  Tensor *x = lb_checkself(L, "Tensor:to");
  largs_read(L, 2, "Tensor:to", &(ArgValues){.args = args, .x = &dt});
  if (dt != x->dtype) return ltensor_push_op(L, NULL, OP_CAST, &x, 1, &(OpArgs){.cast = {(DType)dt}});
  lua_settop(L, 1);
  return 1;
}

static int l_requires_grad_(lua_State *L) {
  static const Arg args[] = {{.name = "requires_grad", .kind = ARG_FLAG, .def = 1}, {0}};
  double on = 0;
  Tensor *t = lb_checkself(L, "Tensor:requires_grad_");
  largs_read(L, 2, "Tensor:requires_grad_", &(ArgValues){.args = args, .x = &on});
  set_requires_grad(L, t, on != 0);
  lua_settop(L, 1);
  return 1;
}

/* --- the library ---------------------------------------------------------------------------------------------- */

void ltensor_setboth(lua_State *L, int lib, int methods, const luaL_Reg *regs) {
  for (; regs->name; regs++) {
    lua_pushcfunction(L, regs->func);
    lua_pushvalue(L, -1);
    lua_setfield(L, lib, regs->name);
    lua_setfield(L, methods, regs->name);
  }
}

/*** True if the value is a tensor. @function is_tensor */
static int l_is_tensor(lua_State *L) {
  lb_atmost(L, "lab.is_tensor", 1);
  lua_pushboolean(L, lua_type(L, 1) == LUA_TUSERDATA && luaL_testudata(L, 1, TENSOR_MT) != NULL);
  return 1;
}

int luaopen_optlab_tensor(lua_State *L) {
  static const luaL_Reg methods_list[] = {{"dim", l_dim},
                                          {"numel", l_numel},
                                          {"size", l_size},
                                          {"stride", l_stride},
                                          {"item", l_item},
                                          {"tolist", l_tolist},
                                          {"detach", l_detach},
                                          {"contiguous", l_contiguous},
                                          {"is_contiguous", l_is_contiguous},
                                          {"to", l_to},
                                          {"requires_grad_", l_requires_grad_},
                                          {NULL, NULL}};
  static const luaL_Reg both[] = {{"clone", l_clone}, {NULL, NULL}};
  static const luaL_Reg meta_list[] = {{"__newindex", tensor_newindex},
                                       {"__len", tensor_len},
                                       {"__eq", tensor_eq},
                                       {"__lt", tensor_order},
                                       {"__le", tensor_order},
                                       {"__close", lb_closetensor},
                                       {"__tostring", ltensor_tostring},
                                       {NULL, NULL}};
  autograd_init();
  lua_settop(L, 0);
  lua_newtable(L);                 /* 1: the library */
  lua_newtable(L);                 /* 2: the methods */
  luaL_newmetatable(L, TENSOR_MT); /* 3 */
  lb_settensormt(L, 3);
  luaL_setfuncs(L, meta_list, 0);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, tensor_index, 1);
  lua_setfield(L, 3, "__index");
  lua_newtable(L); /* the metatable's own: forget its address when the state closes */
  lua_pushcfunction(L, forget_metatable);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, 3);
  lua_pushvalue(L, 2);
  luaL_setfuncs(L, methods_list, 0);
  lua_pop(L, 1);
  ltensor_setboth(L, 1, 2, both);
  ltensor_create(L, 1, 2);
  ltensor_range(L, 1);
  ltensor_ops(L, 1, 2, 3);
  ltensor_reduce(L, 1, 2);
  ltensor_shape(L, 1, 2);
  ltensor_parts(L, 1, 2);
  ltensor_rng(L, 1);
  ltensor_mask(L, 1, 2);
  ltensor_scatter(L, 1, 2);
  ltensor_functions(L, 1, 2);
  ltensor_inplace(L, 2);
  lua_pushcfunction(L, l_is_tensor);
  lua_setfield(L, 1, "is_tensor");
  lua_pushcfunction(L, ltensor_set_line_width);
  lua_setfield(L, 1, "set_line_width"); /* for the prompt */
  lua_pushvalue(L, 2);
  lua_setfield(L, 1, "methods"); /* for other libraries that add methods; init.lua does not pass it on */
  lua_settop(L, 1);
  return 1;
}
