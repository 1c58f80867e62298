/*
 * lnn_pad.c - nn.functional.pad, whose numbers are a list.
 */
#include "lua/nn/lnn.h"
#include "nn/functional.h"

enum { LIST, MODE, VALUE, COUNT };
static const char *const modes[] = {"constant", "reflect", "replicate", "circular", NULL};
const Arg lnn_pad_args[] = {
    {.name = "pad",
     .kind = ARG_INTEGERS,
     .required = true,
     .doc = "{left, right, top, bottom, ...}: how many positions come before and behind the last dimension, the last "
            "but one, ...; negative numbers take some away."},
    {.name = "mode",
     .kind = ARG_CHOICE,
     .choices = modes,
     .doc = "What new positions hold: a value, the tensor mirrored at its ends, the position at the end, or the tensor "
            "once more."},
    {.name = "value", .range = RANGE_ANY, .doc = "What new positions hold in mode 'constant'."},
    {0},
};

int lnn_pad(lua_State *L) {
  static const char *const input[] = {"input", NULL};
  const char *callee = "nn.functional.pad";
  double x[COUNT];
  ArgList list;
  Tensor *in[1];
  lnn_inputs(L, 1, &(LayerDef){.inputs = input}, in, 0, callee);
  largs_read(L, 2, callee, &(ArgValues){.args = lnn_pad_args, .x = x, .list = &list});
  Tensor *out = nn_pad(in[0], list.x, list.n, (int)x[MODE], x[VALUE]);
  lb_pushresult(L, callee, out);
  return 1;
}
