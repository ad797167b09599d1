#pragma once

#include "face/analyst.h"
#include "face_worker/bad_pictures.h"
#include "face_worker/face_pool.h"
#include "metrics/metrics.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::face_worker {

/// The server's Analyst: each request gets a worker of the pool. This process looks at a picture's size and
/// first bytes alone.
class PooledAnalyst final : public face::Analyst {
public:
    PooledAnalyst(FacePool& pool, metrics::Metrics& metrics);

    Result<face::Analysis> analyse(std::string_view image, const face::Wanted& wanted) override;
    Result<std::vector<face::Analysis>> analyse_all(std::span<const std::string> images,
                                                    const face::Wanted& wanted) override;
    face::Availability availability() const override { return pool_.availability(); }

private:
    Result<void> check(std::string_view image);
    Result<face::Analysis> ask(FacePool::Lease& lease, std::string_view image,
                               const face::Wanted& wanted);
    Result<face::Analysis> ask_timed(FacePool::Lease& lease, std::string_view image,
                                     const face::Wanted& wanted);
    void count(const Result<face::Analysis>& result);

    FacePool& pool_;
    metrics::Metrics& metrics_;
    metrics::Histogram& duration_;
    BadPictures bad_pictures_;
};

}  // namespace accessd::face_worker
