#include "crypto/aead.h"

#include "crypto/hash.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace accessd::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::string_view kPurpose = "accessd seal 1";

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// Fetched once: looking the cipher up costs more than encrypting a code.
const EVP_CIPHER* aes_256_gcm()
{
    static const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return cipher;
}

std::string derive(std::string_view key, std::string_view salt)
{
    return hmac_sha256(key, std::string{kPurpose} + std::string{salt});
}

const unsigned char* octets(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text, std::size_t offset = 0)
{
    return reinterpret_cast<unsigned char*>(text.data()) + offset;
}

}  // namespace

std::string encrypt(std::string_view key, std::string_view text, std::string_view context,
                    Random& random)
{
    auto sealed = random.bytes(kSaltBytes + kNonceBytes);
    const auto derived = derive(key, std::string_view{sealed}.substr(0, kSaltBytes));
    const Context cipher{EVP_CIPHER_CTX_new()};
    sealed.resize(kSaltBytes + kNonceBytes + text.size() + kTagBytes);

    int length = 0;
    const bool ok = cipher &&
                    EVP_EncryptInit_ex2(cipher.get(), aes_256_gcm(), octets(derived),
                                        octets(sealed, kSaltBytes), nullptr) == 1 &&
                    EVP_EncryptUpdate(cipher.get(), nullptr, &length, octets(context),
                                      static_cast<int>(context.size())) == 1 &&
                    EVP_EncryptUpdate(cipher.get(), octets(sealed, kSaltBytes + kNonceBytes),
                                      &length, octets(text), static_cast<int>(text.size())) == 1 &&
                    EVP_EncryptFinal_ex(cipher.get(), octets(sealed, sealed.size() - kTagBytes),
                                        &length) == 1 &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                        octets(sealed, sealed.size() - kTagBytes)) == 1;
    if (!ok) std::abort();  // Only a broken OpenSSL or no memory: clear text must not pass.
    return sealed;
}

std::optional<std::string> decrypt(std::string_view key, std::string_view sealed,
                                   std::string_view context)
{
    if (sealed.size() < kSaltBytes + kNonceBytes + kTagBytes) return std::nullopt;
    const auto derived = derive(key, sealed.substr(0, kSaltBytes));
    const auto nonce = sealed.substr(kSaltBytes, kNonceBytes);
    const auto body = sealed.substr(kSaltBytes + kNonceBytes,
                                    sealed.size() - kSaltBytes - kNonceBytes - kTagBytes);
    std::string tag{sealed.substr(sealed.size() - kTagBytes)};
    std::string text(body.size() + 1, '\0');  // Never empty, so that octets() may be written to.
    const Context cipher{EVP_CIPHER_CTX_new()};

    int length = 0;
    const bool ok =
        cipher &&
        EVP_DecryptInit_ex2(cipher.get(), aes_256_gcm(), octets(derived), octets(nonce), nullptr) ==
            1 &&
        EVP_DecryptUpdate(cipher.get(), nullptr, &length, octets(context),
                          static_cast<int>(context.size())) == 1 &&
        EVP_DecryptUpdate(cipher.get(), octets(text), &length, octets(body),
                          static_cast<int>(body.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, octets(tag)) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), octets(text, body.size()), &length) == 1;
    if (!ok) return std::nullopt;
    text.resize(body.size());
    return text;
}

}  // namespace accessd::crypto
