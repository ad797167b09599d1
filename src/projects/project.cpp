#include "projects/project.h"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

namespace accessd::projects {
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

OtpSettings Flow::otp_settings(contacts::Channel channel) const
{
    if (!contacts::is_phone(channel)) {
        return {email.enabled, email.otp_length, email.otp_ttl, email.max_attempts};
    }
    const auto& channels = phone.channels;
    const bool uses_channel =
        std::find(channels.begin(), channels.end(), contacts::to_text(channel)) != channels.end();
    return {phone.enabled && uses_channel, phone.otp_length, phone.otp_ttl, phone.max_attempts};
}

bool Flow::is_enabled(Method method) const
{
    switch (method) {
    case Method::Email: return email.enabled;
    case Method::Phone: return phone.enabled;
    case Method::Biometric: return biometric.enabled;
    }
    std::abort();
}

std::string_view to_text(Mode mode) { return mode == Mode::Test ? "test" : "live"; }

std::optional<Mode> parse_mode(std::string_view text)
{
    return find_by_text(text, {Mode::Test, Mode::Live});
}

std::string_view to_text(Method method)
{
    switch (method) {
    case Method::Email: return "email";
    case Method::Phone: return "phone";
    case Method::Biometric: return "biometric";
    }
    std::abort();
}

std::optional<Method> parse_method(std::string_view text)
{
    return find_by_text(text, {Method::Email, Method::Phone, Method::Biometric});
}

std::string_view to_text(Assurance assurance)
{
    switch (assurance) {
    case Assurance::Low: return "low";
    case Assurance::Passive: return "passive";
    case Assurance::Active: return "active";
    }
    std::abort();
}

std::optional<Assurance> parse_assurance(std::string_view text)
{
    return find_by_text(text, {Assurance::Low, Assurance::Passive, Assurance::Active});
}

std::string_view to_text(FlowStatus status)
{
    switch (status) {
    case FlowStatus::Draft: return "draft";
    case FlowStatus::Active: return "active";
    case FlowStatus::Paused: return "paused";
    }
    std::abort();
}

std::optional<FlowStatus> parse_flow_status(std::string_view text)
{
    return find_by_text(text, {FlowStatus::Draft, FlowStatus::Active, FlowStatus::Paused});
}

std::string_view to_text(Policy::Kind kind) { return kind == Policy::Kind::Any ? "any" : "all"; }

}  // namespace accessd::projects
