#include "users/import_file.h"

#include "base/encoding.h"
#include "contacts/email_address.h"
#include "users/contact_text.h"
#include "users/directory.h"
#include "users/user_csv.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace accessd::users {
namespace {

constexpr std::size_t kNameCharactersMax = 200;
constexpr std::size_t kClaimsBytesMax = 4096;  // As for users made one by one.

/// Nothing for text that isn't UTF-8 or holds control characters.
std::optional<std::size_t> count_characters(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const auto length = utf8_length(text, at);
        const auto c = static_cast<unsigned char>(text[at]);
        if (length == 0 || c < 0x20 || c == 0x7F) return std::nullopt;
        at += length;
    }
    return count;
}

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

bool is_claim_name(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

std::string without_apostrophe(std::string_view text)
{
    if (text.starts_with('\'') && looks_like_formula(text.substr(1))) text.remove_prefix(1);
    return std::string{text};
}

}  // namespace

ImportFile::ImportFile(CsvReader::Read read, Clock& clock, Random& random)
    : reader_(std::move(read)), clock_(clock), random_(random)
{
}

std::string ImportFile::open()
{
    CsvRecord record;
    if (!reader_.next(record)) return "The file is empty.";
    if (!record.problem.empty()) return "The header " + record.problem + ".";
    for (const auto& field : record.fields) {
        if (auto problem = add_column(std::string{trimmed(field)}); !problem.empty()) {
            return problem;
        }
    }
    const bool names_people = std::any_of(header_.begin(), header_.end(), [](const Column& column) {
        return column.meaning == Meaning::Email || column.meaning == Meaning::Phone ||
               column.meaning == Meaning::UserId;
    });
    if (!names_people) {
        return "The first line must name the columns: name,email,country_code,phone, perhaps "
               "user_id, and claims. It has neither email, phone nor user_id.";
    }
    return {};
}

std::string ImportFile::add_column(std::string name)
{
    constexpr std::array<std::pair<std::string_view, Meaning>, 5> known{
        {{"name", Meaning::Name},
         {"email", Meaning::Email},
         {"country_code", Meaning::CountryCode},
         {"phone", Meaning::Phone},
         {"user_id", Meaning::UserId}}};
    auto lower = name;
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    Column column{Meaning::Claim, std::move(name)};
    for (const auto& [word, meaning] : known) {
        if (lower == word) column = {meaning, lower};
    }
    const bool is_claim = column.meaning == Meaning::Claim;
    if (is_claim && (!is_claim_name(column.name) || is_registered_claim(column.name))) {
        return "Column " + std::to_string(header_.size() + 1) +
               " can't be a claim: its name must be 1-64 of A-Z a-z 0-9 _ - and not one of a "
               "token's own, such as sub or exp.";
    }
    if (std::any_of(header_.begin(), header_.end(),
                    [&](const Column& other) { return other.name == column.name; })) {
        return "Column " + std::to_string(header_.size() + 1) + " repeats an earlier one's name.";
    }
    columns_.email = columns_.email || column.meaning == Meaning::Email;
    columns_.phone = columns_.phone || column.meaning == Meaning::Phone;
    columns_.name = columns_.name || column.meaning == Meaning::Name;
    columns_.claims = columns_.claims || is_claim;
    header_.push_back(std::move(column));
    return {};
}

bool ImportFile::next(std::vector<ImportRow>& rows, std::vector<RefusedRow>& refused)
{
    CsvRecord record;
    if (!reader_.next(record)) return false;
    ImportRow row;
    row.line = record.line;
    auto problem = record.problem;
    if (problem.empty() && record.fields.size() != header_.size()) {
        problem = "has " + std::to_string(record.fields.size()) + " fields, and the header " +
                  std::to_string(header_.size());
    }
    if (problem.empty()) problem = read_row(record, row);
    if (!problem.empty()) {
        refused.push_back({record.line, std::move(problem)});
        return true;
    }
    row.new_id = make_user_id(clock_.now(), random_);
    rows.push_back(std::move(row));
    return true;
}

/// What is wrong with it; empty: nothing.
std::string ImportFile::read_row(const CsvRecord& record, ImportRow& row) const
{
    std::string country_code;
    std::string phone;
    auto claims = nlohmann::json::object();
    for (std::size_t i = 0; i < header_.size(); ++i) {
        const auto text = trimmed(record.fields[i]);
        const auto length = count_characters(text);
        if (!length) {
            return "has a " + header_[i].name + " that isn't UTF-8 or holds control characters";
        }
        if (text.empty()) continue;
        switch (header_[i].meaning) {
        case Meaning::Name:
            if (*length > kNameCharactersMax) return "has a name of more than 200 characters";
            row.name = without_apostrophe(text);
            break;
        case Meaning::Email: {
            const auto email = contacts::EmailAddress::parse(text);
            if (!email) return "has an email that isn't an address: " + email.error().message;
            row.email = email->text();
            break;
        }
        case Meaning::CountryCode: country_code = text; break;
        case Meaning::Phone: phone = text; break;
        case Meaning::UserId:
            if (!is_user_id(text))
                return "has a user_id that isn't 1-128 of A-Z a-z 0-9 . _ @ : + -";
            row.user_id = text;
            break;
        case Meaning::Claim: claims[header_[i].name] = without_apostrophe(text); break;
        }
    }
    if (!phone.empty()) {
        row.phone = join_phone(country_code, phone);
        if (!row.phone) {
            return "has a phone that isn't a number: write it as it is dialled from abroad, with "
                   "its country code and without a leading 0";
        }
    }
    if (row.user_id.empty() && !row.email && !row.phone) {
        return "has neither email, phone nor user_id";
    }
    row.claims = claims.dump();
    if (row.claims.size() > kClaimsBytesMax) return "has claims of more than 4 KiB together";
    return {};
}

}  // namespace accessd::users
