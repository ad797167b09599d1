#pragma once

#include "access/validation_store.h"
#include "base/clock.h"
#include "base/result.h"
#include "delivery/outbox_store.h"
#include "delivery/receipt_store.h"
#include "events/event_store.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/project_lookup.h"

namespace accessd::access {

/// Validations and logins over the API, for those who must say what happened: api.md, sections 4, 7.
class ValidationHandlers {
public:
    ValidationHandlers(ValidationStore& validations, events::EventStore& events,
                       delivery::OutboxStore& outbox, delivery::ReceiptStore& receipts,
                       projects::ProjectLookup& projects, Clock& clock);

    Result<http::Response> get(const http::Request& request);
    Result<http::Response> list(const http::Request& request);
    Result<http::Response> cancel(const http::Request& request);
    Result<http::Response> get_login(const http::Request& request);
    Result<http::Response> list_logins(const http::Request& request);

private:
    Result<nlohmann::json> login_json(const Login& login, TimePoint now);

    ValidationStore& validations_;
    events::EventStore& events_;
    delivery::OutboxStore& outbox_;
    delivery::ReceiptStore& receipts_;
    projects::ProjectLookup& projects_;
    Clock& clock_;
};

}  // namespace accessd::access
