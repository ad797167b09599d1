#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::fuzz {

/// What the program must promise of every input; a broken promise ends the process, which is how a fuzzer
/// learns of it. `what` is shown.
inline void require(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "fuzz: broken promise: %s\n", what);
    std::abort();
}

inline std::string_view to_view(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

/// The first `count` parts of the input between NUL bytes, the last with all that follows; missing ones are
/// empty. Fuzzers find such a border sooner than a length.
inline std::vector<std::string> split(std::string_view input, std::size_t count)
{
    std::vector<std::string> parts;
    while (parts.size() + 1 < count) {
        const auto end = input.find('\0');
        parts.emplace_back(input.substr(0, end));
        input = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
    }
    parts.emplace_back(input);
    return parts;
}

}  // namespace accessd::fuzz

/// What each target defines and libFuzzer (or replay_main.cpp) calls. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
