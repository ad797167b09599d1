#pragma once

#include "base/random.h"
#include "base/result.h"
#include "face/analysis.h"
#include "face/comparison.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::face {

/// What the person is asked to do. Left and right are the person's own.
enum class Prompt : std::uint8_t { TurnLeft, TurnRight, LookUp, LookDown, ComeCloser, Blink };
inline constexpr auto kLastPrompt = Prompt::Blink;

/// "turn_left", "turn_right", "look_up", "look_down", "come_closer", "blink".
std::string_view to_text(Prompt prompt);
std::optional<Prompt> parse_prompt(std::string_view text);

/// Prompts in the order in which they are to be performed, after a first frame that looks straight.
struct Challenge {
    std::vector<Prompt> prompts;
    bool operator==(const Challenge&) const = default;
};

inline constexpr int kChallengePrompts = 3;
inline constexpr int kChallengeFramesMin = 3;
inline constexpr int kChallengeFramesMax = 12;

/// Three different prompts, at least one of them a turn (which shows depth), every order equally likely.
Challenge random_challenge(Random& random);

/// "turn_left blink look_up", for a token or a row.
std::string to_text(const Challenge& challenge);
/// Errors: InvalidRequest for unknown words.
Result<Challenge> parse_challenge(std::string_view text);

/// Why a challenge failed, in the words of the contract: `LIVENESS_FAILED`.
enum class LivenessFailure : std::uint8_t {
    SpoofSuspected,
    WrongPose,
    WrongOrder,
    TooSlow,
    TrackLost,
    FlatMotion,
    FaceChanged,
    RepeatedFrame,
};
std::string_view to_text(LivenessFailure failure);

/// What a challenge is judged by.
struct ChallengeRules {
    std::chrono::seconds time_max{
        60};                  ///< From the challenge's being shown to its frames' arrival.
    double match_fmr = 1e-3;  ///< Of each frame that faces the camera with the enrolled face.
};

/// What came of it, with the figures behind it for logs of a test project and for calibrating.
struct ChallengeVerdict {
    bool passed = false;
    std::optional<LivenessFailure> failure;
    double depth =
        0;  ///< What one homography leaves unexplained in turned frames, by eye distance.
    double depth_threshold = 0;
    /// Index of the first frame, and of the frame that answered each prompt.
    std::vector<int> frames;
};

/// Judges the frames' analyses (Purpose::Frame with mesh, embedding and fingerprint): order, poses,
/// continuity, no frame twice, time, one and the same face as enrolled in all, and depth: the points of a
/// turned flat picture follow one homography, those of a head don't.
/// `enrolled` is the template of the validation's user. Whether a frame was used in an earlier
/// validation is the caller's to check, with same_picture.
ChallengeVerdict judge(const Challenge& challenge, std::span<const Analysis> frames,
                       std::chrono::milliseconds elapsed, const Comparison& comparison,
                       const Template& enrolled, const ChallengeRules& rules = {});

}  // namespace accessd::face
