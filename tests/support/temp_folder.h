#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>
#include <string_view>

namespace accessd::test {

/// All that is in a file, in one piece; empty where there is none.
inline std::string content_of(const std::string& path)
{
    std::ifstream file{path, std::ios::binary | std::ios::ate};
    if (!file) return {};
    std::string content(static_cast<std::size_t>(file.tellg()), '\0');
    file.seekg(0);
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(file.gcount()));
    return content;
}

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
    std::string read(std::string_view name) const { return content_of(path(name)); }

private:
    std::string path_;
};

}  // namespace accessd::test
