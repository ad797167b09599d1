#include "face/challenge.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

namespace accessd::face {
namespace {

constexpr std::array kPrompts{Prompt::TurnLeft, Prompt::TurnRight,  Prompt::LookUp,
                              Prompt::LookDown, Prompt::ComeCloser, Prompt::Blink};

bool shows_depth(Prompt prompt)
{
    return prompt == Prompt::TurnLeft || prompt == Prompt::TurnRight;
}

/// A number below `limit`, each equally likely.
std::size_t below(Random& random, std::size_t limit)
{
    const std::size_t fair = 256 / limit * limit;
    std::array<std::uint8_t, 1> byte{};
    do {
        random.fill(byte);
    } while (byte[0] >= fair);
    return byte[0] % limit;
}

}  // namespace

std::string_view to_text(Prompt prompt)
{
    switch (prompt) {
    case Prompt::TurnLeft: return "turn_left";
    case Prompt::TurnRight: return "turn_right";
    case Prompt::LookUp: return "look_up";
    case Prompt::LookDown: return "look_down";
    case Prompt::ComeCloser: return "come_closer";
    case Prompt::Blink: return "blink";
    }
    std::abort();
}

std::optional<Prompt> parse_prompt(std::string_view text)
{
    for (const auto prompt : kPrompts) {
        if (to_text(prompt) == text) return prompt;
    }
    return std::nullopt;
}

std::string_view to_text(LivenessFailure failure)
{
    switch (failure) {
    case LivenessFailure::SpoofSuspected: return "spoof_suspected";
    case LivenessFailure::WrongPose: return "wrong_pose";
    case LivenessFailure::WrongOrder: return "wrong_order";
    case LivenessFailure::TooSlow: return "too_slow";
    case LivenessFailure::TrackLost: return "track_lost";
    case LivenessFailure::FlatMotion: return "flat_motion";
    case LivenessFailure::FaceChanged: return "face_changed";
    case LivenessFailure::RepeatedFrame: return "repeated_frame";
    }
    std::abort();
}

Challenge random_challenge(Random& random)
{
    // Shuffles all and takes the first; starts anew without a turn, so that the rest stay equally likely.
    while (true) {
        auto prompts = kPrompts;
        for (std::size_t i = prompts.size() - 1; i > 0; --i) {
            std::swap(prompts[i], prompts[below(random, i + 1)]);
        }
        const auto end = prompts.begin() + kChallengePrompts;
        if (std::any_of(prompts.begin(), end, shows_depth)) return {{prompts.begin(), end}};
    }
}

std::string to_text(const Challenge& challenge)
{
    std::string text;
    for (const auto prompt : challenge.prompts) {
        if (!text.empty()) text += ' ';
        text += to_text(prompt);
    }
    return text;
}

Result<Challenge> parse_challenge(std::string_view text)
{
    Challenge challenge;
    std::istringstream words{std::string{text}};
    for (std::string word; words >> word;) {
        const auto prompt = parse_prompt(word);
        if (!prompt) return Error{ErrorCode::InvalidRequest, "an unknown prompt in a challenge"};
        challenge.prompts.push_back(*prompt);
    }
    if (challenge.prompts.empty()) return Error{ErrorCode::InvalidRequest, "an empty challenge"};
    return challenge;
}

}  // namespace accessd::face
