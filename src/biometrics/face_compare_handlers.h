#pragma once

#include "base/result.h"
#include "biometrics/face_compare.h"
#include "http/request.h"
#include "http/response.h"
#include "projects/projects.h"

namespace accessd::biometrics {

/// Comparing, searching and finding faces by themselves, over the API: api.md, section 6.
class FaceCompareHandlers {
public:
    FaceCompareHandlers(FaceCompare& compare, projects::Projects& projects);

    Result<http::Response> compare(const http::Request& request);
    Result<http::Response> search(const http::Request& request);
    Result<http::Response> detect(const http::Request& request);

private:
    FaceCompare& compare_;
    projects::Projects& projects_;
};

}  // namespace accessd::biometrics
