#include "sources/trial_handlers.h"

#include "contacts/email_address.h"
#include "http/render.h"
#include "users/contact_text.h"
#include "users/directory.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace accessd::sources {
namespace {

using nlohmann::json;
using users::Contact;
using users::ContactKind;

constexpr std::size_t kShownMax = 200;

/// What columns are called that nobody should see on a screen.
constexpr std::array<std::string_view, 18> kSecretWords{
    "pass", "pwd",  "hash", "salt", "secret", "token", "key", "otp",  "pin",
    "ssn",  "iban", "card", "cvv",  "cvc",    "auth",  "mfa", "cred", "seed"};

bool looks_secret(std::string_view name)
{
    std::string lower{name};
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return std::any_of(kSecretWords.begin(), kSecretWords.end(), [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
}

/// As text that JSON can hold, with an end.
json shown_value(const Field& field)
{
    if (field.is_null) return nullptr;
    if (looks_secret(field.name)) return "***";
    const auto value = json::parse(field.json, nullptr, false);
    const bool is_plain = value.is_number() || value.is_boolean();
    return is_plain ? value : json(told_by(field.text.substr(0, kShownMax)));
}

json shown_record(const Record& record)
{
    auto shown = json::object();
    for (const auto& field : record) shown[told_by(field.name)] = shown_value(field);
    return shown;
}

std::string_view to_text(Finding::Status status)
{
    switch (status) {
    case Finding::Status::Known: return "known";
    case Finding::Status::Unknown: return "unknown";
    case Finding::Status::NotAllowed: return "not_allowed";
    case Finding::Status::Refused:
    case Finding::Status::Unusable: return "refused";
    }
    std::abort();
}

json shown_person(const users::Person& person)
{
    return {{"user_id", person.user_id},
            {"email", http::or_null(person.email)},
            {"phone", http::or_null(person.phone)},
            {"name", http::or_null(person.name)},
            {"claims", json::parse(person.claims)}};
}

std::optional<std::string> canonical(http::Fields& body, ContactKind kind, std::string text)
{
    const auto name = users::to_text(kind);
    switch (kind) {
    case ContactKind::Email: {
        const auto email = contacts::EmailAddress::parse(text);
        if (email) return email->text();
        body.refuse(name, "isn't an email address: " + email.error().message);
        return std::nullopt;
    }
    case ContactKind::Phone: {
        auto phone = users::parse_phone(text);
        if (!phone) body.refuse(name, "must be a number with its country: +34600000001");
        return phone;
    }
    case ContactKind::UserId:
        if (users::is_user_id(text)) return text;
        body.refuse(name, "must be 1-128 of A-Z a-z 0-9 . _ @ : + -");
        return std::nullopt;
    }
    std::abort();
}

}  // namespace

std::optional<Contact> read_contact(http::Fields& body)
{
    std::optional<Contact> contact;
    int given = 0;
    for (const auto kind : {ContactKind::Email, ContactKind::Phone, ContactKind::UserId}) {
        auto text = body.string(users::to_text(kind), {.min = 1, .max = 1000});
        if (!text) continue;
        ++given;
        if (auto known = canonical(body, kind, *std::move(text))) {
            contact = Contact{kind, *std::move(known)};
        }
    }
    if (given != 1) body.refuse("email", "or phone or user_id: give one of them");
    return contact;
}

json to_json(const Trial& trial)
{
    const auto& finding = trial.finding;
    const auto status = finding.status;
    const bool has_person =
        status == Finding::Status::Known || status == Finding::Status::NotAllowed;
    auto rows = json::array();
    for (const auto& record : trial.answer.records) rows.push_back(shown_record(record));
    auto columns = json::array();
    for (const auto& name : trial.answer.names) columns.push_back(told_by(name));
    return {{"status", to_text(status)},
            {"problem", http::or_null(finding.words)},
            {"has_answered", trial.has_answered},
            {"user", has_person ? shown_person(finding.person) : json(nullptr)},
            {"columns", std::move(columns)},
            {"rows", std::move(rows)},
            {"took_ms", trial.took.count()}};
}

json health_json(const users::Source& source, const SourceHealth::State& state)
{
    if (!users::is_external(source.kind)) return nullptr;
    return {{"status", state.is_down ? "down" : "ok"},
            {"last_error", http::or_null(state.last_words)},
            {"last_error_at", http::or_null(state.last_failed_at)}};
}

}  // namespace accessd::sources
