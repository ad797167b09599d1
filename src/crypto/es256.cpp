#include "crypto/es256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace accessd::crypto {
namespace {

constexpr int kCoordinateBytes = 32;

template <auto Function>
struct Freeing {
    template <class T>
    void operator()(T* pointer) const
    {
        Function(pointer);
    }
};
using PKey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using PKeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;
using Number = std::unique_ptr<BIGNUM, Freeing<BN_free>>;

const unsigned char* octets(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

void must(bool is_ok)
{
    if (!is_ok) std::abort();  // Only a broken OpenSSL or no memory.
}

std::string coordinate(const EVP_PKEY* key, const char* name)
{
    BIGNUM* raw = nullptr;
    must(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
    const Number number{raw};
    std::string bytes(kCoordinateBytes, '\0');
    must(BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                      kCoordinateBytes) == kCoordinateBytes);
    return bytes;
}

}  // namespace

struct Es256Key::State {
    PKey key;
    DigestContext signing;  ///< Initialised once and copied: initialising costs a lookup each time.
    DigestContext verifying;
};

Es256Key::Es256Key(std::unique_ptr<State> state) : state_(std::move(state))
{
    state_->verifying.reset(EVP_MD_CTX_new());
    must(EVP_DigestVerifyInit_ex(state_->verifying.get(), nullptr, "SHA256", nullptr, nullptr,
                                 state_->key.get(), nullptr) == 1);
    state_->signing.reset(EVP_MD_CTX_new());
    if (EVP_DigestSignInit_ex(state_->signing.get(), nullptr, "SHA256", nullptr, nullptr,
                              state_->key.get(), nullptr) != 1) {
        state_->signing.reset();
    }
}

Es256Key::Es256Key(Es256Key&&) noexcept = default;
Es256Key& Es256Key::operator=(Es256Key&&) noexcept = default;
Es256Key::~Es256Key() = default;

Es256Key Es256Key::generate()
{
    auto state = std::make_unique<State>();
    state->key.reset(EVP_EC_gen("P-256"));
    must(state->key != nullptr);
    return Es256Key{std::move(state)};
}

Result<Es256Key> Es256Key::from_private_der(const Secret& der)
{
    const auto* begin = octets(der.reveal());
    auto state = std::make_unique<State>();
    state->key.reset(d2i_AutoPrivateKey(nullptr, &begin, static_cast<long>(der.reveal().size())));
    if (!state->key || EVP_PKEY_is_a(state->key.get(), "EC") != 1) {
        return Error{ErrorCode::Internal, "a stored signing key can't be read"};
    }
    return Es256Key{std::move(state)};
}

Result<Es256Key> Es256Key::from_public(std::string_view x, std::string_view y)
{
    if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes)
        return ErrorCode::InvalidToken;
    std::string point = "\x04";
    point += x;
    point += y;
    std::string group = "P-256";
    const std::array<OSSL_PARAM, 3> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    const PKeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* raw = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY,
                          const_cast<OSSL_PARAM*>(parameters.data())) != 1) {
        return ErrorCode::InvalidToken;
    }
    auto state = std::make_unique<State>();
    state->key.reset(raw);
    return Es256Key{std::move(state)};
}

Secret Es256Key::to_private_der() const
{
    PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(state_->key.get());
    must(info != nullptr);
    unsigned char* out = nullptr;
    const int length = i2d_PKCS8_PRIV_KEY_INFO(info, &out);
    PKCS8_PRIV_KEY_INFO_free(info);
    must(length > 0);
    Secret der{std::string{reinterpret_cast<char*>(out), static_cast<std::size_t>(length)}};
    OPENSSL_clear_free(out, static_cast<std::size_t>(length));
    return der;
}

std::string Es256Key::sign(std::string_view text) const
{
    must(state_->signing != nullptr);
    const DigestContext context{EVP_MD_CTX_new()};
    must(context && EVP_MD_CTX_copy_ex(context.get(), state_->signing.get()) == 1);
    std::array<unsigned char, 80> der{};
    std::size_t length = der.size();
    must(EVP_DigestSign(context.get(), der.data(), &length, octets(text), text.size()) == 1);

    const unsigned char* begin = der.data();
    const Signature signature{d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(length))};
    must(signature != nullptr);
    std::string raw(2 * kCoordinateBytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    must(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinateBytes) > 0);
    must(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinateBytes, kCoordinateBytes) >
         0);
    return raw;
}

bool Es256Key::verify(std::string_view text, std::string_view signature) const
{
    if (signature.size() != 2 * kCoordinateBytes) return false;
    const Signature parts{ECDSA_SIG_new()};
    Number r{BN_bin2bn(octets(signature), kCoordinateBytes, nullptr)};
    Number s{BN_bin2bn(octets(signature.substr(kCoordinateBytes)), kCoordinateBytes, nullptr)};
    must(parts && r && s && ECDSA_SIG_set0(parts.get(), r.get(), s.get()) == 1);
    static_cast<void>(r.release());  // Owned by `parts` now.
    static_cast<void>(s.release());

    std::array<unsigned char, 80> der{};
    auto* out = der.data();
    const int length = i2d_ECDSA_SIG(parts.get(), &out);
    if (length <= 0) return false;
    const DigestContext context{EVP_MD_CTX_new()};
    must(context && EVP_MD_CTX_copy_ex(context.get(), state_->verifying.get()) == 1);
    return EVP_DigestVerify(context.get(), der.data(), static_cast<std::size_t>(length),
                            octets(text), text.size()) == 1;
}

std::string Es256Key::public_x() const
{
    return coordinate(state_->key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
}

std::string Es256Key::public_y() const
{
    return coordinate(state_->key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
}

}  // namespace accessd::crypto
