#pragma once

#include "base/result.h"
#include "biometrics/face_store.h"
#include "store/sql/sql_connection.h"

#include <string>
#include <vector>

namespace accessd::store {

/// Whether a database holds keys of faces. Throws SqlFailure.
bool has_face_keys(Connection& connection);

/// What a database names as destroyed; nothing of one that is older than faces. Throws SqlFailure.
std::vector<biometrics::DestroyedFace> destroyed_in(Connection& connection);

/// Destroys faces and keys of a list in a database that an old backup brought back, and takes the list over. Returns
/// how many faces went. Throws SqlFailure.
int destroy_again(Connection& connection, const std::vector<biometrics::DestroyedFace>& destroyed);

}  // namespace accessd::store
