#pragma once

#include "base/trace.h"

#include <optional>

namespace accessd::trace {

/// While it lives, this thread works for a span that another may end meanwhile: what goes on after a request's thread has
/// left it (Span::leave_thread).
class Scope {
public:
    explicit Scope(std::optional<Context> context);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    std::optional<Context> context_;
    const Context* before_;
};

}  // namespace accessd::trace
