#pragma once

#include "base/result.h"
#include "delivery/message_store.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

namespace accessd::delivery {

/// Messages and what became of them, for those who help people: api.md, section 12.
class MessageHandlers {
public:
    MessageHandlers(MessageStore& messages, projects::Projects& projects);

    Result<http::Response> list(const http::Request& request);
    Result<http::Response> get(const http::Request& request);

private:
    MessageStore& messages_;
    projects::Projects& projects_;
};

}  // namespace accessd::delivery
