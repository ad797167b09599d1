#pragma once

#include "events/event.h"
#include "store/sql/sql_connection.h"
#include "users/person.h"
#include "users/user.h"

#include <string>
#include <vector>

namespace accessd::store {

struct PersonPlace {
    std::string project_id;
    TimePoint now;
    bool test = false;
};

/// Makes the directory's copy of a person whom an external source named, or brings it up to date, and adds the
/// events of that. The source decides who has a contact: another user who had it loses it. Throws SqlFailure.
users::User take_person(Connection& connection, const PersonPlace& place,
                        const users::Person& person, std::vector<events::Event>& written);

}  // namespace accessd::store
