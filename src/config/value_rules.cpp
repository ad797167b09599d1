#include "config/value_rules.h"

#include "base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace accessd::config {
namespace {

constexpr std::size_t kListMax = 1000;
constexpr std::size_t kTextMax = 1000;  // Far above any real name, path or password.

bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_printable(std::string_view text)
{
    return text.size() <= kTextMax && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

bool is_ip_address(const std::string& text)
{
    std::array<unsigned char, 16> parsed{};
    return inet_pton(AF_INET, text.c_str(), parsed.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), parsed.data()) == 1;
}

/// Only the form: whether it exists is for the one who connects to say.
bool is_host(const std::string& text)
{
    if (is_ip_address(text)) return true;
    return text.size() <= 253 && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
           text.find("..") == std::string::npos &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
           });
}

/// http or https, host and perhaps a port, as browsers write it: lower case and nothing behind it.
bool is_origin(std::string_view text)
{
    const std::string_view scheme = text.starts_with("https://") ? "https://" : "http://";
    if (!text.starts_with(scheme)) return false;
    text.remove_prefix(scheme.size());
    if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
        return false;
    }
    const auto bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    const auto colon = text.find(':', bracket);
    if (colon != std::string_view::npos) {
        unsigned port = 0;
        const auto digits = text.substr(colon + 1);
        const auto* end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, port);
        if (read.ec != std::errc{} || read.ptr != end || port < 1 || port > 65535) return false;
    }
    const std::string host{text.substr(0, colon)};
    if (bracket == 0) return !host.empty() && is_host(host);
    return bracket == host.size() - 1 && is_ip_address(host.substr(1, bracket - 1));
}

/// Close enough to catch a name or a host in its place; the mail server has the last word.
bool is_email_address(const std::string& text)
{
    const auto at = text.find('@');
    if (at == std::string::npos || at == 0 || at + 1 == text.size()) return false;
    return text.find_first_of("@ <>,;\"", at + 1) == std::string::npos &&
           text.find_first_of(" <>,;\"") == std::string::npos && is_host(text.substr(at + 1));
}

bool is_accepted_list(const std::vector<std::string>& networks)
{
    return networks.size() <= kListMax &&
           std::all_of(networks.begin(), networks.end(),
                       [](const std::string& text) { return IpNetwork::parse(text).has_value(); });
}

bool is_accepted_text(const Setting& setting, const std::string& text)
{
    if (!is_printable(text)) return false;
    const bool may_be_empty = std::get<std::string>(setting.default_value()).empty();
    if (text.empty()) return may_be_empty;
    switch (setting.kind) {
    case Kind::Text:
    case Kind::Path:
    case Kind::ExistingFile: return true;
    case Kind::IpAddress: return is_ip_address(text);
    case Kind::Host: return is_host(text);
    case Kind::Origin: return is_origin(text);
    case Kind::EmailAddress: return is_email_address(text);
    case Kind::Choice:
        return std::find(setting.choices.begin(), setting.choices.end(), text) !=
               setting.choices.end();
    case Kind::Whole:
    case Kind::YesNo:
    case Kind::Networks:
    case Kind::Folders: return false;
    }
    return false;
}

/// "a, b" as a list: how the environment writes one.
std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto word = text.substr(0, comma);
        while (word.starts_with(' ')) word.remove_prefix(1);
        while (word.ends_with(' ')) word.remove_suffix(1);
        words.emplace_back(word);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return words;
}

std::string in_quotes(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            constexpr std::string_view digits = "0123456789abcdef";
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace

bool is_list(Kind kind) { return kind == Kind::Networks || kind == Kind::Folders; }

std::string accepted(const Setting& setting)
{
    switch (setting.kind) {
    case Kind::Text: return "text in quotes, on one line";
    case Kind::Path: return "a path in quotes";
    case Kind::ExistingFile: return "the path, in quotes, of a file that exists";
    case Kind::IpAddress: return "an IP address, such as \"127.0.0.1\" or \"::\"";
    case Kind::Host: return "a host name or an IP address, such as \"mail.example.com\"";
    case Kind::Origin:
        return "http:// or https://, a host in lower case and perhaps a port, with nothing behind "
               "it, such as \"https://login.example.com\"";
    case Kind::EmailAddress: return "an email address, such as \"codes@example.com\"";
    case Kind::YesNo: return "true or false";
    case Kind::Networks:
        return "a list of IP addresses and networks, such as [\"10.0.0.0/8\", \"::1\"]";
    case Kind::Folders: return "a list of absolute paths of folders, such as [\"/srv/shop\"]";
    case Kind::Whole:
        return "a whole number" +
               (setting.unit.empty() ? std::string{} : " of " + std::string{setting.unit}) +
               " from " + std::to_string(setting.min) + " to " + std::to_string(setting.max);
    case Kind::Choice: break;
    }
    std::string text = "one of";
    for (const auto choice : setting.choices) {
        text += (choice == setting.choices.front() ? " " : ", ") + in_quotes(choice);
    }
    return text;
}

bool is_accepted(const Setting& setting, const Value& value)
{
    if (setting.kind == Kind::YesNo) return std::holds_alternative<bool>(value);
    if (setting.kind == Kind::Whole) {
        const auto* number = std::get_if<std::int64_t>(&value);
        return number != nullptr && *number >= setting.min && *number <= setting.max;
    }
    if (setting.kind == Kind::Networks) {
        const auto* list = std::get_if<std::vector<std::string>>(&value);
        return list != nullptr && is_accepted_list(*list);
    }
    if (setting.kind == Kind::Folders) {
        const auto* list = std::get_if<std::vector<std::string>>(&value);
        return list != nullptr && std::all_of(list->begin(), list->end(), [](const auto& folder) {
                   return folder.starts_with('/') && folder.size() > 1;
               });
    }
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && is_accepted_text(setting, *text);
}

std::optional<Value> from_text(const Setting& setting, std::string_view text)
{
    if (setting.kind == Kind::YesNo) {
        if (text == "true") return true;
        if (text == "false") return false;
        return std::nullopt;
    }
    if (is_list(setting.kind)) return split(text);
    if (setting.kind != Kind::Whole) return std::string{text};
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

std::string to_toml(const Value& value)
{
    if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
        std::string out;
        for (const auto& text : *list) out += (out.empty() ? "" : ", ") + in_quotes(text);
        return '[' + out + ']';
    }
    return in_quotes(std::get<std::string>(value));
}

}  // namespace accessd::config
