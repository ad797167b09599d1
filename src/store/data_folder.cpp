#include "store/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace accessd::store {
namespace {

Error unusable(const std::string& sentence)
{
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

/// Whoever has the lock wrote its process id into the file.
std::string read_owner(int lock)
{
    std::array<char, 32> text{};
    const auto length = ::pread(lock, text.data(), text.size() - 1, 0);
    std::string owner(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    while (!owner.empty() && (owner.back() == '\n' || owner.back() == ' ')) owner.pop_back();
    return owner.empty() ? "another process" : "process " + owner;
}

void write_owner(int lock)
{
    const auto text = std::to_string(::getpid()) + "\n";
    // For people only: whether it can be written decides nothing.
    if (::ftruncate(lock, 0) != 0) return;
    [[maybe_unused]] const auto written = ::pwrite(lock, text.data(), text.size(), 0);
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path)
{
    std::error_code problem;
    if (!std::filesystem::exists(path, problem)) {
        if (const auto parent = std::filesystem::path{path}.parent_path(); !parent.empty()) {
            std::filesystem::create_directories(parent, problem);
        }
        if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
            return unusable("store.data_dir: the folder " + path + " can't be made (" +
                            std::strerror(errno) + "). Make it, or name one that can be.");
        }
    }
    const auto file = path + "/lock";
    const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (lock < 0) {
        return unusable("store.data_dir: " + file + " can't be written (" + std::strerror(errno) +
                        "). Give this user the folder, or name another one.");
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const auto sentence = "The store in " + path + " is in use by " + read_owner(lock) +
                              ". An embedded store belongs to one process: stop that one first, or "
                              "choose another folder (store.data_dir).";
        ::close(lock);
        return Error{ErrorCode::Busy, sentence}.saying(sentence);
    }
    write_owner(lock);
    return DataFolder{path, lock};
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1))
{
}

DataFolder::~DataFolder()
{
    if (lock_ >= 0) ::close(lock_);
}

}  // namespace accessd::store
