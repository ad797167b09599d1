#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace accessd::test {

/// A folder of its own for one test, gone with it.
class TempFolder {
public:
    TempFolder()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "accessd-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp failed"};
        path_ = pattern;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const { return path_; }
    std::string path(std::string_view name) const { return path_ + "/" + std::string{name}; }

    /// Writes a file of this folder; returns its path.
    std::string write(std::string_view name, std::string_view text) const
    {
        auto file = path(name);
        std::ofstream{file, std::ios::binary} << text;
        return file;
    }
    std::string read(std::string_view name) const
    {
        std::ifstream file{path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

private:
    std::string path_;
};

}  // namespace accessd::test
