#include "config/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace accessd::config {
namespace {

Error unreadable(int error)
{
    return Error{ErrorCode::Internal, "can't be read: " + std::generic_category().message(error)};
}

Result<std::string> read_all(int file, std::size_t bytes_max)
{
    // Pipes are welcome (bash's <(...)); folders are refused by read().
    std::string text(bytes_max + 1, '\0');
    std::size_t length = 0;
    while (length < text.size()) {
        const auto count = read(file, text.data() + length, text.size() - length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(errno);
        if (count == 0) break;
        length += static_cast<std::size_t>(count);
    }
    if (length > bytes_max) {
        return Error{ErrorCode::Internal,
                     "can't be read: it has more than " + std::to_string(bytes_max) + " bytes"};
    }
    text.resize(length);
    return text;
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max)
{
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return unreadable(errno);
    auto text = read_all(file, bytes_max);
    close(file);
    return text;
}

}  // namespace accessd::config
