#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "biometrics/enrolment.h"
#include "biometrics/face_login.h"
#include "http/request.h"
#include "http/response.h"

namespace accessd::biometrics {

/// Enrolling and logging in with a face, over the API: api.md, section 6.
class BiometricHandlers {
public:
    BiometricHandlers(Enrolment& enrolment, FaceLogin& login, Clock& clock);

    Result<http::Response> register_face(const http::Request& request);
    Result<http::Response> start(const http::Request& request);
    Result<http::Response> verify_face(const http::Request& request);
    Result<http::Response> check_liveness(const http::Request& request);

private:
    Enrolment& enrolment_;
    FaceLogin& login_;
    Clock& clock_;
};

}  // namespace accessd::biometrics
