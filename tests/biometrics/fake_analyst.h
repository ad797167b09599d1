#pragma once

#include "face/analysis.h"
#include "face/analyst.h"
#include "face/fingerprint.h"
#include "face/models.h"
#include "face/picture.h"

#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::test {

/// Sees in a picture what its bytes say: "ana/3" is Ana's third picture; "ana/3~" a copy of it; "ana/3!too_dark" one
/// that can't be used; "ana/3*" one that an installed presentation-attack model takes for a copy; "ana/3?" one that is
/// too blurry to be enrolled; "ana@40/3" one that is 40 degrees from what Ana looks like, towards somebody else.
class FakeAnalyst final : public face::Analyst {
public:
    static constexpr std::size_t kDimension = 16;
    static constexpr auto kModel = "model-1";

    Result<face::Analysis> analyse(std::string_view image, const face::Wanted& wanted) override
    {
        ++looked_at;
        if (!is_on) return ErrorCode::BiometricsUnavailable;
        face::Analysis analysis;
        if (const auto bang = image.find('!'); bang != std::string_view::npos) {
            analysis.issues.push_back(issue_of(image.substr(bang + 1)));
            return analysis;
        }
        if (image.ends_with('?') && wanted.purpose == face::Purpose::Enrolment) {
            analysis.issues.push_back(face::Issue::TooBlurry);
            return analysis;
        }
        analysis.faces.emplace_back();
        analysis.measures.emplace();
        analysis.embedding = face::Embedding{model, numbers_of(image)};
        analysis.fingerprint = print_of(image);
        if (wanted.passive) {
            analysis.passive = face::PassiveLiveness{image.ends_with('*') ? 0.1F : 0.9F, 0.5F};
        }
        return analysis;
    }

    Result<std::vector<face::Analysis>> analyse_all(std::span<const std::string> images,
                                                    const face::Wanted& wanted) override
    {
        std::vector<face::Analysis> all;
        for (const auto& image : images) {
            ACCESSD_TRY(auto one, analyse(image, wanted));
            all.push_back(std::move(one));
        }
        return all;
    }

    face::Availability availability() const override { return {true, {}}; }

    /// What the comparison of these pictures needs: one direction for each person.
    static face::Models models(const std::string& model_id = kModel)
    {
        face::Models models;
        face::Embedder embedder;
        embedder.dimension = kDimension;
        models.embedders.push_back(embedder);
        models.calibration.model = model_id;
        models.calibration.tables.push_back(
            {1, {{1e-2, 0.5, 0.01}, {1e-3, 0.6, 0.02}, {1e-4, 0.7, 0.03}, {1e-5, 0.8, 0.04}}});
        return models;
    }

    std::atomic<int> looked_at{0};
    std::atomic<bool> is_on{true};
    std::string model = kModel;

private:
    static face::Issue issue_of(std::string_view word)
    {
        for (int i = 0; i <= static_cast<int>(face::kLastIssue); ++i) {
            const auto issue = static_cast<face::Issue>(i);
            if (face::to_text(issue) == word) return issue;
        }
        return face::Issue::NoFace;
    }

    /// By the person's first letter, and a little by the rest.
    static std::vector<float> numbers_of(std::string_view image)
    {
        std::vector<float> numbers(kDimension, 0.0F);
        const auto person = static_cast<std::size_t>(image.front() - 'a') % kDimension;
        if (const auto at = image.find('@'); at != std::string_view::npos) {
            const auto degrees = std::stod(std::string{image.substr(at + 1)});
            const auto angle = static_cast<float>(degrees * std::numbers::pi / 180);
            numbers[person] = std::cos(angle);
            numbers[(person + kDimension / 2) % kDimension] = std::sin(angle);
            return numbers;
        }
        numbers[person] = 1;
        numbers[(person + image.size()) % kDimension] += 0.1F;
        float squares = 0;
        for (const float number : numbers) squares += number * number;
        for (auto& number : numbers) number /= std::sqrt(squares);
        return numbers;
    }

    /// Of a picture of noise that the bytes stand for.
    static face::Fingerprint print_of(std::string_view image)
    {
        while (image.ends_with('~')) image.remove_suffix(1);
        constexpr int kSide = 32;
        face::Picture noise{kSide, kSide, {}};
        std::uint64_t state = std::hash<std::string_view>{}(image) | 1U;
        for (int i = 0; i < kSide * kSide * 3; ++i) {
            state ^= state << 13U;
            state ^= state >> 7U;
            state ^= state << 17U;
            noise.pixels.push_back(static_cast<std::uint8_t>(state >> 40U));
        }
        return face::fingerprint_of(noise, nullptr);
    }
};

}  // namespace accessd::test
