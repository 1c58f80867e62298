/*
 * fuzz_safetensors.c - the bytes of .safetensors files.
 *
 * What the header says is read in Lua, which checks it; here any types, shapes and offsets that stand in it go to the
 * reader unchecked.
 */
#include "data/formats/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

const FuzzFormat fuzz_format = {0, 8};

/* Up to `most` integers behind the bracket at *at. */
static int integers(const char **at, int64_t *out, int most) {
  int n = 0;
  const char *p = strchr(*at, '[');
  for (p = p ? p + 1 : *at + strlen(*at); n < most && *p && *p != ']'; n++) {
    char *end;
    out[n] = strtoll(p, &end, 10);
    if (end == p) break;
    p = end + strspn(end, ", ");
  }
  *at = p;
  return n;
}

/* {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}, ...} */
static void read_tensors(SafeFile *f, const char *text) {
  for (const char *p = text; (p = strstr(p, "\"dtype\":\"")) != NULL;) {
    char type[16] = "";
    int64_t shape[TENSOR_MAX_DIM + 1], offsets[2] = {0, 0};
    p += 9;
    const size_t n = strcspn(p, "\"");
    memcpy(type, p, n < sizeof type - 1 ? n : sizeof type - 1);
    const int ndim = integers(&p, shape, TENSOR_MAX_DIM + 1);
    integers(&p, offsets, 2);
    fuzz_work(safetensors_tensor(f, type, ndim, shape, offsets[0]));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  SafeFile f;
  if (safetensors_open(&f, fuzz_file(data, size, 0)) == 0) {
    char *text = malloc((size_t)f.header + 1);
    if (text && safetensors_header(&f, text) == 0) {
      text[f.header] = '\0';
      read_tensors(&f, text);
    }
    free(text);
  }
  safetensors_close(&f);
  return 0;
}
