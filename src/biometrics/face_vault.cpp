#include "biometrics/face_vault.h"

#include "base/id.h"
#include "biometrics/template_bytes.h"
#include "crypto/aead.h"
#include "crypto/hash.h"

namespace accessd::biometrics {
namespace {

constexpr std::size_t kKeyBytes = 32;

std::string key_context(const std::string& id) { return "face_key:" + id; }
std::string template_context(const std::string& face_id) { return "face_template:" + face_id; }
std::string refresh_context(const std::string& face_id) { return "face_refresh:" + face_id; }
std::string print_context(const std::string& digest) { return "face_print:" + digest; }
std::string digest_context(const std::string& project_id)
{
    return "face_digest_key:" + project_id;
}

Error broken(std::string_view what)
{
    return Error{ErrorCode::Internal, std::string{what} + " doesn't open under its person's key"};
}

}  // namespace

FaceKey FaceVault::make_key(TimePoint now) const
{
    FaceKey key;
    key.id = make_id("fkey_", now, random_);
    key.sealed = keyring_.seal(random_.bytes(kKeyBytes), key_context(key.id));
    return key;
}

Result<Secret> FaceVault::open(const FaceKey& key) const
{
    return keyring_.unseal(key.sealed, key_context(key.id));
}

std::string FaceVault::seal(const face::Template& known, const Secret& key,
                            const std::string& face_id) const
{
    return crypto::encrypt(key.reveal(), to_bytes(known), template_context(face_id), random_);
}

Result<face::Template> FaceVault::open_template(std::string_view sealed, const Secret& key,
                                                const std::string& face_id) const
{
    const auto bytes = crypto::decrypt(key.reveal(), sealed, template_context(face_id));
    if (!bytes) return broken("a face's template");
    return template_of(*bytes);
}

std::string FaceVault::seal_refresh(const face::Template& refreshed, const Secret& key,
                                    const std::string& face_id) const
{
    return crypto::encrypt(key.reveal(), to_bytes(refreshed), refresh_context(face_id), random_);
}

Result<face::Template> FaceVault::open_refresh(std::string_view sealed, const Secret& key,
                                               const std::string& face_id) const
{
    const auto bytes = crypto::decrypt(key.reveal(), sealed, refresh_context(face_id));
    if (!bytes) return broken("the picture that refreshed a face");
    return template_of(*bytes);
}

std::string FaceVault::seal(const face::Fingerprint& print, const Secret& key,
                            const std::string& digest) const
{
    const std::string bytes{print.bytes.begin(), print.bytes.end()};
    return crypto::encrypt(key.reveal(), bytes, print_context(digest), random_);
}

Result<face::Fingerprint> FaceVault::open_print(std::string_view sealed, const Secret& key,
                                                const std::string& digest) const
{
    const auto bytes = crypto::decrypt(key.reveal(), sealed, print_context(digest));
    if (!bytes) return broken("a picture's print");
    face::Fingerprint print;
    print.bytes.assign(bytes->begin(), bytes->end());
    return print;
}

std::string FaceVault::make_digest_key(const std::string& project_id) const
{
    return keyring_.seal(random_.bytes(kKeyBytes), digest_context(project_id));
}

Result<Secret> FaceVault::open_digest_key(std::string_view sealed,
                                          const std::string& project_id) const
{
    return keyring_.unseal(sealed, digest_context(project_id));
}

std::string FaceVault::digest_of(std::string_view picture, const Secret& digest_key)
{
    return crypto::hmac_sha256(digest_key.reveal(), picture);
}

}  // namespace accessd::biometrics
