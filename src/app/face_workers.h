#pragma once

#include "app/finding.h"
#include "config/config.h"
#include "face_worker/face_pool.h"

namespace accessd::app {

/// The hidden command that the server starts its face workers with; whoever types it is told so.
inline constexpr const char* kFaceWorkerCommand = "face-worker";

/// The pool for this configuration and machine. Requests for faces hold a quarter of server.workers at most,
/// whatever else is set, so that they never slow a login by code.
face_worker::FacePoolSettings face_pool_settings(const config::Config& config);

/// The life of a face worker; `argv` as face_pool_settings() made it. Returns the exit status.
int run_face_worker(int argc, char** argv);

/// For doctor: starts a worker as the server would, and ends it.
Finding check_biometrics(const config::Config& config);

}  // namespace accessd::app
