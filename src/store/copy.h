#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace accessd::store {

/// What one table came to.
struct CopiedTable {
    std::string name;
    std::int64_t rows = 0;
    std::string
        checksum;  ///< Of every row's content, whatever their order: the same on both sides.
};

/// Told now and then: the table that is being copied, rows so far, and rows in all.
using CopyProgress =
    std::function<void(const std::string& table, std::int64_t done, std::int64_t total)>;

/// Copies every row of one store into another, in batches, each in a transaction with the place that it got to: begun
/// again after an end in the middle, it goes on from there. Both are brought to this release's schema first; the target
/// must be empty, or hold the beginning of this very copy. In the end each table is counted and
/// summed up on both sides.
///
/// A place is `sqlite:FOLDER` or `postgres:URL` (`postgresql://...` as well). No server may run on either meanwhile: one that
/// changes the source makes the sums differ, which is then said.
/// Errors: InvalidRequest for what is no place; Busy, Conflict, StoreUnavailable; each with a sentence.
Result<std::vector<CopiedTable>> copy_store(const std::string& from, const std::string& to,
                                            const CopyProgress& progress);

}  // namespace accessd::store
