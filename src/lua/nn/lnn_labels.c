/*
 * lnn_labels.c - what lua/optlab/train asks about labels.
 */
#include "lua/nn/lnn.h"
#include "nn/losses/right_answers.h"

/* count_right(scores, labels, k, what): how many rows of scores (N, C) have their label, from 1 to C, among the k
 * largest scores, a tensor; `what` is what messages begin with */
int lnn_count_right(lua_State *L) {
  const char *fn = "count_right", *what = luaL_checkstring(L, 4);
  Tensor *scores = lb_checktensor(L, 1, fn, "scores"), *labels = lb_checktensor(L, 2, fn, "labels");
  Tensor *n = nn_count_right(scores, labels, luaL_checkinteger(L, 3));
  if (!n) return lb_calleeerror(L, what);
  lb_pushtensor(L, n);
  return 1;
}

/* count_signs(scores, labels, what): how many scores are above 0 exactly where their label, 0 or 1, is 1 */
int lnn_count_signs(lua_State *L) {
  const char *fn = "count_signs", *what = luaL_checkstring(L, 3);
  Tensor *n = nn_count_signs(lb_checktensor(L, 1, fn, "scores"), lb_checktensor(L, 2, fn, "labels"));
  if (!n) return lb_calleeerror(L, what);
  lb_pushtensor(L, n);
  return 1;
}
