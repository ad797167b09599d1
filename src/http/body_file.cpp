#include "http/body_file.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

namespace accessd::http {

BodyFile::BodyFile(const std::string& folder)
    : file_(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600))
{
}

BodyFile::~BodyFile()
{
    if (file_ >= 0) ::close(file_);
}

bool BodyFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        size_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::size_t BodyFile::read(std::span<char> into)
{
    ssize_t got = 0;
    do {
        got = ::pread(file_, into.data(), into.size(), static_cast<off_t>(read_));
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return 0;
    read_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

}  // namespace accessd::http
