#include "users/user_csv.h"

#include <nlohmann/json.hpp>

#include <set>
#include <string_view>

namespace accessd::users {
namespace {

void append_field(std::string& csv, std::string_view text)
{
    if (text.find_first_of("\",\r\n") == std::string_view::npos) {
        csv += text;
        return;
    }
    csv += '"';
    for (const char c : text) {
        if (c == '"') csv += '"';
        csv += c;
    }
    csv += '"';
}

/// What a person may have chosen themselves.
void append_free_field(std::string& csv, const std::string& text)
{
    append_field(csv, looks_like_formula(text) ? "'" + text : text);
}

std::string claim_text(const nlohmann::json& claims, const std::string& name)
{
    const auto found = claims.find(name);
    if (found == claims.end() || found->is_null()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace

bool looks_like_formula(std::string_view text)
{
    return !text.empty() && std::string_view{"=+-@\t\r"}.find(text[0]) != std::string_view::npos;
}

std::string to_csv(const std::vector<User>& users)
{
    std::vector<nlohmann::json> claims;
    claims.reserve(users.size());
    std::set<std::string> names;
    for (const auto& user : users) {
        claims.push_back(nlohmann::json::parse(user.claims, nullptr, false));
        if (!claims.back().is_object()) claims.back() = nlohmann::json::object();
        for (const auto& item : claims.back().items()) names.insert(item.key());
    }
    std::string csv = "name,email,country_code,phone,user_id";
    for (const auto& name : names) {
        csv += ',';
        append_free_field(csv, name);
    }
    csv += "\r\n";
    for (std::size_t i = 0; i < users.size(); ++i) {
        const auto& user = users[i];
        append_free_field(csv, user.name.value_or(""));
        csv += ',';
        append_field(csv, user.email.value_or(""));
        csv += ",,";  // The phone brings its country along.
        append_field(csv, user.phone.value_or(""));
        csv += ',';
        append_field(csv, user.user_id);
        for (const auto& name : names) {
            csv += ',';
            append_free_field(csv, claim_text(claims[i], name));
        }
        csv += "\r\n";
    }
    return csv;
}

}  // namespace accessd::users
