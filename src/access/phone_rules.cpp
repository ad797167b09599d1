#include "access/phone_rules.h"

#include <algorithm>

namespace accessd::access {
namespace {

bool allows(const projects::Project& project, const std::string& country)
{
    const auto& allowed = project.allowed_countries;
    return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& item) {
        return item == "*" || (!country.empty() && item == country);
    });
}

bool takes_sms(contacts::LineType line)
{
    return line == contacts::LineType::Mobile || line == contacts::LineType::FixedOrMobile;
}

}  // namespace

Result<void> check_phone(const projects::Project& project, const contacts::PhoneNumber& phone,
                         contacts::Channel channel)
{
    if (project.is_test()) return {};
    const auto plan = phone.plan();
    if (!plan.is_valid) {
        return Error{ErrorCode::InvalidPhone}.saying(
            "No country's numbering plan has such a number. Compare the digits.");
    }
    if (!allows(project, plan.country)) {
        return Error{ErrorCode::CountryNotAllowed}.with("country", plan.country);
    }
    if (channel == contacts::Channel::Sms && !takes_sms(plan.line)) {
        return ErrorCode::LineNotSupported;
    }
    return {};
}

}  // namespace accessd::access
