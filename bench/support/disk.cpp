#include "support/disk.h"

#include "support/loopback.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

namespace accessd::bench {

TemporaryFolder::TemporaryFolder(const std::filesystem::path& parent)
{
    auto name = (parent / "accessd-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) fail(name);
    path_ = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::chrono::microseconds median_sync(const std::filesystem::path& folder)
{
    constexpr int count = 200;
    const auto name = (folder / "sync").string();
    const Descriptor file{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    const std::vector<char> page(4096, 'x');
    const auto write_page = [&](int index) {
        const auto written =
            ::pwrite(file.get(), page.data(), page.size(), static_cast<off_t>(index) * 4096);
        if (written != static_cast<ssize_t>(page.size())) fail(name);
    };
    for (int i = 0; i < count; ++i) write_page(i);
    if (::fsync(file.get()) != 0) fail(name);

    std::vector<std::chrono::microseconds> times;
    for (int i = 0; i < count; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        write_page(i);
        if (::fdatasync(file.get()) != 0) fail(name);
        times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - begin));
    }
    ::unlink(name.c_str());
    std::nth_element(times.begin(), times.begin() + count / 2, times.end());
    return times[count / 2];
}

bool is_in_memory(const std::filesystem::path& folder)
{
    struct statfs about {};
    return ::statfs(folder.c_str(), &about) == 0 && about.f_type == TMPFS_MAGIC;
}

}  // namespace accessd::bench
