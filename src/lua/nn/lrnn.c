/*
 * lrnn.c - rnn(callee, kind, {x, sizes, h, c, w_ih, w_hh, b_ih, b_hh}, batch_first, reverse) -> y, h, c: one direction
 * of a recurrent layer (nn/rnn.h), for lua/optlab/nn/recurrent. Of the tensors those may be missing that RnnInputs lets
 * be NULL.
 */
#include "nn/rnn.h"

#include "lua/nn/lnn.h"

static Tensor *tensor_at(lua_State *L, int i) {
  lua_rawgeti(L, 3, i);
  Tensor *t = lb_testtensor(L, -1); /* the table holds it */
  lua_pop(L, 1);
  return t;
}

int lnn_rnn(lua_State *L) {
  static const char *const kinds[] = {"tanh", "relu", "lstm", "gru", NULL};
  const char *callee = luaL_checkstring(L, 1);
  const RnnKind kind = (RnnKind)luaL_checkoption(L, 2, NULL, kinds);
  luaL_checktype(L, 3, LUA_TTABLE);
  const RnnInputs in = {.x = tensor_at(L, 1),
                        .sizes = tensor_at(L, 2),
                        .h = tensor_at(L, 3),
                        .c = tensor_at(L, 4),
                        .w_ih = tensor_at(L, 5),
                        .w_hh = tensor_at(L, 6),
                        .b_ih = tensor_at(L, 7),
                        .b_hh = tensor_at(L, 8),
                        .batch_first = lua_toboolean(L, 4),
                        .reverse = lua_toboolean(L, 5)};
  Tensor *out[3];
  if (nn_rnn(kind, &in, out) < 0) return lb_calleeerror(L, callee);
  return lnn_pushoutputs(L, out[2] ? 3 : 2, out);
}
