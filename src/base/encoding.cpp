#include "base/encoding.h"

#include <array>
#include <cstdint>

namespace accessd {
namespace {

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> kBase64UrlValues = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kBase64Url.size(); ++i) {
        values[static_cast<unsigned char>(kBase64Url[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}();

int hex_value(char character)
{
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    if (character >= 'A' && character <= 'F') return character - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_base64url(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char byte : bytes) {
        buffer = buffer << 8 | static_cast<unsigned char>(byte);
        bits += 8;
        for (; bits >= 6; bits -= 6) text += kBase64Url[buffer >> (bits - 6) & 63U];
    }
    if (bits > 0) text += kBase64Url[buffer << (6 - bits) & 63U];
    return text;
}

std::string to_base64(std::string_view bytes)
{
    auto text = to_base64url(bytes);
    for (char& character : text) {
        if (character == '-') character = '+';
        if (character == '_') character = '/';
    }
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> from_base64url(std::string_view text)
{
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char character : text) {
        const auto value = kBase64UrlValues[static_cast<unsigned char>(character)];
        if (value < 0) return std::nullopt;
        buffer = buffer << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(buffer >> bits & 255U);
        }
    }
    // One text for each value: what is left over must be zero.
    if ((buffer & ((1U << bits) - 1U)) != 0) return std::nullopt;
    return bytes;
}

std::size_t utf8_length(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto is_inner = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return at < text.size() ? 1 : 0;
    if (first < 0xc2 || first > 0xf4 || !is_inner(1)) return 0;
    if (first < 0xe0) return 2;
    // The second byte tells overlong forms, surrogates and what lies beyond Unicode.
    const unsigned second = byte(1);
    if (first < 0xf0) {
        const bool is_wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f);
        return !is_wrong && is_inner(2) ? 3 : 0;
    }
    const bool is_wrong = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return !is_wrong && is_inner(2) && is_inner(3) ? 4 : 0;
}

std::string to_hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view text)
{
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high << 4 | low);
    }
    return bytes;
}

}  // namespace accessd
