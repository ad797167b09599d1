#pragma once

#include "base/clock.h"
#include "contacts/channel.h"
#include "projects/project.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::access {

enum class ValidationStatus { Pending, Validated, Failed, Expired, Canceled };

std::string_view to_text(ValidationStatus status);
std::optional<ValidationStatus> parse_validation_status(std::string_view text);

/// One proof in the making: a code sent to a contact, to be given back.
struct Validation {
    std::string id;
    std::string project_id;
    std::string flow_id;
    std::string login_id;
    contacts::Channel channel{};
    std::string recipient;  ///< Canonical.
    std::string user_id;    ///< Empty until known.
    ValidationStatus status = ValidationStatus::Pending;
    bool decoy = false;  ///< Nobody is behind the contact: no message, no code that fits.
    int otp_length = 6;
    int max_attempts = 3;
    int attempts_remaining = 3;
    contacts::Language language{};
    std::string redirect_url;
    std::string client_ip;  ///< Of the person, as the business's server says.
    std::string user_agent;
    std::string metadata;  ///< The caller's JSON object, handed back in events; empty: none.
    TimePoint created_at;
    TimePoint expires_at;
    std::optional<TimePoint> ended_at;

    /// A pending validation past its time is expired, whether or not the row says so yet.
    ValidationStatus status_at(TimePoint now) const
    {
        return status == ValidationStatus::Pending && expires_at <= now ? ValidationStatus::Expired
                                                                        : status;
    }
};

enum class LoginStatus { Pending, Complete, Failed, Expired };

std::string_view to_text(LoginStatus status);
std::optional<LoginStatus> parse_login_status(std::string_view text);

/// Of logins that browsers open by themselves. No key is called that.
inline constexpr std::string_view kOpenedByBrowser = "browser";

/// The validations that a flow asks for, all of one person.
struct Login {
    std::string id;
    std::string project_id;
    std::string flow_id;
    std::string opened_by;   ///< Key whose token opened it, or kOpenedByBrowser.
    std::string opened_for;  ///< Contact it was opened with; empty for a browser's.
    std::string user_id;     ///< Empty until the first validation fixes it.
    LoginStatus status = LoginStatus::Pending;
    std::vector<projects::Method> methods_done;
    TimePoint created_at;
    TimePoint expires_at;
    std::optional<TimePoint> completed_at;
    std::string redirect_url;    ///< Of a browser's login: where it goes when it is complete.
    std::string state;           ///< As the browser gave it, to be handed back; empty: none.
    std::string code_challenge;  ///< RFC 7636, S256; empty: none.

    LoginStatus status_at(TimePoint now) const
    {
        return status == LoginStatus::Pending && expires_at <= now ? LoginStatus::Expired : status;
    }
};

}  // namespace accessd::access
