/*
 * fuzz_csv.c - text tables. The first six bytes choose the options.
 */
#include "data/text/csv.h"

#include "fuzz.h"

const FuzzFormat fuzz_format = {0, 0};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char delimiters[] = {0, 0, ',', ';', '\t', ' ', '|', '#'};
  static const CsvColumn columns[] = {{"a", 0}, {NULL, 0}, {NULL, 1}};
  const uint8_t flags = fuzz_take(&data, &size), more = fuzz_take(&data, &size);
  CsvOptions o = {.delimiter = delimiters[fuzz_take(&data, &size) % 8]};
  o.comment = more & 1 ? 0 : '#';
  o.header = flags & 1;
  o.allow_na = flags & 2;
  o.na = flags & 4 ? -1 : 0;
  o.dtype = (DType)(flags >> 3 & 3);
  o.skip = fuzz_take(&data, &size) % 4;
  if (flags & 32) {
    o.columns = columns + (o.header ? 0 : 1);
    o.ncolumns = o.header ? 3 : 2;
  }
  CsvTable table;
  csv_read(fuzz_file(data, size, flags & 128), &o, &table);
  fuzz_work(table.data); /* NULL where it failed */
  table.data = NULL;
  csv_release(&table);
  return 0;
}
