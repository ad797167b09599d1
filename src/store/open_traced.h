#pragma once

#include "store/open.h"

namespace accessd::store {

/// As open(), with a span for each thing that traced work reads or writes (store/sql/traced_database.h).
Result<std::unique_ptr<Stores>> open_traced(const Place& place, AdjustedClock& clock,
                                            Random& random);

}  // namespace accessd::store
