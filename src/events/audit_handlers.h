#pragma once

#include "base/result.h"
#include "events/audit.h"
#include "events/audit_store.h"
#include "http/request.h"
#include "http/response.h"

#include <string>

namespace accessd::events {

/// The entry of the change that a request asks for: its caller, its address, and the names of the fields in
/// its body, which must have passed its route's checks. The action names the kind of the target:
/// "project.changed". The domain adds what the target is, and who acts where nobody is signed in yet.
AuditEntry audit_of(const http::Request& request, std::string action);

/// What was changed by whom, over the API: api.md, section 12.
class AuditHandlers {
public:
    explicit AuditHandlers(AuditStore& store);

    Result<http::Response> list(const http::Request& request);

private:
    AuditStore& store_;
};

}  // namespace accessd::events
