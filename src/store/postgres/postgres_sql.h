#pragma once

#include <string>
#include <string_view>

namespace accessd::store {

/// The stores' SQL as PostgreSQL takes it: ?1 becomes $1, a bare ? the next number; `/*pg ... */` is opened, and
/// what stands between `/*not pg*/` and `/*end*/` goes. So do `INDEXED BY x` and the last words of `INSERT OR
/// FAIL`; group_concat is string_agg. Text in quotes stays.
std::string to_postgres(std::string_view sql);

}  // namespace accessd::store
