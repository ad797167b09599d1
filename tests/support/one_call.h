#pragma once

#include "access/otp_access.h"

#include <string>

namespace accessd::test {

/// A send from its first step to its last, for tests that have nothing to do while the store commits. Errors: those of
/// OtpAccess::prepare_send and ValidationStore::send.
inline Result<access::SentOtp> send_otp(access::OtpAccess& access,
                                        access::ValidationStore& validations,
                                        const access::OtpRequest& request,
                                        const ProjectScope& scope)
{
    ACCESSD_TRY(const auto send, access.prepare_send(request, scope, "key_1"));
    return access.complete(validations.send(send), send.into_inbox);
}

/// Errors: those of OtpAccess::prepare_use and ValidationStore::use.
inline Result<access::ValidatedOtp> verify_otp(access::OtpAccess& access,
                                               access::ValidationStore& validations,
                                               const access::Contact& contact,
                                               const access::OtpAccess::TypedOtp& otp,
                                               const std::string& validation_id,
                                               const ProjectScope& scope)
{
    ACCESSD_TRY(const auto prepared, access.prepare_use(contact, otp, validation_id, scope));
    return access.complete(prepared, validations.use(prepared.use));
}

}  // namespace accessd::test
