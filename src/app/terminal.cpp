#include "app/terminal.h"

#include <algorithm>
#include <cstdio>

namespace accessd::app {

void print_out(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_error(std::string_view sentence)
{
    const auto line = "accessd: " + std::string{sentence} + "\n";
    std::fflush(stdout);  // In the order in which things happened, where both go to one place.
    std::fwrite(line.data(), 1, line.size(), stderr);
}

bool flush_out() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

std::string sentence_of(const Error& error)
{
    if (!error.message.empty()) return error.message;
    if (!error.detail.empty()) return error.detail;
    return std::string{to_text(error.code)};
}

std::string printable(std::string_view text)
{
    std::string out{text};
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return out;
}

std::string shell_word(std::string_view text)
{
    const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"_-./:@%+=,"}.find(c) != std::string_view::npos;
    });
    if (is_plain) return std::string{text};
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += R"('\'')";
        } else {
            out += c;
        }
    }
    return out + "'";
}

}  // namespace accessd::app
