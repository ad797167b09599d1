// The list of destroyed faces, which restoring reads from wherever the operator kept it: all of it is understood, or none
// is taken, so that no erased face comes back because a line was skipped.

#include "fuzz.h"

#include "store/destroyed_list.h"

#include <sys/mman.h>
#include <unistd.h>

namespace accessd::fuzz {
namespace {

void check_list(std::string_view text)
{
    const int descriptor = ::memfd_create("fuzz", MFD_CLOEXEC);
    const bool is_written =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    require(is_written, "the harness can write");
    const auto list = store::read_destroyed_list("/proc/self/fd/" + std::to_string(descriptor));
    ::close(descriptor);
    if (!list) {
        require(list.error().code == ErrorCode::StoreUnavailable && !list.error().message.empty(),
                "a refusal says why");
        return;
    }
    require(list->has_value(), "a file that is there is a list");
    std::size_t lines = 0;
    for (const char c : text) lines += c == '\n' ? 1U : 0U;
    require((*list)->size() == lines, "every whole line counts");
    for (const auto& destroyed : **list) {
        require(destroyed.id.starts_with("face_") || destroyed.id.starts_with("fkey_"),
                "a line names a face or a key");
    }
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::check_list(accessd::fuzz::to_view(data, size));
    return 0;
}
