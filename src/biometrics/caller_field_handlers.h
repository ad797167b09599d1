#pragma once

#include "biometrics/enrolment.h"
#include "biometrics/face_request.h"
#include "http/fields.h"
#include "http/request.h"
#include "http/response.h"
#include "limits/window.h"

#include <optional>
#include <string>

namespace accessd::biometrics {

/// Where and by whom a body is said to begin something, read from its fields; a browser's token says most of it.
FaceRequest read_where(const http::Request& request, http::Fields& body);
/// What a browser's token says, a body may repeat and not change; to be called when the body is sound.
/// Errors: InsufficientScope.
Result<void> check_own_login(const http::Request& request, const FaceRequest& where);

/// `client.ip`, or of persons who are connected themselves, where they are; refuses it from those.
std::string read_client_ip(const http::Request& request, http::Fields& body);

/// A user's id; refuses what can't be one.
std::optional<std::string> read_user_id(http::Fields& body, bool required);

/// `consent`: {"text_version": "2026-03", "accepted_at": "2026-03-01T09:30:00Z", "ip": "203.0.113.9"}
std::optional<GivenConsent> read_consent(http::Fields& body, TimePoint now);

/// Says how the limit stands, but not to browsers: it would tell whether somebody is known.
http::Response with_limit(http::Response response, const http::Request& request,
                          const limits::Decision& limit);

}  // namespace accessd::biometrics
