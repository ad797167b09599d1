#pragma once

#include "base/result.h"
#include "delivery/samples.h"
#include "delivery/templates.h"
#include "events/audit.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

#include <memory>
#include <string>

namespace accessd::delivery {

/// A project's own words for its messages: api.md, section 12.
class TemplateHandlers {
public:
    TemplateHandlers(Templates& templates, Samples& samples, projects::Projects& projects);

    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);
    Result<http::Response> put(const http::Request& request);
    Result<http::Response> remove(const http::Request& request);
    Result<http::Response> preview(const http::Request& request);
    Result<http::Response> send_test(const http::Request& request);

private:
    /// What the request's path names.
    struct Place {
        std::shared_ptr<const projects::ProjectSetup> setup;
        contacts::Channel channel{};
        contacts::Language language{};
    };
    /// Errors: ProjectNotFound, NotFound (no such channel or language), StoreUnavailable.
    Result<Place> place_of(const http::Request& request) const;
    static events::AuditEntry audit_of(const http::Request& request, std::string action,
                                       const Place& place);

    Templates& templates_;
    Samples& samples_;
    projects::Projects& projects_;
};

}  // namespace accessd::delivery
