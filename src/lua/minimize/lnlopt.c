/*
 * lnlopt.c - opening NLopt.
 */
#include "lua/minimize/lnlopt.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"

static Nlopt nlopt; /* opened once for the process */

typedef struct Symbol {
  const char *name;
  size_t offset; /* of the function pointer in Nlopt */
} Symbol;

static const Symbol SYMBOLS[] = {
    {"nlopt_algorithm_from_string", offsetof(Nlopt, find)},
    {"nlopt_create", offsetof(Nlopt, create)},
    {"nlopt_destroy", offsetof(Nlopt, destroy)},
    {"nlopt_optimize", offsetof(Nlopt, optimize)},
    {"nlopt_force_stop", offsetof(Nlopt, force_stop)},
    {"nlopt_get_errmsg", offsetof(Nlopt, message)},
    {"nlopt_set_min_objective", offsetof(Nlopt, objective)},
    {"nlopt_add_inequality_mconstraint", offsetof(Nlopt, inequality)},
    {"nlopt_add_equality_mconstraint", offsetof(Nlopt, equality)},
    {"nlopt_set_lower_bounds", offsetof(Nlopt, lower)},
    {"nlopt_set_upper_bounds", offsetof(Nlopt, upper)},
    {"nlopt_set_ftol_rel", offsetof(Nlopt, ftol_rel)},
    {"nlopt_set_xtol_rel", offsetof(Nlopt, xtol_rel)},
    {"nlopt_set_xtol_abs1", offsetof(Nlopt, xtol_abs)},
    {"nlopt_set_initial_step1", offsetof(Nlopt, first_step)},
};

/* Fills the function pointers; POSIX guarantees that the bits fit. */
static bool find_all(void) {
  for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++) {
    void *symbol = dlsym(nlopt.library, SYMBOLS[i].name);
    if (!symbol) return false;
    memcpy((char *)&nlopt + SYMBOLS[i].offset, &symbol, sizeof symbol);
  }
  return true;
}

const Nlopt *lnlopt_open(void) {
  static const char *const names[] = {"libnlopt.so.0", "libnlopt.so.1", "libnlopt.so", "libnlopt.dylib"};
  if (nlopt.library) return &nlopt;
  for (size_t i = 0; i < sizeof names / sizeof *names && !nlopt.library; i++) {
    nlopt.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (!nlopt.library) {
    return err_null(
        "it is a method of NLopt, which is not installed (Debian, Ubuntu: apt install libnlopt0; Fedora, "
        "Arch, Alpine, Homebrew: nlopt)");
  }
  if (find_all()) return &nlopt;
  dlclose(nlopt.library);
  nlopt.library = NULL;
  return err_null("it is a method of NLopt 2.7 or newer, and the library that was found is older");
}
