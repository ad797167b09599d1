#include "sources/record_mapping.h"

#include "base/encoding.h"
#include "contacts/email_address.h"
#include "users/contact_text.h"
#include "users/directory.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace accessd::sources {
namespace {

using users::Contact;
using users::ContactKind;
using users::Person;

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kNamesShown = 20;

std::string lowered(std::string_view text)
{
    std::string lower{text};
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return lower;
}

bool is_utf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

/// "id, mail": what there is instead.
std::string list_of(const std::vector<std::string>& names)
{
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i) {
        list += (list.empty() ? "" : ", ") + told_by(names[i]);
    }
    if (names.size() > kNamesShown) list += ", …";
    return list.empty() ? "nothing" : list;
}

Finding refused(std::string words) { return {Finding::Status::Refused, {}, std::move(words)}; }

/// Reads one record by its mapping; the first thing that can't be used is in `wrong`.
class RecordReader {
public:
    RecordReader(const Answer& answer, const Mapping& mapping) : answer_(answer), mapping_(mapping)
    {
    }

    std::string wrong;  ///< Words; empty: nothing so far.

    /// Whether a field will be found: said before there is a row, too.
    bool has(const std::string& field) const
    {
        const auto mapped = mapping_.fields.find(field);
        const auto& name = mapped == mapping_.fields.end() ? field : mapped->second;
        return is_there(name);
    }

    void require(const std::string& field)
    {
        const auto mapped = mapping_.fields.find(field);
        const auto& name = mapped == mapping_.fields.end() ? field : mapped->second;
        if (wrong.empty() && !has(field)) missing(name);
    }

    void require_claims()
    {
        for (const auto& [claim, column] : mapping_.claims) {
            // In a JSON answer what is absent is as good as null.
            if (wrong.empty() && !column.starts_with('/') && !is_there(column)) missing(column);
        }
    }

    /// Nothing for NULL and for what isn't there.
    std::optional<std::string> text(const std::string& field)
    {
        const auto mapped = mapping_.fields.find(field);
        const bool is_named = mapped != mapping_.fields.end();
        const auto* found = find(is_named ? mapped->second : field);
        if (found == nullptr || found->is_null) return std::nullopt;
        if (!is_utf8(found->text)) {
            fail("the value of " + found->name + " isn't UTF-8");
            return std::nullopt;
        }
        return found->text;
    }

    std::string claims()
    {
        auto claims = nlohmann::json::object();
        for (const auto& [claim, column] : mapping_.claims) {
            const auto* found = find(column);
            if (found == nullptr) continue;
            if (!is_utf8(found->text)) fail("the value of " + found->name + " isn't UTF-8");
            const auto value = nlohmann::json::parse(found->json, nullptr, false);
            if (!value.is_null() && !value.is_discarded()) claims[claim] = value;
        }
        if (!wrong.empty()) return "{}";
        auto text = claims.dump();
        if (text.size() > kClaimsBytesMax) fail("the claims take more than 4 KiB together");
        return text;
    }

private:
    bool is_there(const std::string& name) const
    {
        return std::any_of(answer_.names.begin(), answer_.names.end(), [&](const auto& there) {
            return there == name || lowered(there) == lowered(name);
        });
    }

    const Field* find(const std::string& name) const
    {
        if (answer_.records.empty()) return nullptr;
        const auto& record = answer_.records.front();
        auto found = std::find_if(record.begin(), record.end(),
                                  [&](const Field& field) { return field.name == name; });
        if (found == record.end()) {  // SQL's names have no case.
            found = std::find_if(record.begin(), record.end(), [&](const Field& field) {
                return lowered(field.name) == lowered(name);
            });
        }
        return found == record.end() ? nullptr : &*found;
    }

    void missing(const std::string& name)
    {
        fail(answer_.has_fixed_names ? "connected, but the query has no column named " + name +
                                           "; it returns " + list_of(answer_.names)
                                     : "the service answers, but there is no " + name +
                                           "; there is " + list_of(answer_.names));
    }

    void fail(std::string words)
    {
        if (wrong.empty()) wrong = std::move(words);
    }

    const Answer& answer_;
    const Mapping& mapping_;
};

/// Yes and no as databases say it; nothing for neither.
std::optional<bool> parse_yes(std::string_view text)
{
    const auto word = lowered(text);
    for (const std::string_view yes : {"t", "true", "1", "y", "yes", "on"}) {
        if (word == yes) return true;
    }
    for (const std::string_view no : {"f", "false", "0", "n", "no", "off", ""}) {
        if (word == no) return false;
    }
    return std::nullopt;
}

std::string cut_name(std::string name)
{
    if (name.size() <= kNameBytesMax) return name;
    std::size_t end = 0;
    while (end < name.size()) {
        const auto length = utf8_length(name, end);
        if (length == 0 || end + length > kNameBytesMax) break;
        end += length;
    }
    name.resize(end);
    return name;
}

/// Why a row isn't the asked contact's; empty: it is.
std::string mismatch(const Person& person, const Contact& asked)
{
    switch (asked.kind) {
    case ContactKind::Email:
        if (!person.email) return "the row has no email that is an address";
        return *person.email == asked.text
                   ? std::string{}
                   : "the row's email isn't the one asked for: compare it exactly, in lower case";
    case ContactKind::Phone:
        if (!person.phone)
            return "the row has no phone that is a number with its country: +34600000001";
        return *person.phone == asked.text ? std::string{}
                                           : "the row's phone isn't the one asked for";
    case ContactKind::UserId:
        return person.user_id == asked.text ? std::string{}
                                            : "the row's user_id isn't the one asked for";
    }
    return {};
}

}  // namespace

Finding find_person(const Answer& answer, const Mapping& mapping, const Contact& asked)
{
    RecordReader reader{answer, mapping};
    // A query's columns are known without a row; those of a service aren't.
    const bool has_columns = !answer.names.empty();
    if (has_columns) {
        reader.require("user_id");
        reader.require(std::string{users::to_text(asked.kind)});
        for (const auto& [field, column] : mapping.fields) {
            if (!column.starts_with('/')) reader.require(field);
        }
        reader.require_claims();
        if (!reader.wrong.empty()) {
            return {answer.has_fixed_names ? Finding::Status::Unusable : Finding::Status::Refused,
                    {},
                    reader.wrong};
        }
    }
    if (answer.records.empty()) return {Finding::Status::Unknown, {}, {}};
    if (answer.records.size() > 1) {
        return refused("more than one row belongs to this contact: it is ambiguous who logs in");
    }

    Person person;
    person.user_id = reader.text("user_id").value_or("");
    if (const auto text = reader.text("email"); text && !text->empty()) {
        if (const auto email = contacts::EmailAddress::parse(*text)) person.email = email->text();
    }
    if (const auto text = reader.text("phone"); text && !text->empty()) {
        person.phone = users::parse_phone(*text);
    }
    if (auto text = reader.text("name"); text && !text->empty()) {
        person.name = cut_name(std::move(*text));
    }
    std::optional<bool> is_allowed = true;
    if (reader.has("allowed")) is_allowed = parse_yes(reader.text("allowed").value_or(""));
    person.claims = reader.claims();

    if (!reader.wrong.empty()) return refused(reader.wrong);
    if (!users::is_user_id(person.user_id)) {
        return refused("the row's user_id isn't 1-128 of A-Z a-z 0-9 . _ @ : + -");
    }
    if (!is_allowed) return refused("the row's allowed is neither true nor false");
    if (auto words = mismatch(person, asked); !words.empty()) return refused(std::move(words));
    return {
        *is_allowed ? Finding::Status::Known : Finding::Status::NotAllowed, std::move(person), {}};
}

}  // namespace accessd::sources
