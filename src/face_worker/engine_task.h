#pragma once

#include "face/models.h"
#include "face_worker/worker_main.h"

namespace accessd::face_worker {

/// Loads the models and gets ready to decode and analyse pictures.
/// Errors: Internal with a sentence for the operator.
Result<OpenedTask> open_engine_task(const face::ModelsSettings& settings);

}  // namespace accessd::face_worker
