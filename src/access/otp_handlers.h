#pragma once

#include "access/otp_access.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

#include <string>

namespace accessd::access {

/// Codes by email, SMS and WhatsApp over the API: api.md, sections 4 and 5.
class OtpHandlers {
public:
    explicit OtpHandlers(OtpAccess& access);

    Result<http::Response> send_email(const http::Request& request);
    Result<http::Response> verify_email(const http::Request& request);
    Result<http::Response> send_sms(const http::Request& request);
    Result<http::Response> send_whatsapp(const http::Request& request);
    Result<http::Response> verify_phone(const http::Request& request);

private:
    Result<http::Response> send(const http::Request& request, contacts::Channel channel);
    Result<http::Response> verify(const http::Request& request, contacts::Channel channel);

    static Result<http::Response> answer_sent(Result<SentOtp> result,
                                              const std::string& destination,
                                              const std::string& request_id);
    static Result<http::Response> answer_validated(Result<ValidatedOtp> result, bool is_browser,
                                                   const std::string& request_id);

    OtpAccess& access_;
};

}  // namespace accessd::access
