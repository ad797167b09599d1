#include "app/master_key.h"

#include "base/encoding.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace accessd::app {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFileBytesMax = 256;  // 43 characters and perhaps blanks.
constexpr const char* kVariable = "ACCESSD_MASTER_KEY";

Error unusable(const std::string& sentence)
{
    return Error{ErrorCode::Internal, sentence}.saying(sentence);
}

std::string system_text(int error) { return std::generic_category().message(error); }

class OpenFile {
public:
    explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
    ~OpenFile()
    {
        if (descriptor_ >= 0) close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    bool is_open() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

/// `source` names the place in errors, which never hold a part of the key.
Result<Secret> decode(std::string_view text, const std::string& source)
{
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    text = first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(blanks) - first + 1);
    auto bytes = from_base64url(text);
    if (bytes && bytes->size() == kKeyBytes) return Secret{*std::move(bytes)};
    if (bytes) OPENSSL_cleanse(bytes->data(), bytes->size());
    return unusable(source + " doesn't hold a master key, which is 43 characters: 32 bytes in "
                             "base64url without padding. Put the right key there; a new one would "
                             "not open data that exists.");
}

Result<void> check_mode(const OpenFile& file, const std::string& path)
{
    struct stat status {};
    if (fstat(file.get(), &status) != 0) {
        return unusable("The master key file " + path +
                        " can't be examined: " + system_text(errno) + ".");
    }
    if (!S_ISREG(status.st_mode)) {
        return unusable("The master key file " + path + " is not a regular file.");
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return unusable("The master key file " + path +
                        " is open to other users of this machine. Run: chmod 600 " + path);
    }
    return {};
}

Error not_opened(int error, const std::string& path)
{
    if (error == ENOENT) {
        return unusable("There is no master key file " + path +
                        ". For a new installation, run: accessd init. For existing data, put its "
                        "key back there or into ACCESSD_MASTER_KEY.");
    }
    return unusable("The master key file " + path + " can't be opened: " + system_text(error) +
                    ". It must belong to the user accessd runs as.");
}

Result<Secret> read_file(const std::string& path)
{
    // Without O_NONBLOCK, a pipe in the file's place would wait for a writer.
    const OpenFile file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.is_open()) return not_opened(errno, path);
    ACCESSD_CHECK(check_mode(file, path));

    std::array<char, kFileBytesMax> buffer{};
    const auto length = read(file.get(), buffer.data(), buffer.size());
    if (length < 0) {
        return unusable("The master key file " + path + " can't be read: " + system_text(errno) +
                        ".");
    }
    auto key =
        decode({buffer.data(), static_cast<std::size_t>(length)}, "The master key file " + path);
    OPENSSL_cleanse(buffer.data(), buffer.size());
    return key;
}

/// Makes the folder's entry for a new file last through a loss of power.
bool sync_folder_of(const std::string& path)
{
    auto folder = std::filesystem::path{path}.parent_path();
    if (folder.empty()) folder = ".";
    const OpenFile opened{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return opened.is_open() && fsync(opened.get()) == 0;
}

bool write_all(const OpenFile& file, std::string_view text)
{
    while (!text.empty()) {
        const auto count = write(file.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return fsync(file.get()) == 0;
}

}  // namespace

Result<Secret> read_master_key(const config::Config& config)
{
    if (const char* text = std::getenv(kVariable)) return decode(text, kVariable);
    return read_file(config.master_key_file());
}

bool has_master_key_variable() { return std::getenv(kVariable) != nullptr; }

Result<Secret> read_master_key_file(const std::string& file) { return read_file(file); }

Result<Secret> make_master_key(const std::string& file, Random& random)
{
    const OpenFile opened{open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               S_IRUSR | S_IWUSR)};
    if (!opened.is_open()) {
        const int error = errno;
        if (error == EEXIST) {
            return Error{ErrorCode::Conflict}.saying("There is a master key file " + file +
                                                     " already; it is never replaced.");
        }
        return unusable("The master key file " + file + " can't be made: " + system_text(error) +
                        ". Its folder must exist and be writable.");
    }
    Secret key{random.bytes(kKeyBytes)};
    const Secret line{to_base64url(key.reveal()) + "\n"};
    if (!write_all(opened, line.reveal()) || !sync_folder_of(file)) {
        const int error = errno;
        unlink(file.c_str());  // Half a key would be in the way of a whole one.
        return unusable("The master key file " + file + " can't be written: " + system_text(error) +
                        ".");
    }
    return key;
}

}  // namespace accessd::app
