// Runs one fuzz target over files instead of a fuzzer, so that `make test` needs no clang: every input that once
// mattered stays tried. Each file is also tried cut short at a few places.
//
//     json_replay FOLDER-OR-FILE...

#include "fuzz.h"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCuts = 16;

std::vector<fs::path> files_of(const fs::path& place)
{
    if (!fs::is_directory(place)) return {place};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{place}) files.push_back(entry.path());
    return files;
}

void run(std::string_view input)
{
    // A copy of exactly this size: a sanitizer then sees a read past the end.
    const std::vector<std::uint8_t> bytes{input.begin(), input.end()};
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void replay(const fs::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    if (!stream.is_open()) throw std::runtime_error{"can't read " + file.string()};
    std::cout << file.filename().string() << std::endl;  // Flushed: the next line may not come.
    run(text);
    for (std::size_t i = 0; i < kCuts; ++i)
        run(std::string_view{text}.substr(0, text.size() * i / kCuts));
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        std::size_t count = 0;
        for (int i = 1; i < argc; ++i) {
            for (const auto& file : files_of(argv[i])) {
                replay(file);
                ++count;
            }
        }
        std::cout << count << " inputs\n";
        return count > 0 ? 0 : 1;  // Nothing to try would pass for nothing found.
    } catch (const std::exception& problem) {
        std::cerr << "replay: " << problem.what() << '\n';
        return 1;
    }
}
