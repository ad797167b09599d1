#include "app/project_file.h"

#include "config/small_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <set>

namespace accessd::app {
namespace {

constexpr std::string_view kEnvironment = "env:";
constexpr std::string_view kFile = "file:";
constexpr std::size_t kSecretMax = 8 * 1024;
constexpr std::size_t kShownMax = 60;  // Of a value in a line about a difference.

/// What the API takes and never shows; tests/api/test_project_file.py compares this with its description.
constexpr std::array<std::string_view, 9> kSecretFields{
    "password",     "signing_secret", "auth_token",   "api_secret",         "signature_secret",
    "access_token", "app_secret",     "verify_token", "mailgun_signing_key"};

bool is_secret_field(std::string_view name)
{
    return std::find(kSecretFields.begin(), kSecretFields.end(), name) != kSecretFields.end();
}

std::string dotted(const std::string& path, const std::string& name)
{
    return path.empty() ? name : path + "." + name;
}

std::string shown_text(const OrderedJson& value)
{
    auto text = value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
    if (text.size() > kShownMax) text = "(" + std::to_string(text.size()) + " characters)";
    return text;
}

/// What the settings of a source say of its headers, in either form: their names.
std::set<std::string> header_names(const OrderedJson& headers)
{
    std::set<std::string> names;
    if (!headers.is_array()) return names;
    for (const auto& header : headers) {
        names.insert(header.is_string() ? header.get<std::string>() : header.value("name", ""));
    }
    return names;
}

bool is_set(const OrderedJson& shown, const std::string& name)
{
    return shown.is_object() && shown.value("has_" + name, false);
}

void compare(const OrderedJson& wanted, const OrderedJson& shown, const std::string& path,
             std::vector<std::string>& found)
{
    for (const auto& [name, value] : wanted.items()) {
        const auto at = dotted(path, name);
        const auto there = shown.is_object() && shown.contains(name) ? shown[name] : OrderedJson{};
        if (is_reference(value)) {
            if (!is_set(shown, name))
                found.push_back(at + ": not set -> " + value.get<std::string>());
        } else if (is_secret_field(name)) {
            if (is_set(shown, name)) found.push_back(at + ": set -> none");
        } else if (name == "headers" && value.is_array()) {
            if (header_names(value) != header_names(there)) found.push_back(at + ": other names");
        } else if (value.is_object() && there.is_object()) {
            compare(value, there, at, found);
        } else if (value != there) {
            found.push_back(at + ": " + shown_text(there) + " -> " + shown_text(value));
        }
    }
}

/// The settings of an item, with what stands for secrets.
OrderedJson settings_in_file(const OrderedJson& settings, const std::string& prefix)
{
    OrderedJson made = OrderedJson::object();
    for (const auto& [name, value] : settings.items()) {
        if (name.starts_with("has_")) {
            if (value == true) {
                const auto secret = name.substr(4);
                made[secret] = std::string{kEnvironment} + secret_prefix(prefix, secret);
            }
        } else if (name == "headers" && value.is_array()) {
            for (const auto& header : value) {
                const auto text = header.get<std::string>();
                made[name].push_back(
                    {{"name", text},
                     {"value", std::string{kEnvironment} + secret_prefix(prefix, text)}});
            }
        } else if (!value.is_null()) {
            made[name] = value;
        }
    }
    return made;
}

Result<std::string> read_secret(const std::string& reference)
{
    const auto refuse = [&](const std::string& why) {
        const auto sentence = reference + " " + why;
        return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
    };
    if (reference.starts_with(kEnvironment)) {
        const char* value = std::getenv(reference.substr(kEnvironment.size()).c_str());
        if (value == nullptr || *value == 0) return refuse("isn't set in the environment.");
        return std::string{value};
    }
    auto text = config::read_small_file(reference.substr(kFile.size()), kSecretMax);
    if (!text) return refuse(text.error().detail + ".");
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty()) return refuse("is empty.");
    return text;
}

}  // namespace

bool is_reference(const OrderedJson& value)
{
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return text.starts_with(kEnvironment) || text.starts_with(kFile);
}

bool has_reference(const OrderedJson& value)
{
    if (!value.is_structured()) return is_reference(value);
    return std::any_of(value.begin(), value.end(),
                       [](const OrderedJson& inner) { return has_reference(inner); });
}

OrderedJson as_in_file(const OrderedJson& item, const std::vector<std::string>& fields,
                       const std::string& prefix)
{
    OrderedJson made = OrderedJson::object();
    for (const auto& field : fields) {
        if (item.value("has_" + field, false)) {
            made[field] = std::string{kEnvironment} + secret_prefix(prefix, field);
        }
        if (!item.contains(field) || item[field].is_null()) continue;
        made[field] = field == "settings" ? settings_in_file(item[field], prefix) : item[field];
    }
    return made;
}

std::vector<std::string> differences(const OrderedJson& wanted, const OrderedJson& shown)
{
    std::vector<std::string> found;
    compare(wanted, shown, {}, found);
    return found;
}

Result<OrderedJson> with_secrets(const OrderedJson& value)
{
    if (is_reference(value)) {
        ACCESSD_TRY(const auto secret, read_secret(value.get<std::string>()));
        return OrderedJson(secret);
    }
    if (!value.is_structured()) return value;
    OrderedJson made = value.is_array() ? OrderedJson::array() : OrderedJson::object();
    for (const auto& [name, inner] : value.items()) {
        ACCESSD_TRY(auto replaced, with_secrets(inner));
        // Headers of an HTTP sender are one object, and one secret.
        if (name == "headers" && is_reference(inner)) {
            replaced = OrderedJson::parse(replaced.get<std::string>(), nullptr, false);
            if (!replaced.is_object()) {
                const auto sentence =
                    inner.get<std::string>() + " must hold a JSON object of names and values.";
                return Error{ErrorCode::InvalidRequest, sentence}.saying(sentence);
            }
        }
        if (value.is_array()) {
            made.push_back(std::move(replaced));
        } else {
            made[name] = std::move(replaced);
        }
    }
    return made;
}

std::string find_plain_secret(const OrderedJson& value, const std::string& path)
{
    if (!value.is_structured()) return {};
    for (const auto& [name, inner] : value.items()) {
        const auto at = dotted(path, name);
        const bool is_header = name == "value" && path.find("headers") != std::string::npos;
        const bool is_headers = name == "headers" && inner.is_object();
        if ((is_secret_field(name) || is_header) && !inner.is_null() && !is_reference(inner))
            return at;
        if (is_headers) return at;
        if (auto found = find_plain_secret(inner, at); !found.empty()) return found;
    }
    return {};
}

std::string secret_prefix(const std::string& project, const std::string& item)
{
    std::string name = project.starts_with("ACCESSD_") ? project : "ACCESSD_" + project;
    name += "_" + item;
    for (auto& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 128 && std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
    }
    return name;
}

std::string refusal_of_file(const OrderedJson& file)
{
    static const std::set<std::string> known{"accessd_project", "project",         "sources",
                                             "flows",           "senders",         "webhooks",
                                             "templates",       "test_recipients", "fraud_guard"};
    if (!file.is_object() || file.value("accessd_project", OrderedJson{}) != 1) {
        return "it isn't a project's set-up: \"accessd_project\" must be 1.";
    }
    for (const auto& [name, value] : file.items()) {
        if (!known.contains(name)) return "there is no section \"" + name + "\".";
        const bool is_object = name == "project" || name == "fraud_guard";
        if (name != "accessd_project" && (is_object ? !value.is_object() : !value.is_array())) {
            return "\"" + name + "\" must be " + (is_object ? "an object." : "a list.");
        }
        if (!value.is_array()) continue;
        if (!std::all_of(value.begin(), value.end(),
                         [](const OrderedJson& item) { return item.is_object(); })) {
            return "the items of \"" + name + "\" must be objects.";
        }
    }
    const auto project = file.value("project", OrderedJson::object());
    const auto slug = project.value("slug", OrderedJson{});
    if (!slug.is_string()) return "\"project.slug\" must say which project it is.";
    if (const auto plain = find_plain_secret(file); !plain.empty()) {
        return plain + " holds a secret itself: write \"env:NAME\" or \"file:/path\" instead.";
    }
    return {};
}

}  // namespace accessd::app
