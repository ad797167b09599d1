#include "http/fields.h"

#include "base/json.h"
#include "http/field_rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace accessd::http {
namespace {

using Value = nlohmann::json;  // "json" is a getter of Fields.

constexpr auto kRequired = "is required";

std::string number_text(double value)
{
    // The shortest form that reads back as the same number.
    return Value(value).dump();
}

}  // namespace

struct Fields::State {
    State(const Value& read, std::string prefix) : object(&read), path(std::move(prefix)) {}
    explicit State(Value body) : owned(std::move(body)), object(&owned) {}

    std::string full_name(std::string_view name) const
    {
        return path.empty() ? std::string{name} : path + '.' + std::string{name};
    }
    void refuse(std::string_view name, std::string issue)
    {
        issues.push_back({full_name(name), std::move(issue)});
    }
    /// The field's value, if it is there; makes it known.
    const Value* find(std::string_view name)
    {
        const auto found = object->find(name);
        if (found == object->end()) return nullptr;
        if (std::find(known.begin(), known.end(), &*found) == known.end()) {
            known.push_back(&*found);
        }
        return &*found;
    }
    /// Also says so where it must be there and isn't.
    const Value* find(std::string_view name, bool is_required)
    {
        const auto* value = find(name);
        if (value == nullptr && is_required) refuse(name, kRequired);
        return value;
    }
    std::vector<FieldIssue> all_issues() const
    {
        auto all = issues;
        if (!object->is_object()) return all;
        for (const auto& [name, value] : object->items()) {
            if (std::find(known.begin(), known.end(), &value) == known.end()) {
                all.push_back({full_name(name), "isn't a known field"});
            }
        }
        return all;
    }

    Value owned;
    const Value* object;
    std::string path;
    std::vector<const Value*> known;  ///< Values that were asked for.
    std::vector<FieldIssue> issues;
};

Fields::Fields(const nlohmann::json& object, std::string path)
    : state_(std::make_unique<State>(object, std::move(path)))
{
}
Fields::Fields(std::unique_ptr<State> state) : state_(std::move(state)) {}
Fields::Fields(Fields&&) noexcept = default;
Fields& Fields::operator=(Fields&&) noexcept = default;
Fields::~Fields() = default;

Result<Fields> Fields::parse(const Request& request, bool may_be_empty)
{
    if (request.body.empty() && may_be_empty) {
        return Fields{std::make_unique<State>(Value::object())};
    }
    ACCESSD_TRY(auto body, parse_json(request.body));
    if (!body.is_object()) {
        return Error::invalid("", "must be a JSON object")
            .saying("The body must be a JSON object.");
    }
    return Fields{std::make_unique<State>(std::move(body))};
}

bool Fields::has(std::string_view name) { return state_->find(name) != nullptr; }

bool Fields::is_null(std::string_view name)
{
    const auto* value = state_->find(name);
    return value != nullptr && value->is_null();
}

std::optional<std::string> Fields::string(std::string_view name, const StringRule& rule)
{
    const auto* value = state_->find(name, rule.required);
    if (value == nullptr || (rule.nullable && value->is_null())) return std::nullopt;
    if (!value->is_string()) {
        refuse(name, "must be a string");
        return std::nullopt;
    }
    const auto& text = value->get_ref<const std::string&>();
    const auto lines = rule.multiline ? Lines::Several : Lines::One;
    if (auto issue = find_text_issue(text, rule.min, rule.max, lines)) {
        refuse(name, std::move(*issue));
        return std::nullopt;
    }
    return text;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, const IntegerRule& rule)
{
    const auto* value = state_->find(name, rule.required);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number_integer()) {
        refuse(name, "must be an integer");
        return std::nullopt;
    }
    const bool is_too_large =
        value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    const auto number = is_too_large ? INT64_MAX : value->get<std::int64_t>();
    if (is_too_large || number < rule.min || number > rule.max) {
        refuse(name, range_issue(rule.min, rule.max));
        return std::nullopt;
    }
    return number;
}

std::optional<double> Fields::number(std::string_view name, bool required, double min, double max)
{
    const auto* value = state_->find(name, required);
    if (value == nullptr) return std::nullopt;
    const auto number = value->is_number() ? value->get<double>() : std::nan("");
    if (number >= min && number <= max) return number;
    refuse(name, "must be a number from " + number_text(min) + " to " + number_text(max));
    return std::nullopt;
}

std::optional<bool> Fields::boolean(std::string_view name, bool required)
{
    const auto* value = state_->find(name, required);
    if (value == nullptr) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    refuse(name, "must be true or false");
    return std::nullopt;
}

std::optional<std::string> Fields::choice(std::string_view name, bool required,
                                          std::initializer_list<std::string_view> allowed)
{
    const auto* value = state_->find(name, required);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->get_ptr<const std::string*>();
    if (text != nullptr && std::find(allowed.begin(), allowed.end(), *text) != allowed.end()) {
        return *text;
    }
    refuse(name, choice_issue(allowed));
    return std::nullopt;
}

std::optional<std::vector<std::string>> Fields::strings(std::string_view name, bool required,
                                                        std::size_t count_max,
                                                        std::size_t length_max)
{
    const auto* list = state_->find(name, required);
    if (list == nullptr) return std::nullopt;
    if (!list->is_array() || list->size() > count_max) {
        refuse(name, "must be a list of at most " + std::to_string(count_max) + " strings");
        return std::nullopt;
    }
    const auto issues_before = state_->issues.size();
    std::vector<std::string> items;
    std::set<std::string_view> seen;
    for (const auto& item : *list) {
        const auto place = '[' + std::to_string(items.size()) + "] ";
        const auto& text = items.emplace_back(item.is_string() ? item.get<std::string>() : "");
        if (!item.is_string()) {
            refuse(name, place + "must be a string");
        } else if (const auto issue = find_text_issue(text, 1, length_max, Lines::One)) {
            refuse(name, place + *issue);
        } else if (!seen.insert(item.get_ref<const std::string&>()).second) {
            refuse(name, place + "is in the list already");
        }
    }
    if (state_->issues.size() > issues_before) return std::nullopt;
    return items;
}

std::optional<Fields> Fields::object(std::string_view name, bool required)
{
    const auto* value = state_->find(name, required);
    if (value == nullptr) return std::nullopt;
    if (value->is_object()) return Fields{*value, state_->full_name(name)};
    refuse(name, "must be an object");
    return std::nullopt;
}

std::optional<std::vector<Fields>> Fields::objects(std::string_view name, bool required,
                                                   std::size_t count_max)
{
    const auto* list = state_->find(name, required);
    if (list == nullptr) return std::nullopt;
    if (!list->is_array() || list->size() > count_max) {
        refuse(name, "must be a list of at most " + std::to_string(count_max) + " objects");
        return std::nullopt;
    }
    std::vector<Fields> items;
    items.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto item_name = std::string{name} + '[' + std::to_string(i) + ']';
        if ((*list)[i].is_object()) {
            items.push_back(Fields{(*list)[i], state_->full_name(item_name)});
        } else {
            refuse(item_name, "must be an object");
        }
    }
    return items;
}

std::optional<nlohmann::json> Fields::json(std::string_view name, bool required,
                                           std::size_t bytes_max, bool object_only)
{
    const auto* value = state_->find(name, required);
    if (value == nullptr) return std::nullopt;
    const bool is_kind = !object_only || value->is_object();
    if (is_kind && value->dump().size() <= bytes_max) return *value;
    refuse(name, std::string{object_only ? "must be an object" : "must be JSON"} + " of at most " +
                     std::to_string(bytes_max) + " bytes");
    return std::nullopt;
}

void Fields::refuse(std::string_view name, std::string issue)
{
    state_->refuse(name, std::move(issue));
}

void Fields::absorb(const Fields& nested)
{
    for (auto& issue : nested.state_->all_issues()) state_->issues.push_back(std::move(issue));
}

Result<void> Fields::check() const { return judge(state_->all_issues()); }

}  // namespace accessd::http
