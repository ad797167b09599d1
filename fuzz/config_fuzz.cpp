// The configuration file: whatever stands in it, every problem is a sentence with its place, and what has none is a
// configuration that is written down and read again the same.

#include "fuzz.h"

#include "config/config_text.h"
#include "config/load.h"
#include "config/toml_reader.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace accessd::fuzz {
namespace {

/// A file in memory, with a name to open it by.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view text) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC))
    {
        require(::write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
                "the harness can write");
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string name() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

config::Loaded load(std::string_view text)
{
    const MemoryFile file{text};
    return config::load({.file = file.name(), .environment = {}, .flags = {}});
}

void check_file(std::string_view text)
{
    const auto read = config::read_toml(std::string{text});
    require(read.error.empty() || (read.sections.empty() && read.outside.empty()),
            "what isn't TOML sets nothing");
    const auto loaded = load(text);
    require(read.error.empty() || !loaded.problems.empty(), "what isn't TOML is a problem");
    for (const auto& problem : loaded.problems) {
        require(!config::to_text(problem).empty(), "a problem is a sentence");
    }
    if (!loaded.problems.empty()) return;
    const auto written = config::effective_toml(loaded.config, loaded.origins);
    require(config::read_toml(written).error.empty(), "what is in effect is written as TOML");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::check_file(accessd::fuzz::to_view(data, size));
    return 0;
}
