#pragma once

#include "base/result.h"

#include <string>

namespace accessd::store {

/// The folder of an embedded store, kept to one process for as long as this lives (a lock of the kernel's,
/// which ends with the process however that ends).
class DataFolder {
public:
    /// Makes the folder with mode 0700 if it is missing. Errors: Busy, StoreUnavailable, each with a
    /// sentence that says what to do.
    static Result<DataFolder> open(const std::string& path);

    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&&) = delete;
    ~DataFolder();

    std::string database_file() const { return path_ + "/accessd.db"; }

private:
    DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::string path_;
    int lock_;  ///< File descriptor.
};

}  // namespace accessd::store
