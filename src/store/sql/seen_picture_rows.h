#pragma once

#include "biometrics/face_record.h"
#include "store/sql/sql_connection.h"

#include <string>
#include <vector>

namespace accessd::store {

// Both run inside the caller's transaction, and throw SqlFailure.

/// Those of the person that were seen after the time, and whose prints can be read still.
std::vector<biometrics::SeenPicture> pictures_of_person(Connection& connection,
                                                        const std::string& project_id,
                                                        const std::string& user_id,
                                                        TimePoint after);
/// Anybody's in the project with one of these digests.
std::vector<biometrics::SeenPicture> pictures_with(Connection& connection,
                                                   const std::string& project_id,
                                                   const std::vector<std::string>& digests);

}  // namespace accessd::store
