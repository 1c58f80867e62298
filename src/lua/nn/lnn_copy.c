/*
 * lnn_copy.c - what lua/optlab/nn needs for copies of built-in modules, for tensors that stand for their parameters
 * during a call, and for hooks.
 */
#include "lua/nn/lnn.h"

static int count_tensors(const Module *m) { return layer_tensors(m->def->params) + layer_tensors(m->def->buffers); }

/* twin(m): another module of the same kind with the same tensors */
int lnn_twin(lua_State *L) {
  const Module *m = lnn_check_module(L, 1, "nn.twin");
  const int n = count_tensors(m);
  Module **ud = lua_newuserdatauv(L, sizeof *ud, n);
  *ud = NULL;
  luaL_setmetatable(L, MODULE_MT);
  if (!(*ud = module_twin(m))) return lb_coreerror(L);
  for (int i = 1; i <= n; i++) {
    lua_getiuservalue(L, 1, i);
    lua_setiuservalue(L, -2, i);
  }
  return 1;
}

/* swap_tensor(m, name, tensor): in the place of the parameter or buffer, whatever it is */
int lnn_swap_tensor(lua_State *L) {
  Module *m = lnn_check_module(L, 1, "nn.swap_tensor");
  Tensor *t = lb_checktensor(L, 3, "nn.swap_tensor", "tensor");
  const int i = lnn_find_tensor(m->def, luaL_checkstring(L, 2));
  if (i < 0) return lb_error(L, "nn.%s: there is no tensor '%s'", m->def->name, lua_tostring(L, 2));
  if (module_swap_tensor(m, i, t) < 0)
    return lb_error(L, "nn.%s: '%s': %s", m->def->name, lua_tostring(L, 2), err_message());
  lua_pushvalue(L, 3);
  lua_setiuservalue(L, 1, i + 1);
  return 0;
}

/* set_hooked(m, on): whether calls go through the hooks */
int lnn_set_hooked(lua_State *L) {
  lnn_check_module(L, 1, "nn.set_hooked")->hooked = lua_toboolean(L, 2);
  return 0;
}
