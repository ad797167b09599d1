#include "app/destroyed_faces.h"

#include "store/destroyed_list.h"

#include <algorithm>
#include <utility>

namespace accessd::app {
namespace {

constexpr int kBatch = 1000;

}  // namespace

DestroyedFaces::DestroyedFaces(biometrics::FaceStore& faces, std::string data_dir)
    : faces_(faces), file_(store::destroyed_list_file(data_dir))
{
}

Result<void> DestroyedFaces::keep()
{
    if (!last_) {
        ACCESSD_TRY(const auto known, store::read_destroyed_list(file_));
        last_ = 0;
        if (known) {
            for (const auto& one : *known) last_ = std::max(*last_, one.sequence);
        } else {
            // So that one without lines differs from one that was lost.
            ACCESSD_CHECK(store::append_destroyed(file_, {}));
        }
    }
    for (;;) {
        ACCESSD_TRY(const auto fresh, faces_.destroyed_after(*last_, kBatch));
        if (fresh.empty()) return {};
        ACCESSD_CHECK(store::append_destroyed(file_, fresh));
        last_ = fresh.back().sequence;
    }
}

}  // namespace accessd::app
