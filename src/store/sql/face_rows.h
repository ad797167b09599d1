#pragma once

#include "biometrics/biometric_store.h"
#include "biometrics/biometric_validation.h"
#include "biometrics/face_record.h"
#include "events/event.h"
#include "store/sql/event_writer.h"
#include "store/sql/sql_connection.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::store {

/// The columns that read_face() expects, in its order.
inline constexpr auto kFaceColumns =
    "id, project_id, user_id, key_id, status, model, pictures, sealed_template, consent_id, "
    "validation_id, created_at, activated_at, used_at, sealed_refresh, refreshed_at, frames";
biometrics::FaceRecord read_face(const Rows& row);

// All of these run inside the caller's transaction, and throw SqlFailure.

/// The person's active faces, the oldest first.
std::vector<biometrics::FaceRecord> active_faces(Connection& connection,
                                                 const std::string& project_id,
                                                 const std::string& user_id);
std::optional<biometrics::FaceKey> find_face_key(Connection& connection,
                                                 const std::string& project_id,
                                                 const std::string& user_id);

/// What a change of a person's faces writes: its time, and the events that it adds to.
struct FaceChange {
    TimePoint now;
    bool test = false;
    std::vector<events::Event> events{};
};

/// Puts face, key, consent and pictures, and the user where there is none and one may be made. An active face takes
/// effect at once. Errors: UserNotFound; Conflict where faces or key aren't those that it was compared with.
Result<void> put_face(Connection& connection, const biometrics::NewFace& enrolled,
                      FaceChange& change);

/// Adds frames to a face that is being enrolled and has none. Returns how many joined.
int join_frames(Connection& connection, const std::string& project_id, const std::string& face_id,
                const biometrics::JoiningFrames& joining);

/// Makes a provisional face active: destroys those that it replaces and those beyond the limit.
void activate_face(Connection& connection, const biometrics::FaceRecord& face, bool replaces,
                   int faces_max, FaceChange& change);

/// Keeps a login's picture with a face, in place of any earlier one of its person; nothing where the person's
/// active faces aren't those that it was compared with. Returns whether it did.
bool refresh_face(Connection& connection, const std::string& project_id, const std::string& user_id,
                  const biometrics::FaceRefresh& refresh, TimePoint now);

/// Destroys a face, with its person's last one the key as well, and names both in destroyed_faces. Adds face.deleted
/// for one that was active, and forgets the picture that refreshed the person's faces.
void destroy_face(Connection& connection, const biometrics::FaceRecord& face,
                  const std::string& reason, FaceChange& change);

/// Names an id in destroyed_faces, with the project's number of changes; no project: none is known.
void name_destroyed(Connection& connection, const std::string& id, const std::string& project_id);
/// Destroys a key, and with it all that is sealed under it: faces, and what pictures were like. Names nothing.
/// Returns how many faces went.
int destroy_key(Connection& connection, const std::string& project_id, const std::string& user_id);

/// Everything of a person's faces, when they are erased: before their validations are. Returns how many faces
/// there were.
int erase_faces_of(Connection& connection, const std::string& project_id,
                   const std::string& user_id);
/// Everything of a project's faces: before its validations are erased.
void erase_faces_of_project(Connection& connection, const std::string& project_id);

/// Remembers pictures; what one was good for before is kept, except that a compared one may become live.
void remember_pictures(Connection& connection, const std::string& project_id,
                       const std::string& user_id,
                       const std::vector<biometrics::SeenPicture>& pictures);

std::optional<biometrics::BiometricValidation> find_biometric(Connection& connection,
                                                              const std::string& id);

}  // namespace accessd::store
