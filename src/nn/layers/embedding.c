/*
 * embedding.c - Embedding: a table of learned rows, looked up by positions, which count from 1.
 *
 * The weight starts as N(0, 1), its row padding_idx as 0. That row gets no gradient.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "autograd/op.h"
#include "base/err.h"
#include "core/rng.h"
#include "nn/functional.h"
#include "nn/layers/layers.h"

enum { NUM_EMBEDDINGS, EMBEDDING_DIM, PADDING_IDX, DTYPE };
enum { WEIGHT };

Tensor *nn_embedding(Tensor *positions, Tensor *weight, double padding) {
  if (weight->ndim != 2) return err_null("weight is %s, must be (rows, width)", tensor_shape_str(weight));
  const int64_t rows = weight->shape[0];
  int64_t row = isnan(padding) ? 0 : (int64_t)padding;
  if (row < 0) row += rows + 1;
  if (!isnan(padding) && (row < 1 || row > rows)) {
    return err_null("padding_idx must be a row from 1 to %lld, or from -%lld to -1 counted from the end, got %.0f",
                    (long long)rows, (long long)rows, padding);
  }
  return op_apply(OP_EMBEDDING, (Tensor *[]){weight, positions}, 2, &(OpArgs){.embedding = {rows, row, 0}});
}

static int build(Module *m) {
  const int64_t rows = (int64_t)m->args.x[NUM_EMBEDDINGS], shape[] = {rows, (int64_t)m->args.x[EMBEDDING_DIM]};
  const double p = m->args.x[PADDING_IDX];
  if (!isnan(p) && (p == 0 || fabs(p) > (double)rows)) {
    return err_set("padding_idx must be a row from 1 to %lld, or from -%lld to -1 counted from the end, got %.0f",
                   (long long)rows, (long long)rows, p);
  }
  m->param[WEIGHT] = module_param_new(arg_dtype(m->args.x[DTYPE]), 2, shape);
  return m->param[WEIGHT] ? 0 : -1;
}

static void reset_parameters(Module *m) {
  Tensor *w = m->param[WEIGHT];
  const double p = m->args.x[PADDING_IDX];
  rng_fill_normal(rng_for(RNG_INIT), w, 0, 1);
  tensor_touch(w);
  if (isnan(p)) return;
  Tensor row = *w; /* a window that borrows the storage */
  row.shape[0] = 1;
  row.numel = w->shape[1];
  row.offset += (int64_t)(p < 0 ? p + (double)w->shape[0] : p - 1) * w->stride[0];
  tensor_fill_(&row, 0);
}

static int forward(const Module *m, Tensor *const *in, Tensor **out) {
  return module_one_output(out, nn_embedding(in[0], m->param[WEIGHT], m->args.x[PADDING_IDX]));
}

static void describe(const Module *m, char *text, size_t size) {
  const double p = m->args.x[PADDING_IDX];
  int n = snprintf(text, size, "%.0f, %.0f", m->args.x[NUM_EMBEDDINGS], m->args.x[EMBEDDING_DIM]);
  if (!isnan(p) && n > 0 && (size_t)n < size) {
    snprintf(text + n, size - (size_t)n, ", padding_idx=%.0f", p < 0 ? p + m->args.x[NUM_EMBEDDINGS] + 1 : p);
  }
}

static const Arg args[] = {
    {.name = "num_embeddings",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Number of rows."},
    {.name = "embedding_dim",
     .kind = ARG_INTEGER,
     .range = RANGE_AT_LEAST_1,
     .required = true,
     .doc = "Size of a row."},
    {.name = "padding_idx",
     .kind = ARG_INTEGER,
     .def = ARG_UNSET,
     .doc = "A row (1, 2, ... or -1 for the last) that starts as 0 and gets no gradient."},
    {.name = "dtype",
     .kind = ARG_FLOAT_DTYPE,
     .def = ARG_UNSET,
     .doc = "Dtype of the parameters; by default the default dtype."},
    {0},
};

const LayerDef layer_embedding = {
    .name = "Embedding",
    .doc = "A table of learned rows: int64 positions (...), which count from 1, -> (..., embedding_dim).",
    .equation = "y[i] = weight[input[i]]",
    .inputs = layer_input,
    .args = args,
    .params = (const ModuleTensor[]){{"weight", "(num_embeddings, embedding_dim)"}, {0}},
    .build = build,
    .reset_parameters = reset_parameters,
    .forward = forward,
    .describe = describe,
};
