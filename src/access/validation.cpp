#include "access/validation.h"

#include <cstdlib>
#include <initializer_list>

namespace accessd::access {
namespace {

template <class Value>
std::optional<Value> find_by_text(std::string_view text, std::initializer_list<Value> values)
{
    for (const auto value : values) {
        if (text == to_text(value)) return value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_text(ValidationStatus status)
{
    switch (status) {
    case ValidationStatus::Pending: return "pending";
    case ValidationStatus::Validated: return "validated";
    case ValidationStatus::Failed: return "failed";
    case ValidationStatus::Expired: return "expired";
    case ValidationStatus::Canceled: return "canceled";
    }
    std::abort();
}

std::optional<ValidationStatus> parse_validation_status(std::string_view text)
{
    using enum ValidationStatus;
    return find_by_text(text, {Pending, Validated, Failed, Expired, Canceled});
}

std::string_view to_text(LoginStatus status)
{
    switch (status) {
    case LoginStatus::Pending: return "pending";
    case LoginStatus::Complete: return "complete";
    case LoginStatus::Failed: return "failed";
    case LoginStatus::Expired: return "expired";
    }
    std::abort();
}

std::optional<LoginStatus> parse_login_status(std::string_view text)
{
    using enum LoginStatus;
    return find_by_text(text, {Pending, Complete, Failed, Expired});
}

}  // namespace accessd::access
