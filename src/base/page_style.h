#pragma once

#include <string_view>

namespace accessd {

/// How pages look that the server writes itself, without scripts and without loading anything: as web/login's do, in
/// light and dark. Expects `--accent` and `--on-accent`. Elements: `main`, in it `.brand` with `.letter`, `h1`, `p`,
/// `.soft`, `.code`, `.alert`, forms with `label`, `input`, `button`, and `details`.
std::string_view page_style();

}  // namespace accessd
