#include "store/destroyed_list.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

namespace accessd::store {
namespace {

using biometrics::DestroyedFace;

Error unusable(const std::string& file, const std::string& why)
{
    const auto sentence = "The list of destroyed faces, " + file + ", can't be used: " + why + ".";
    return Error{ErrorCode::StoreUnavailable, sentence}.saying(sentence);
}

std::string system_text(int error) { return std::generic_category().message(error); }

std::optional<DestroyedFace> parse(std::string_view line)
{
    DestroyedFace destroyed;
    const auto* end = line.data() + line.size();
    const auto [after, error] = std::from_chars(line.data(), end, destroyed.sequence);
    if (error != std::errc{} || after == end || *after != ' ') return std::nullopt;
    destroyed.id.assign(after + 1, end);
    const bool is_id = destroyed.id.starts_with("face_") || destroyed.id.starts_with("fkey_");
    return is_id ? std::optional{destroyed} : std::nullopt;
}

}  // namespace

std::string destroyed_list_file(const std::string& data_dir)
{
    return data_dir + "/destroyed-faces.list";
}

Result<std::optional<std::vector<DestroyedFace>>> read_destroyed_list(const std::string& file)
{
    using Found = std::optional<std::vector<DestroyedFace>>;
    std::ifstream stream{file, std::ios::binary};
    if (!stream) {
        return errno == ENOENT ? Result<Found>{Found{}} : unusable(file, system_text(errno));
    }
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    std::vector<DestroyedFace> found;
    std::size_t start = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
        const auto destroyed = parse(std::string_view{text}.substr(start, end - start));
        if (!destroyed) {
            return unusable(file,
                            "line " + std::to_string(found.size() + 1) + " isn't one of ours");
        }
        found.push_back(*destroyed);
        start = end + 1;
    }
    return Found{std::move(found)};
}

Result<void> append_destroyed(const std::string& file, const std::vector<DestroyedFace>& destroyed)
{
    std::string text;
    for (const auto& one : destroyed) text += std::to_string(one.sequence) + " " + one.id + "\n";
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return unusable(file, system_text(errno));
    const auto written = ::write(descriptor, text.data(), text.size());
    const bool is_kept =
        written == static_cast<ssize_t>(text.size()) && ::fdatasync(descriptor) == 0;
    const int problem = errno;
    ::close(descriptor);
    if (!is_kept) return unusable(file, system_text(problem));
    return {};
}

}  // namespace accessd::store
