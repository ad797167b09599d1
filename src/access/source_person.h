#pragma once

#include "access/validation_store.h"
#include "base/result.h"
#include "projects/project_store.h"
#include "users/person.h"

#include <optional>

namespace accessd::access {

/// Whom an external source names for a contact, as it said a short while ago at most: who gets a code.
/// Errors: SourceUnavailable.
Result<std::optional<users::Person>> find_outside(users::PersonLookup* people,
                                                  const users::Source& source,
                                                  const users::Contact& contact);

/// Where the flow's source is external, asks it now who the validation's contact is: that person alone logs in,
/// with the claims that they have by now. Asked whether or not the code will be right, because the time of an
/// answer must not tell; not asked for a validation that has ended.
/// Errors: SourceUnavailable.
Result<void> ask_source(UseCode& use, const Validation& validation,
                        const projects::ProjectSetup& setup, const projects::Flow& flow,
                        users::PersonLookup* people);

}  // namespace accessd::access
