#pragma once

#include "access/validation.h"

namespace accessd::access {

/// What sending again does to a code that is still pending.
enum class Resend {
    SameCode,  ///< The same digits go out; the expiry stays.
    NewCode,   ///< New digits replace them; the expiry starts anew. Attempts stay spent.
};

/// The same code while no wrong try was made and more than two minutes are left: who asked twice
/// can use either message. Source: api.md, section 4.
Resend decide_resend(const Validation& pending, TimePoint now);

}  // namespace accessd::access
