// JSON from strangers: the strict parser, and the reading of a body's fields.

#include "fuzz.h"

#include "base/encoding.h"
#include "base/json.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace accessd::fuzz {
namespace {

using nlohmann::json;

std::size_t count_characters(const std::string& text)
{
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const auto length = utf8_length(text, at);
        require(length > 0, "text that was taken is UTF-8");
        at += length;
    }
    return count;
}

bool has_control(const std::string& text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

int depth_of(const json& value)
{
    int deepest = 0;
    if (!value.is_structured()) return 0;
    for (const auto& item : value) deepest = std::max(deepest, depth_of(item));
    return deepest + 1;
}

void check_refusal(std::string_view text, const Error& error)
{
    require(error.code == ErrorCode::InvalidJson, "a refusal is INVALID_JSON");
    require(error.details.size() >= 2 && error.details[0].first == "line" &&
                error.details[1].first == "column",
            "a refusal says where");
    const auto line = std::get<std::int64_t>(error.details[0].second);
    const auto column = std::get<std::int64_t>(error.details[1].second);
    require(line >= 1 && line <= 1 + std::count(text.begin(), text.end(), '\n'),
            "the line is one of the text's");
    require(column >= 1 && column <= static_cast<std::int64_t>(text.size()) + 1,
            "the column is one of the text's");
    // Throws on what isn't UTF-8: the sentence goes into an answer.
    json{{"message", error.message}}.dump();
    for (const auto& issue : error.fields)
        json{{"field", issue.field}, {"issue", issue.issue}}.dump();
}

void check_parser(std::string_view text)
{
    const auto read = parse_json(text);
    if (!read) return check_refusal(text, read.error());

    require(depth_of(*read) <= 32, "nesting has its bound");
    const auto theirs = json::parse(text, nullptr, false);
    require(!theirs.is_discarded(), "what is strict JSON is JSON");
    require(*read == theirs, "strictness changes no value");
    const auto again = parse_json(read->dump());
    require(again.has_value(), "what was written by us is read by us");
    require(*again == *read && again->dump() == read->dump(),
            "writing and reading changes nothing");
}

void check_text(const std::optional<std::string>& text, std::size_t min, std::size_t max)
{
    if (!text) return;
    const auto count = count_characters(*text);
    require(count >= min && count <= max, "a text's length is within its rule");
    require(!has_control(*text), "a text on one line has no control character");
}

/// A body as handlers read it, with fields of every kind.
void check_fields(std::string_view text)
{
    http::Request request;
    request.body = text;
    auto body = http::Fields::parse(request, true);
    if (!body) return;

    const auto name = body->string("name", {.required = true, .min = 1, .max = 60});
    const auto email = body->string("email", {.max = 320, .nullable = true});
    const auto length = body->integer("otp_length", {.min = 6, .max = 8});
    const auto score = body->number("score", false, 0.0, 1.0);
    const auto origins = body->strings("allowed_origins", false, 20, 200);
    const auto metadata = body->json("metadata", false, 1024);
    const auto mode = body->choice("mode", false, {"test", "live"});
    body->boolean("enabled");
    if (auto client = body->object("client")) {
        check_text(client->string("ip", {.max = 45}), 0, 45);
        body->absorb(*client);
    }
    if (auto recipients = body->objects("recipients", false, 10)) {
        require(recipients->size() <= 10, "a list is within its rule");
        for (auto& recipient : *recipients) {
            recipient.string("destination", {.required = true});
            body->absorb(recipient);
        }
    }

    check_text(name, 1, 60);
    check_text(email, 0, 320);
    require(!length || (*length >= 6 && *length <= 8), "an integer is within its rule");
    require(!score || (*score >= 0.0 && *score <= 1.0), "a number is within its rule");
    require(!mode || *mode == "test" || *mode == "live", "a choice is one of those offered");
    require(!metadata || (metadata->is_object() && metadata->dump().size() <= 1024),
            "metadata is within its rule");
    if (origins) {
        require(origins->size() <= 20, "a list is within its rule");
        for (const auto& origin : *origins) check_text(origin, 1, 200);
    }
    const auto checked = body->check();
    if (checked) {
        require(name.has_value(), "a required field is there when nothing is wrong");
        return;
    }
    const auto& issues = checked.error().fields;
    require(!issues.empty() && issues.size() <= 50, "an answer names some problems, not thousands");
    for (const auto& issue : issues) json{{"field", issue.field}, {"issue", issue.issue}}.dump();
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = accessd::fuzz::to_view(data, size);
    accessd::fuzz::check_parser(text);
    accessd::fuzz::check_fields(text);
    return 0;
}
