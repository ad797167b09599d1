#pragma once

#include "sources/source_client.h"
#include "users/person.h"

#include <optional>
#include <string>

namespace accessd::sources {

/// What an answer says of a contact.
struct Finding {
    enum class Status {
        Known,
        Unknown,
        NotAllowed,  ///< Known, and `allowed` says no.
        Refused,   ///< This answer can't be used: `words` say why, for whoever manages the source.
        Unusable,  ///< No answer of the source can: it lacks a column, whoever is asked for.
    };
    Status status = Status::Unknown;
    users::Person person{};  ///< Of Known and NotAllowed.
    std::string words{};
};

/// Decides who an answer names. docs/sources.md says the rules to those who write queries.
///
/// Two rows are ambiguous, and refused. So is a row whose own contact isn't the one that was asked for: databases
/// compare more loosely than we do, and a code must go to nobody but the owner of the address.
Finding find_person(const Answer& answer, const Mapping& mapping, const users::Contact& asked);

/// Claims travel in every login token.
inline constexpr std::size_t kClaimsBytesMax = 4096;

}  // namespace accessd::sources
