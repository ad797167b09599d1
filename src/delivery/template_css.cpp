#include "delivery/template_html.h"

#include <algorithm>
#include <array>

namespace accessd::delivery {
namespace {

constexpr std::array<std::string_view, 11> kFunctions{
    "rgb", "rgba", "hsl", "hsla", "calc", "min", "max", "clamp", "media", "and", "not"};

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string lower(std::string_view text)
{
    std::string out{text};
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view word_before(std::string_view css, std::size_t at)
{
    auto begin = at;
    while (begin > 0 && is_word(css[begin - 1])) --begin;
    return css.substr(begin, at - begin);
}

std::string_view word_after(std::string_view css, std::size_t at)
{
    auto end = at;
    while (end < css.size() && is_word(css[end])) ++end;
    return css.substr(at, end - at);
}

}  // namespace

std::string find_css_problem(std::string_view css)
{
    for (std::size_t i = 0; i < css.size(); ++i) {
        switch (css[i]) {
        case '\\': return "a style must not use \\ escapes";
        case '<': return "a style must not contain <";
        case '@':
            if (lower(word_after(css, i + 1)) != "media") {
                return "of the @ rules of CSS only @media is allowed";
            }
            break;
        case '(': {
            const auto name = lower(word_before(css, i));
            const bool is_known = name.empty() || std::find(kFunctions.begin(), kFunctions.end(),
                                                            name) != kFunctions.end();
            if (!is_known) {
                return "a style must not load anything or compute more than colours and sizes: " +
                       name.substr(0, 40) + "(...) isn't allowed";
            }
            break;
        }
        default: break;
        }
    }
    return {};
}

}  // namespace accessd::delivery
