#include "base/secret.h"

#include <openssl/crypto.h>

namespace accessd {

void Secret::clear()
{
    // A short text lives in the object itself, and stays there when it is moved out or replaced.
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
}

}  // namespace accessd
