#pragma once

#include "base/result.h"
#include "crypto/keyring.h"
#include "delivery/message_store.h"
#include "delivery/outbox_store.h"
#include "delivery/template_cache.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

#include <memory>
#include <string>

namespace accessd::delivery {

/// What test projects have instead of people: api.md, section 11.
class InboxHandlers {
public:
    InboxHandlers(OutboxStore& outbox, MessageStore& messages, projects::Projects& projects,
                  TemplateLookup& templates, const crypto::Keyring& keyring,
                  std::string public_url);

    Result<http::Response> inbox(const http::Request& request);
    Result<http::Response> get_test_recipients(const http::Request& request);
    Result<http::Response> put_test_recipients(const http::Request& request);

private:
    /// The test project of the request's path. `missing` is the sentence for a live one's NotFound.
    Result<std::shared_ptr<const projects::ProjectSetup>> test_project(const http::Request& request,
                                                                       const char* missing) const;

    OutboxStore& outbox_;
    MessageStore& messages_;
    projects::Projects& projects_;
    TemplateLookup& templates_;
    const crypto::Keyring& keyring_;
    const std::string public_url_;
};

}  // namespace accessd::delivery
