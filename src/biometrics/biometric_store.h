#pragma once

#include "access/lock.h"
#include "access/login_code_store.h"
#include "access/validation.h"
#include "base/clock.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "biometrics/biometric_validation.h"
#include "biometrics/face_record.h"
#include "limits/window.h"
#include "projects/project.h"
#include "users/user.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace accessd::biometrics {

/// One call about somebody's face, to be counted whatever comes of it.
struct CountedCall {
    std::string project_id;
    std::string user_id;  ///< For the event; empty: nobody's, or not known.
    std::string key;      ///< Of the window.
    bool test = false;
    TimePoint now;
};

/// Whose face a validation or an enrolment is about, as the store has it.
struct Person {
    bool is_user = false;  ///< There is a user with this id.
    std::optional<FaceKey> key;
    std::vector<FaceRecord> faces;  ///< Active, the oldest first.
    bool is_locked = false;         ///< Faces are off for them.
};

/// A face to be enrolled, and what comes with it.
struct NewFace {
    FaceRecord face;
    FaceKey key;  ///< Put if the person has none; if they have another one by now, nothing is done.
    std::vector<SeenPicture> pictures;
    std::optional<Consent> consent;
    bool replaces = false;     ///< All earlier faces, when it becomes active.
    bool create_user = false;  ///< Where there is none with this id.
    /// Ids of the active faces that it was compared with. If they changed meanwhile, nothing is done.
    std::vector<std::string> compared_with;
    int faces_max = 5;  ///< The oldest beyond it are destroyed when it becomes active.
};

/// A validation to be begun, with everything decided that doesn't depend on what is stored.
struct BeginValidation {
    BiometricValidation begun;
    access::Login login;  ///< The fresh one, should it be needed.
    std::optional<std::string> continue_login_id;
    std::optional<NewFace> enrols;  ///< Of `begun.face_id`.
    bool hides_mismatch = false;    ///< Instead of LoginUserMismatch: a decoy.
    bool test = false;
    TimePoint now;
};

/// A try that is about to be compared.
struct ChargeTry {
    std::string project_id;
    std::string validation_id;
    std::string recipient;
    std::string client;  ///< limits::client_network() of the person; empty: not told.
    access::FailureLimits failure_limits;
    TimePoint now;
};

/// A login's picture, to be compared with from then on beside those that were enrolled (face_refresh.h).
struct FaceRefresh {
    std::string face_id;         ///< The active face that it is kept with.
    std::string sealed_refresh;  ///< FaceRecord::sealed_refresh.
    /// Ids of the active faces that it was compared with. If they changed meanwhile, nothing is kept.
    std::vector<std::string> compared_with;
};

/// Frames of a challenge that join the face that its validation enrols (enrolled_frames.h).
struct JoiningFrames {
    int frames = 0;
    int pictures = 0;             ///< In the template, with them.
    std::string sealed_template;  ///< FaceRecord::sealed_template.
};

/// A part that was done.
struct PassPart {
    std::string project_id;
    std::string validation_id;
    Part part = Part::Face;
    std::optional<projects::Assurance> assurance;  ///< Of liveness.
    std::vector<SeenPicture> pictures;
    /// Whether a picture that was seen lately is one of these. Asked inside the transaction, about those of the
    /// last minutes: for what two requests show at the same time.
    std::function<bool(const std::vector<SeenPicture>&)> is_replay;
    std::string client;
    projects::Policy policy;
    std::optional<access::LoginCode> login_code;  ///< Kept if this completes the login.
    std::optional<FaceRefresh> refresh;           ///< Kept if this completes the login.
    std::optional<JoiningFrames> frames;          ///< Of the first challenge that is passed.
    int faces_max = 5;
    bool test = false;
    TimePoint now;
};

/// What a part that was done leads to.
struct PassedPart {
    BiometricValidation validation;
    access::Login login;
    std::optional<users::User> user;
    int frames_enrolled = 0;
};

/// A try that failed.
struct FailPart {
    std::string project_id;
    std::string validation_id;
    Part part = Part::Face;
    std::string reason;                 ///< "not_matched", "wrong_pose".
    std::vector<SeenPicture> pictures;  ///< That no later try may use.
    std::string challenge;              ///< The next one; empty: the old one stands.
    std::string client;
    access::FailureLimits failure_limits;
    std::string lock_id;
    bool test = false;
    TimePoint now;
};

/// A picture outside a validation that should have been of somebody who is enrolled, and wasn't.
struct Mismatch {
    access::Identity identity;
    std::string client;
    access::FailureLimits limits;
    std::string lock_id;
    bool test = false;
    TimePoint now;
};

/// An active face as indexes hold it.
struct IndexedFace {
    std::string face_id;
    std::string user_id;
    std::string model;
    FaceKey key;
    std::string sealed_template;
};

/// What changed among a project's active faces.
struct FaceChanges {
    std::int64_t number = 0;         ///< To ask from next time.
    std::vector<IndexedFace> faces;  ///< New or changed.
    std::vector<std::string> gone;   ///< Ids of faces, and of keys whose faces are all gone.
    bool is_complete = true;         ///< False: ask again from `number`.
};

struct DestroyedFace {
    std::int64_t sequence = 0;
    std::string id;  ///< face_... or fkey_...
};

/// How many faces of a model there are, and of how many people.
struct ModelCount {
    std::string project_id;
    std::string model;
    std::int64_t faces = 0;
    std::int64_t users = 0;
};

/// Validations by face. Every engine passes tests/store/biometric_store_contract_test.cpp.
class BiometricStore {
public:
    virtual ~BiometricStore() = default;

    /// Counts a call under limits::kBiometricCalls. Writes security.rate_limited at most once per key and window
    /// with a count. Errors: RateLimited, StoreUnavailable.
    virtual Result<limits::Decision> count_call(const CountedCall& call) = 0;

    /// Errors: StoreUnavailable.
    virtual Result<Person> find_person(const std::string& project_id,
                                       const std::string& user_id) = 0;
    /// Active or not. Errors: StoreUnavailable.
    virtual Result<std::optional<FaceRecord>> find_face(const std::string& project_id,
                                                        const std::string& face_id) = 0;

    /// Whether the person may be compared with now. Only reads: charge() looks again.
    /// Errors: Locked; RateLimited (the client waits); StoreUnavailable.
    virtual Result<void> check_tries(const access::Identity& identity, const std::string& client,
                                     const access::FailureLimits& limits, TimePoint now) = 0;
    /// Counts a failure as fail() does. Writes face.not_matched, security.locked. Errors: StoreUnavailable.
    virtual Result<void> count_mismatch(const Mismatch& mismatch) = 0;

    /// Opens the validation in a new login or in the one named, with the user, face, key, consent and pictures that
    /// it enrols, and its events (validation.created, consent.recorded, user.created): one transaction.
    /// Errors: Locked; LoginNotFound; LoginComplete; LoginUserMismatch (unless `hides_mismatch`); UserNotFound (the
    /// user to enrol is gone); Conflict (the person's faces or key changed meanwhile: decide again);
    /// StoreUnavailable.
    virtual Result<BiometricValidation> begin(const BeginValidation& request) = 0;

    /// Nothing if unknown, by another method, or outside the scope. Errors: StoreUnavailable.
    virtual Result<std::optional<BiometricValidation>> find(const std::string& id,
                                                            const ProjectScope& scope) = 0;

    /// Spends one attempt, before anything is compared: one conditional statement. Of any number of concurrent
    /// calls at most `max_attempts` go through; pass() gives its one back.
    /// Errors: Locked; RateLimited (the client waits); AttemptsExhausted; ValidationExpired; AlreadyValidated;
    /// ValidationCanceled; ValidationNotFound (also for another project or recipient); LoginComplete;
    /// StoreUnavailable.
    virtual Result<BiometricValidation> charge(const ChargeTry& request) = 0;

    /// Marks a part done and remembers its pictures. With the last part, in the same transaction: the validation
    /// is validated, the face that it enrols is active, the login is advanced by access/flow.h and completed when
    /// its policy is met, failures are forgotten and the user's other locks end. Writes face.matched or
    /// liveness.passed, face.registered, face.deleted, validation.validated, login.completed, face.refreshed.
    /// For liveness no picture may have been seen otherwise than as compared in this very validation. Frames join the
    /// face that is being enrolled once.
    /// Errors: ImageReplayed (writes security.image_replayed); LoginUserMismatch; those of charge but for the
    /// waits.
    virtual Result<PassedPart> pass(const PassPart& request) = 0;

    /// Counts a failure (access/lock.h), and with the last attempt ends the validation and destroys the face that
    /// it enrols. Writes face.not_matched or liveness.failed, validation.failed, security.locked.
    /// Returns the validation as it is now. Errors: ValidationNotFound, StoreUnavailable.
    virtual Result<BiometricValidation> fail(const FailPart& request) = 0;

    /// Puts the validation's challenge and its time. Errors: StoreUnavailable.
    virtual Result<void> renew_challenge(const BiometricValidation& validation) = 0;

    /// Pictures of the person that are remembered, and those of anybody in the project with one of these digests.
    virtual Result<std::vector<SeenPicture>> seen_pictures(const std::string& project_id,
                                                           const std::string& user_id,
                                                           const std::vector<std::string>& digests,
                                                           TimePoint now) = 0;
    /// Writes security.image_replayed. Errors: StoreUnavailable.
    virtual Result<void> report_replay(const access::Validation& validation, bool test,
                                       TimePoint now) = 0;

    /// Destroys provisional faces whose validation isn't pending any more, and forgets old pictures: at most
    /// `rows_max` of each. Returns how many went. Calls that find nothing don't write.
    virtual Result<int> prune(TimePoint now, int rows_max) = 0;
};

}  // namespace accessd::biometrics
