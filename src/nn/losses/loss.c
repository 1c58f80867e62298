/*
 * loss.c - what the losses share.
 */
#include "nn/losses/loss.h"

#include "base/err.h"

const char *const loss_reduction_names[] = {"none", "mean", "sum", NULL};
const Arg loss_reduction_args[] = {REDUCTION_ARG, {0}};

Tensor *loss_reduce(Tensor *each, Reduction r) {
  switch (r) {
    case REDUCE_NONE:
      return each;
    case REDUCE_MEAN:
      return fm_mean(each, ~0u, false);
    case REDUCE_SUM:
      return fm_sum(each, ~0u, false);
  }
  return NULL;
}

Tensor *loss_difference(Tensor *input, Tensor *target) {
  const bool whole = !dtype_is_float((DType)input->dtype) && !dtype_is_float((DType)target->dtype);
  return fm_sub(whole ? module_as_float(input) : input, target);
}

int loss_check_shapes(const Tensor *input, const Tensor *target) {
  if (tensor_same_shape(input, target)) return 0;
  const char *in = tensor_shape_str(input), *tgt = tensor_shape_str(target);
  if (input->numel != target->numel) {
    return err_set("input is %s, target is %s: they must have the same shape", in, tgt);
  }
  if (input->ndim == 2 && input->shape[1] == 1) {
    return err_set("input is %s, target is %s: reshape the target to match, y:reshape(-1, 1)", in, tgt);
  }
  if (input->ndim == 1) {
    return err_set("input is %s, target is %s: reshape the target to match, y:reshape(-1)", in, tgt);
  }
  return err_set("input is %s, target is %s: reshape the target to match, y:reshape%s", in, tgt, in);
}
