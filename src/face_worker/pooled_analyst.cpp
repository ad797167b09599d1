#include "face_worker/pooled_analyst.h"

#include "base/log.h"
#include "crypto/hash.h"
#include "picture/picture_header.h"

#include <cstdint>
#include <utility>

namespace accessd::face_worker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kRetryAfter{1};

Error unreadable()
{
    return Error{ErrorCode::FaceRejected, "this picture cost a worker before"}
        .with("reason", std::string{"unreadable"})
        .with("hint", std::string{"Take another picture."});
}

Error lost()
{
    Error error{ErrorCode::BiometricsUnavailable, "the face worker was lost over this request"};
    error.retry_after = kRetryAfter;
    return error;
}

Error failed(std::string_view detail)
{
    Error error{ErrorCode::BiometricsUnavailable, "a model failed: " + safe_sentence(detail)};
    error.retry_after = kRetryAfter;
    return error;
}

/// What is the caller's answer, in the words of the metric.
std::string outcome_of(const Result<face::Analysis>& result)
{
    if (result) return "answered";
    switch (result.error().code) {
    case ErrorCode::InvalidImage: return "invalid";
    case ErrorCode::FaceRejected: return "known_bad";
    default: return "lost";
    }
}

}  // namespace

PooledAnalyst::PooledAnalyst(FacePool& pool, metrics::Metrics& metrics)
    : pool_(pool),
      metrics_(metrics),
      duration_(metrics.histogram("accessd_face_duration_seconds",
                                  "From handing a picture to a worker to its reply"))
{
}

Result<face::Analysis> PooledAnalyst::analyse(std::string_view image, const face::Wanted& wanted)
{
    ACCESSD_CHECK(check(image));
    ACCESSD_TRY(auto lease, pool_.lease());
    return ask_timed(lease, image, wanted);
}

Result<std::vector<face::Analysis>> PooledAnalyst::analyse_all(std::span<const std::string> images,
                                                               const face::Wanted& wanted)
{
    const auto at = [](std::int64_t index, Error error) {
        return std::move(error).with("index", index);
    };
    std::int64_t index = 0;
    for (const auto& image : images) {
        if (auto checked = check(image); !checked) return at(index, std::move(checked).error());
        ++index;
    }
    ACCESSD_TRY(auto lease, pool_.lease());
    std::vector<face::Analysis> all;
    for (const auto& image : images) {
        auto analysis = ask_timed(lease, image, wanted);
        if (!analysis) {
            return at(static_cast<std::int64_t>(all.size()), std::move(analysis).error());
        }
        all.push_back(*std::move(analysis));
    }
    return all;
}

/// What can be said without a worker.
Result<void> PooledAnalyst::check(std::string_view image)
{
    Result<void> checked = picture::check_kind(image);
    const bool is_known_bad = checked && !bad_pictures_.is_empty() &&
                              bad_pictures_.contains(crypto::sha256(image), steady_clock::now());
    if (is_known_bad) checked = unreadable();
    if (!checked) count(checked.error());
    return checked;
}

Result<face::Analysis> PooledAnalyst::ask_timed(FacePool::Lease& lease, std::string_view image,
                                                const face::Wanted& wanted)
{
    const auto start = steady_clock::now();
    auto result = ask(lease, image, wanted);
    duration_.observe(std::chrono::duration<double>(steady_clock::now() - start).count());
    count(result);
    return result;
}

Result<face::Analysis> PooledAnalyst::ask(FacePool::Lease& lease, std::string_view image,
                                          const face::Wanted& wanted)
{
    const auto reply = lease.ask(RequestKind::Analyse, to_request(image, wanted));
    if (!reply) {
        bad_pictures_.add(crypto::sha256(image), steady_clock::now());
        return lost();
    }
    if (reply->kind == ReplyKind::Failure) return failed(reply->body);
    if (reply->kind == ReplyKind::Refusal) {
        Error error{ErrorCode::InvalidImage};
        error.message = safe_sentence(reply->body);
        return error;
    }
    if (auto analysis = read_analysis(reply->body)) return *std::move(analysis);
    log::warn("a face worker's answer is not one");
    return failed("its answer is not one");
}

void PooledAnalyst::count(const Result<face::Analysis>& result)
{
    metrics_
        .counter("accessd_face_pictures_total", "Pictures that were to be analysed, by outcome",
                 {{"outcome", outcome_of(result)}})
        .add();
}

}  // namespace accessd::face_worker
