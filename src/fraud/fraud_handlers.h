#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "fraud/fraud_store.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

namespace accessd::fraud {

/// The guard of phone messages over the API: api.md, section 12.
class FraudHandlers {
public:
    FraudHandlers(FraudStore& store, projects::Projects& projects, Clock& clock);

    Result<http::Response> get_settings(const http::Request& request);
    Result<http::Response> put_settings(const http::Request& request);
    Result<http::Response> blocks(const http::Request& request);
    Result<http::Response> end_block(const http::Request& request);

private:
    FraudStore& store_;
    projects::Projects& projects_;
    Clock& clock_;
};

}  // namespace accessd::fraud
