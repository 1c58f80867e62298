/* The least a machine needs: the work of airfoil_step.lua and kernels.lua as plain C loops on arrays that are there
 * already. Prints "row program microseconds" a line, as kernels.lua does.
 *
 *   cc -O3 -march=native -ffast-math -fopenmp-simd floor.c -lm
 *
 * -ffast-math lets the compiler take exp and tanh from glibc's vector library. One thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 1500, FEATURES = 5, BATCH = 10, PARAMS = FEATURES + 1 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Times work(n) as per_call.lua does; the barrier keeps the compiler from merging calls. */
static void measure(const char *row, void (*work)(long n), long n) {
  work(n);
  for (long calls = 1;; calls *= 2) {
    double start = now();
    for (long i = 0; i < calls; i++) {
      work(n);
      __asm__ volatile("" ::: "memory");
    }
    double seconds = now() - start;
    if (seconds > 0.05) {
      printf("%s floor %.5f\n", row, seconds / (double)calls * 1e6);
      return;
    }
  }
}

static float noise(void) { return (float)rand() / (float)RAND_MAX * 2 - 1; }

/* ---- one step of the regression ------------------------------------------------------------------------------------
 */

static float X[ROWS][FEATURES], y[ROWS];
static int order[ROWS]; /* which rows come when */
static int at;          /* the batch's first place in it */
static float w[PARAMS]; /* weights, and the bias last */
static float m[PARAMS], v[PARAMS];
static float beta1_t = 1, beta2_t = 1; /* powers of the betas */

/* Gathers a batch; the gradient of the mean squared error at w goes to g. Returns the error. */
static float gradient(float g[PARAMS]) {
  float Xb[BATCH][FEATURES], yb[BATCH], loss = 0;
  for (int i = 0; i < BATCH; i++) {
    int row = order[at + i];
    for (int j = 0; j < FEATURES; j++) Xb[i][j] = X[row][j];
    yb[i] = y[row];
  }
  at = at + BATCH == ROWS ? 0 : at + BATCH;
  for (int j = 0; j < PARAMS; j++) g[j] = 0;
  for (int i = 0; i < BATCH; i++) {
    float r = w[FEATURES] - yb[i];
    for (int j = 0; j < FEATURES; j++) r += Xb[i][j] * w[j];
    loss += r * r / BATCH;
    r *= 2.0F / BATCH;
    for (int j = 0; j < FEATURES; j++) g[j] += r * Xb[i][j];
    g[FEATURES] += r;
  }
  return loss;
}

static volatile float last_loss;

static void sgd_step(long n) {
  (void)n;
  float g[PARAMS];
  last_loss = gradient(g);
  for (int j = 0; j < PARAMS; j++) w[j] -= 0.01F * g[j];
}

/* n parameters; c1 = lr / (1 - beta1^t), c2 = 1 / (1 - beta2^t). */
static void adam_update(long n, float *p, const float *g, float *m1, float *m2, float c1, float c2) {
#pragma omp simd
  for (long j = 0; j < n; j++) {
    m1[j] = 0.9F * m1[j] + 0.1F * g[j];
    m2[j] = 0.999F * m2[j] + 0.001F * g[j] * g[j];
    p[j] -= c1 * m1[j] / (sqrtf(m2[j] * c2) + 1e-8F);
  }
}

static void adam_step(long n) {
  (void)n;
  float g[PARAMS];
  last_loss = gradient(g);
  beta1_t *= 0.9F;
  beta2_t *= 0.999F;
  adam_update(PARAMS, w, g, m, v, 0.01F / (1 - beta1_t), 1 / (1 - beta2_t));
}

/* ---- single operations on long arrays ------------------------------------------------------------------------------
 */

static float *a, *b, *c, *d;

static void exp_loop(long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) c[i] = expf(a[i]);
}

static void tanh_loop(long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) c[i] = tanhf(a[i]);
}

static void add_loop(long n) {
#pragma omp simd
  for (long i = 0; i < n; i++) c[i] = a[i] + b[i];
}

static void adam_loop(long n) { adam_update(n, a, b, c, d, 0.001F, 1); }

static void measure_size(const char *name, void (*work)(long n), long n) {
  char row[40];
  snprintf(row, sizeof row, "%s-%ld", name, n);
  measure(row, work, n);
}

static float *numbers(long n) {
  float *x = aligned_alloc(64, ((size_t)n * sizeof *x + 63) / 64 * 64);
  if (!x) {
    fprintf(stderr, "floor: no memory\n");
    exit(1);
  }
  for (long i = 0; i < n; i++) x[i] = noise();
  return x;
}

int main(void) {
  for (int i = 0; i < ROWS; i++) {
    order[i] = i;
    for (int j = 0; j < FEATURES; j++) X[i][j] = noise();
    y[i] = noise();
  }
  for (int i = ROWS - 1; i > 0; i--) {
    int k = rand() % (i + 1), kept = order[i];
    order[i] = order[k];
    order[k] = kept;
  }
  measure("airfoil-SGD", sgd_step, 0);
  measure("airfoil-Adam", adam_step, 0);
  for (long n = 1000; n <= 10000000; n *= 100) {
    a = numbers(n), b = numbers(n), c = numbers(n), d = numbers(n);
    measure_size("exp", exp_loop, n);
    measure_size("tanh", tanh_loop, n);
    measure_size("add", add_loop, n);
    for (long i = 0; i < n; i++) c[i] = d[i] = 0;
    measure_size("adam", adam_loop, n);
    free(a), free(b), free(c), free(d);
  }
  return 0;
}
