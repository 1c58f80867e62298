/*
 * lnn_declare.c - the declarations of layers, losses, functionals and initializers as Lua tables.
 */
#include "lua/base/ldeclare.h"
#include "lua/nn/lnn.h"
#include "nn/init.h"

static void set_inputs(lua_State *L, const char *const *inputs) {
  lua_newtable(L);
  for (; *inputs; inputs++) {
    lua_pushstring(L, *inputs);
    ldeclare_append(L);
  }
  lua_setfield(L, -2, "inputs");
}

/* Adds {name =, doc =, kind =} for each to the list at the top. */
static void append_tensors(lua_State *L, const ModuleTensor *t, const char *kind) {
  for (; t && t->name; t++) {
    lua_newtable(L);
    ldeclare_settext(L, "name", t->name);
    ldeclare_settext(L, "doc", t->doc);
    ldeclare_settext(L, "kind", kind);
    ldeclare_append(L);
  }
}

static void push_layer(lua_State *L, const LayerDef *def) {
  ldeclare_push(L, "nn", def->name, def->doc, def->equation, def->paper, def->args);
  ldeclare_settext(L, "functional", def->functional);
  set_inputs(L, def->inputs);
  lua_pushinteger(L, layer_outputs(def));
  lua_setfield(L, -2, "outputs");
  lua_newtable(L);
  append_tensors(L, def->params, "parameter");
  append_tensors(L, def->buffers, "buffer");
  lua_setfield(L, -2, "state");
}

static void push_gain(lua_State *L) {
  static const char *const none[] = {NULL};
  ldeclare_push(L, "nn.init", "calculate_gain", "The gain that keeps variances through an activation function.", NULL,
                NULL, lnn_gain_args);
  set_inputs(L, none);
}

static void push_pad(lua_State *L) {
  static const char *const input[] = {"input", NULL};
  ldeclare_push(L, "nn.functional", "pad", "Widens the last dimensions, as many as there are pairs of numbers.", NULL,
                NULL, lnn_pad_args);
  set_inputs(L, input);
}

/* declarations() -> a list of {space =, name =, doc =, equation =, paper =, args =, ...}. Layers and losses also have
 * functional, inputs (names), outputs (how many) and state. */
int lnn_declarations(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; layer_defs[i]; i++) {
    push_layer(L, layer_defs[i]);
    ldeclare_append(L);
  }
  for (const Functional *f = lnn_functionals; f->name; f++) {
    ldeclare_push(L, "nn.functional", f->name, f->doc, f->equation, NULL, f->args);
    set_inputs(L, f->inputs);
    ldeclare_append(L);
  }
  push_pad(L);
  ldeclare_append(L);
  for (const InitDef *def = init_defs; def->name; def++) {
    ldeclare_push(L, "nn.init", def->name, def->doc, def->equation, def->paper, def->args);
    ldeclare_append(L);
  }
  push_gain(L);
  ldeclare_append(L);
  return 1;
}
