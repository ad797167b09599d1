#include "http/percent_decoding.h"

#include "base/encoding.h"

#include <cstddef>

namespace accessd::http {
namespace {

bool is_utf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, Plus plus)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            // A shorter rest of the text is no byte either.
            const auto byte = from_hex(text.substr(i + 1, 2));
            if (!byte || byte->size() != 1) return std::nullopt;
            decoded += *byte;
            i += 2;
        } else {
            decoded += text[i] == '+' && plus == Plus::Blank ? ' ' : text[i];
        }
    }
    if (decoded.find('\0') != std::string::npos || !is_utf8(decoded)) return std::nullopt;
    return decoded;
}

}  // namespace accessd::http
