#pragma once

#include "base/result.h"
#include "users/user.h"

#include <optional>
#include <string>
#include <string_view>

namespace accessd::users {

/// A person as an external source knows them, checked: who they are and that they may log in.
struct Person {
    std::string user_id;               ///< The customer's own; is_user_id().
    std::optional<std::string> email;  ///< Canonical.
    std::optional<std::string> phone;  ///< E.164.
    std::optional<std::string> name;
    std::string claims = "{}";  ///< JSON object for login tokens.
    bool operator==(const Person&) const = default;
};

/// By what a person is looked up.
enum class ContactKind { Email, Phone, UserId };

std::string_view to_text(ContactKind kind);  ///< "email": the name of the parameter, too.

struct Contact {
    ContactKind kind = ContactKind::Email;
    std::string text;  ///< Canonical: email_address.h, E.164, or an id.
    bool operator==(const Contact&) const = default;
};

/// Asks external sources who a contact belongs to.
/// Threads: safe to call concurrently; calls wait for the source, for its time-out at most.
class PersonLookup {
public:
    enum class Freshness {
        MayBeCached,  ///< Who gets a code: as the source said within its cache_seconds.
        Now,          ///< Who logs in, and with which claims.
    };
    virtual ~PersonLookup() = default;
    /// Nothing for somebody whom the source doesn't know, or doesn't allow.
    /// Errors: SourceUnavailable (down, too slow, too busy, or its answer can't be used).
    virtual Result<std::optional<Person>> find(const Source& source, const Contact& contact,
                                               Freshness freshness) = 0;
};

}  // namespace accessd::users
