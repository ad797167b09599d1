#pragma once

#include "base/clock.h"
#include "contacts/channel.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::projects {

/// A test project delivers to its inbox; a live one to people. Test becomes live once, never back.
enum class Mode { Test, Live };

/// How the hosted login page and messages look. Empty: the default.
struct Branding {
    std::string logo_url;
    std::string primary_color;  ///< "#rrggbb".
    std::string background_color;
    std::string text_color;
    std::string image_url;
    bool operator==(const Branding&) const = default;
};

/// How many days things are kept. Source of the defaults: api.md, section 3.
struct Retention {
    int unused_faces = 365;
    int validations = 90;
    int messages = 90;
    int client_addresses = 90;
    int events = 30;
    int audit = 400;
    int inbox = 1;
    bool operator==(const Retention&) const = default;
};

/// A business's set-up: one name, one audience of tokens, one directory of people.
struct Project {
    std::string id;
    std::string name;
    std::string slug;
    std::vector<std::string> allowed_countries;  ///< ISO 3166-1 alpha-2, or "*".
    contacts::Language default_language = contacts::Language::English;
    Mode mode = Mode::Test;
    std::string contact_email;  ///< Canonical, or empty.
    std::string privacy_url;
    std::string terms_url;
    std::vector<std::string> allowed_origins;
    Branding branding;
    Retention retention;
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;

    bool is_test() const { return mode == Mode::Test; }
};

/// A way to prove who one is.
enum class Method { Email, Phone, Biometric };
/// Which method a code sent by this way belongs to.
inline constexpr Method method_of(contacts::Channel channel)
{
    return contacts::is_phone(channel) ? Method::Phone : Method::Email;
}
inline constexpr Method kMethods[] = {Method::Email, Method::Phone, Method::Biometric};

struct EmailMethod {
    bool enabled = false;
    int otp_length = 6;
    /// Source: NIST SP 800-63B, 5.1.3.2 sets ten minutes as the most.
    std::chrono::seconds otp_ttl{600};
    int max_attempts = 3;
    bool magic_link = false;
};

struct PhoneMethod {
    struct Fallback {
        std::chrono::seconds after{30};
        std::string to;  ///< "sms" or "whatsapp".
    };
    bool enabled = false;
    int otp_length = 6;
    std::chrono::seconds otp_ttl{300};
    int max_attempts = 3;
    std::vector<std::string> channels = {"sms", "whatsapp"};
    std::optional<Fallback> fallback;
    std::string origin_host;
    /// Who an SMS comes from, by country ("ES") or for all others ("*"), in place of the sender's own.
    std::map<std::string, std::string> sender_ids;
    /// The WhatsApp template by language ("es") or for all others ("*"), in place of the sender's own.
    std::map<std::string, std::string> whatsapp_templates;
};

/// What codes have in common, whichever way they go.
struct OtpSettings {
    bool enabled = false;
    int otp_length = 6;
    std::chrono::seconds otp_ttl{0};
    int max_attempts = 3;
};

enum class Assurance { Low, Passive, Active };

struct BiometricMethod {
    bool enabled = false;
    bool liveness_required = true;
    std::optional<Assurance>
        min_assurance;  ///< Nothing: low in test projects, active in live ones.
    bool accept_low_assurance = false;
    std::optional<double> match_fmr;  ///< Nothing: 1e-4, or 1e-3 beside another required method.
    std::chrono::seconds validation_ttl{240};
    int max_attempts = 5;
    bool require_consent = false;
    bool biometric_only = false;
    bool reject_duplicate_faces = false;
    /// A sure and live login's picture is compared with as well, from then on (biometrics/face_refresh.h).
    bool refresh_faces = false;
};

/// What a login needs: any one of the methods, or all of them.
struct Policy {
    enum class Kind { Any, All };
    Kind kind = Kind::Any;
    std::vector<Method> methods = {Method::Email};
    bool operator==(const Policy&) const = default;
};

enum class FlowStatus { Draft, Active, Paused };

/// An ordered way through a login. Only an active one runs.
struct Flow {
    std::string id;
    std::string project_id;
    std::string name;
    FlowStatus status = FlowStatus::Draft;
    std::vector<std::string> redirect_urls;  ///< Exact allow-list.
    std::string source_id;                   ///< Empty: none connected yet.
    Policy policy;
    bool reveal_unknown_users = false;
    bool add_missing_contacts = false;
    std::vector<std::string> allowed_email_domains;
    bool suggest_face_enrolment = false;
    EmailMethod email;
    PhoneMethod phone;
    BiometricMethod biometric;
    TimePoint created_at;
    TimePoint updated_at;
    std::int64_t version = 1;

    bool is_enabled(Method method) const;
    /// Of the method that the channel belongs to; off too where the flow doesn't use the channel.
    OtpSettings otp_settings(contacts::Channel channel) const;
};

std::string_view to_text(Mode mode);
std::optional<Mode> parse_mode(std::string_view text);
std::string_view to_text(Method method);
std::optional<Method> parse_method(std::string_view text);
std::string_view to_text(Assurance assurance);
std::optional<Assurance> parse_assurance(std::string_view text);
std::string_view to_text(FlowStatus status);
std::optional<FlowStatus> parse_flow_status(std::string_view text);
std::string_view to_text(Policy::Kind kind);

}  // namespace accessd::projects
