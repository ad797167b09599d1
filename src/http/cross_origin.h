#pragma once

#include "base/result.h"
#include "http/origin_policy.h"
#include "http/request.h"
#include "http/response.h"

#include <string_view>

namespace accessd::http {

// Answers for pages of other origins (CORS, fetch.spec.whatwg.org): api.md, section 1. Never with
// credentials: a page sends its token itself.

/// Whether pages of other origins may have business there.
bool is_shared_path(std::string_view path);

/// Whether a browser asks if it may send another request. `refusal`: why this one has no route.
bool is_preflight(const Request& request, ErrorCode refusal);

/// What such a page may send, if any project lists its origin; whether its token lets it is decided
/// when it does. Errors: `refusal` for an origin that nobody lists.
Result<Response> answer_preflight(const Request& request, const Error& refusal,
                                  OriginPolicy& origins);

}  // namespace accessd::http
