#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "biometrics/face_record.h"
#include "crypto/keyring.h"
#include "face/analysis.h"
#include "face/comparison.h"

#include <string>
#include <string_view>

namespace accessd::biometrics {

/// Seals and opens what is kept of people's faces (AES-256-GCM), each person's under a key of their own that is
/// itself sealed by the server's. Everything is bound to its place: a template moved to another row doesn't open.
/// Threads: safe to call concurrently.
class FaceVault {
public:
    FaceVault(const crypto::Keyring& keyring, Random& random) : keyring_(keyring), random_(random)
    {
    }

    /// A new person's.
    FaceKey make_key(TimePoint now) const;
    /// Errors: Internal if it was sealed elsewhere or changed.
    Result<Secret> open(const FaceKey& key) const;

    std::string seal(const face::Template& known, const Secret& key,
                     const std::string& face_id) const;
    /// Errors: Internal.
    Result<face::Template> open_template(std::string_view sealed, const Secret& key,
                                         const std::string& face_id) const;

    /// FaceRecord::sealed_refresh: can't be taken for what was enrolled.
    std::string seal_refresh(const face::Template& refreshed, const Secret& key,
                             const std::string& face_id) const;
    /// Errors: Internal.
    Result<face::Template> open_refresh(std::string_view sealed, const Secret& key,
                                        const std::string& face_id) const;

    std::string seal(const face::Fingerprint& print, const Secret& key,
                     const std::string& digest) const;
    /// Errors: Internal.
    Result<face::Fingerprint> open_print(std::string_view sealed, const Secret& key,
                                         const std::string& digest) const;

    /// A new key of digests of a project's pictures, sealed.
    std::string make_digest_key(const std::string& project_id) const;
    Result<Secret> open_digest_key(std::string_view sealed, const std::string& project_id) const;
    /// The same for the same bytes in the same project, and tells nothing of them to who lacks the key.
    static std::string digest_of(std::string_view picture, const Secret& digest_key);

private:
    const crypto::Keyring& keyring_;
    Random& random_;
};

}  // namespace accessd::biometrics
