#include "sources/source_client.h"

#include "base/encoding.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace accessd::sources {
namespace {

constexpr std::size_t kToldMax = 300;

std::string json_of_text(const std::string& text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_of(const std::string& text, ValueType type)
{
    if (type == ValueType::Text) return json_of_text(text);
    if (type == ValueType::Boolean) return text == "t" || text == "1" ? "true" : "false";
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    const bool is_number = parsed.is_number() && type != ValueType::Json;
    const bool is_json = !parsed.is_discarded() && type == ValueType::Json;
    return is_number || is_json ? parsed.dump() : json_of_text(text);
}

}  // namespace

Field make_field(std::string name, std::optional<std::string> text, ValueType type)
{
    Field field;
    field.name = std::move(name);
    field.is_null = !text;
    field.json = text ? json_of(*text, type) : "null";
    if (text) field.text = std::move(*text);
    return field;
}

std::string told_by(std::string_view message)
{
    std::string told;
    for (std::size_t at = 0; at < message.size() && told.size() < kToldMax;) {
        const auto length = utf8_length(message, at);
        const auto c = static_cast<unsigned char>(message[at]);
        if (length == 0 || c < 0x20 || c == 0x7F) {
            if (!told.empty() && told.back() != ' ') told += ' ';
        } else {
            told += message.substr(at, length);
        }
        at += length == 0 ? 1 : length;
    }
    while (!told.empty() && told.back() == ' ') told.pop_back();
    return told;
}

int milliseconds_until(Deadline deadline)
{
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace accessd::sources
