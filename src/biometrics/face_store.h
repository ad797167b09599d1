#pragma once

#include "base/page.h"
#include "base/result.h"
#include "biometrics/biometric_store.h"
#include "biometrics/face_record.h"
#include "events/audit.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::biometrics {

/// Why faces are destroyed, as face.deleted tells it.
inline constexpr auto kDeletedByRequest = "deleted";
inline constexpr auto kDeletedByWithdrawal = "consent_withdrawn";
inline constexpr auto kDeletedByRetention = "unused";
inline constexpr auto kDeletedByReplacement = "replaced";

/// Whether a database is the one that was last known to be in order. The embedded store always is: `restore` alone puts
/// another in its place, and sees to faces itself.
enum class Provenance {
    Known,  ///< Also where a server can't say which one it is.
    New,    ///< Never looked at, or without faces: there is nothing to see to.
    Other  ///< Brought back from a backup, taken over by another server, or moved; and with faces in it.
};

/// Enrolled faces and consents, as administration sees them. Every engine passes
/// tests/store/face_store_contract_test.cpp.
///
/// A person's key is destroyed with their last face. Whatever is destroyed is named in the list of destroyed()
/// in the same transaction.
class FaceStore {
public:
    virtual ~FaceStore() = default;

    /// Enrols at once. Writes face.registered, and what comes with it (see BiometricStore::begin).
    /// Errors: UserNotFound, Conflict (as begin), StoreUnavailable.
    virtual Result<void> enrol(const NewFace& face, bool test, TimePoint now,
                               const events::AuditEntry& audit) = 0;

    /// Newest first, provisional ones included. Errors: StoreUnavailable.
    virtual Result<Page<FaceRecord>> list(const std::string& project_id, const std::string& user_id,
                                          const PageRequest& page) = 0;
    /// Writes face.deleted. Errors: FaceNotFound, StoreUnavailable.
    virtual Result<void> remove(const std::string& project_id, const std::string& user_id,
                                const std::string& face_id, TimePoint now, bool test,
                                const events::AuditEntry& audit) = 0;

    virtual Result<Page<Consent>> consents(const std::string& project_id,
                                           const std::string& user_id, const PageRequest& page) = 0;
    /// Withdraws a consent and destroys the faces under it; returns how many. Withdrawing again changes nothing.
    /// Writes consent.withdrawn and face.deleted. Errors: ConsentNotFound, StoreUnavailable.
    virtual Result<int> withdraw(const std::string& project_id, const std::string& user_id,
                                 const std::string& consent_id, TimePoint now, bool test,
                                 const events::AuditEntry& audit) = 0;

    /// Destroys active faces that nobody logged in with since `before`; at most `rows_max`. Returns how many.
    /// Writes face.deleted. Calls that find nothing don't write.
    virtual Result<int> remove_unused(const std::string& project_id, TimePoint before, bool test,
                                      TimePoint now, int rows_max) = 0;

    /// The key of digests of the project's pictures, sealed; `fresh` is put if there is none.
    virtual Result<std::string> digest_key(const std::string& project_id,
                                           const std::string& fresh) = 0;

    /// What changed among a project's active faces since the number, at most `rows_max` faces.
    virtual Result<FaceChanges> changes_after(const std::string& project_id, std::int64_t number,
                                              int rows_max) = 0;
    /// What was destroyed, in order, from after a sequence on. Errors: StoreUnavailable.
    virtual Result<std::vector<DestroyedFace>> destroyed_after(std::int64_t sequence,
                                                               int rows_max) = 0;
    /// Errors: StoreUnavailable.
    virtual Result<Provenance> provenance() = 0;
    /// From now on this database is the known one. Errors: StoreUnavailable.
    virtual Result<void> take_as_known() = 0;
    /// Destroys faces and keys that a database brought back although they had been destroyed, and names what it doesn't
    /// name as destroyed. Returns how many faces went. No events: it was told when it happened. Errors: StoreUnavailable.
    virtual Result<int> destroy_again(const std::vector<DestroyedFace>& destroyed,
                                      TimePoint now) = 0;
    /// Active faces by project and model. Errors: StoreUnavailable.
    virtual Result<std::vector<ModelCount>> count_by_model() = 0;
    /// Users whose active faces are all of other models than this one, by id; from after a user on.
    virtual Result<std::vector<std::string>> users_without(const std::string& project_id,
                                                           std::string_view model,
                                                           const std::string& after,
                                                           int rows_max) = 0;
};

}  // namespace accessd::biometrics
