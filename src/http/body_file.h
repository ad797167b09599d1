#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace accessd::http {

/// A body too large for memory: a file without a name, gone when its last owner goes, whatever happens.
/// Threads: one writes, and when it is done, one reads.
class BodyFile {
public:
    /// Opens it in `folder`; is_good() tells whether that worked.
    explicit BodyFile(const std::string& folder);
    ~BodyFile();
    BodyFile(const BodyFile&) = delete;
    BodyFile& operator=(const BodyFile&) = delete;

    bool is_good() const { return file_ >= 0; }
    /// False when the disk doesn't take it.
    bool append(std::string_view bytes);
    std::uint64_t size() const { return size_; }
    /// The next bytes from the beginning on; 0 at the end, or when they can't be read.
    std::size_t read(std::span<char> into);

private:
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t read_ = 0;
};

}  // namespace accessd::http
