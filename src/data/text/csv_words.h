/*
 * csv_words.h - the texts of a column as numbers from 1: categories.
 */
#ifndef OPTLAB_DATA_TEXT_CSV_WORDS_H
#define OPTLAB_DATA_TEXT_CSV_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CsvWords {
  char **text; /* text[k] is number k + 1 */
  int n, room;
  int *slot; /* a hash table of numbers, 0: free */
  int slots;
  bool fixed; /* the words were given: no others are taken */
} CsvWords;

/* The number of a text, a new one for a new text; 0 where a new one is not taken, -1 without memory. */
int csv_words_number(CsvWords *w, const char *text, size_t len);

/* Puts the words in the order of their bytes; to[k] becomes the new number of old number k + 1. 0, or -1 without
 * memory. */
int csv_words_sort(CsvWords *w, int *to);

void csv_words_free(CsvWords *w); /* accepts a zeroed one */

#endif
