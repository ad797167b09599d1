#include "app/face_comparison.h"

#include "app/models_commands.h"
#include "base/log.h"

namespace accessd::app {

FaceComparison::FaceComparison(const config::Config& config)
{
    if (!config.biometrics.enabled) return;
    const auto models = face::find_models(models_settings(config.biometrics));
    if (!models) {
        log::warn("faces can't be compared", {{"detail", models.error().detail}});
        return;
    }
    comparison_.emplace(*models);
    has_passive_ = !models->passive.empty();
}

biometrics::FaceTools FaceComparison::tools(face::Analyst& analyst) const
{
    return {&analyst, comparison_ ? &*comparison_ : nullptr, has_passive_};
}

}  // namespace accessd::app
