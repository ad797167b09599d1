#include "face/challenge.h"
#include "face/depth.h"
#include "face/fingerprint.h"
#include "face/geometry.h"

#include <algorithm>
#include <cmath>

namespace accessd::face {
namespace {

// Source of all figures: docs/decisions/0048-challenge-liveness.md, measured by tests/face/liveness_test.cpp.

/// Against the first frame, in degrees.
constexpr float kTurn = 15;
constexpr float kLook = 6.5F;
constexpr float kCloser = 1.2F;  ///< Distance of the eyes by that of the first frame.
/// Opening of the eyes by that of the first frame, below which they are closed.
constexpr float kClosed = 0.8F;
/// The first frame looks into the camera, as a login's picture has to.
constexpr float kStraightYaw = 25;
constexpr float kStraightPitch = 20;
/// From one frame to the next: movement of the face by its width, and change of its size.
constexpr float kJumpMax = 1.2F;
constexpr float kGrowthMax = 1.7F;
/// A pose that nobody asked for counts from so much more than one that was: heads sway.
constexpr float kUnasked = 1.4F;
/// Rates of false matches up to which a later frame still shows the person of the first: models see turned faces
/// rarely, so that they are compared less strictly.
constexpr double kStraightRateMax = 1e-3;
constexpr double kTurnedRateMax = 1e-2;
/// How far the nose must move against the flat of the face in a turned frame.
constexpr double kParallaxMin = 0.12;
/// And how much narrower than a head in that pose it may be.
constexpr double kNarrownessMin = 0.77;

/// A frame against the first one.
struct Change {
    float yaw = 0;
    float pitch = 0;
    float closer = 1;
    float open = 1;
};

Change change_of(const Measures& first, const Measures& m)
{
    const float open = (m.left_eye_open + m.right_eye_open) /
                       std::max(first.left_eye_open + first.right_eye_open, 0.05F);
    // Turning shortens the distance of the eyes; taken together with the height of the face it doesn't.
    const auto size = [](const Measures& of) {
        const auto height = length(flat(of.mesh[10]) - flat(of.mesh[152]));
        return std::max(of.eye_distance * 1.9F, height);
    };
    return {m.pose.yaw - first.pose.yaw, m.pose.pitch - first.pose.pitch,
            size(m) / std::max(size(first), 1.0F), open};
}

/// `strictness` above 1 asks for more of the pose.
bool shows(Prompt prompt, const Change& c, float strictness = 1)
{
    const float turn = kTurn * strictness;
    const float look = kLook * strictness;
    const bool looks_aside = std::abs(c.yaw) >= kTurn;
    switch (prompt) {
    case Prompt::TurnLeft: return c.yaw >= turn;
    case Prompt::TurnRight: return c.yaw <= -turn;
    case Prompt::LookUp: return c.pitch <= -look && !looks_aside;
    case Prompt::LookDown: return c.pitch >= look && !looks_aside;
    case Prompt::ComeCloser: return c.closer >= 1 + (kCloser - 1) * strictness && !looks_aside;
    case Prompt::Blink: return c.open <= kClosed && std::abs(c.pitch) < kLook && !looks_aside;
    }
    return false;
}

/// Walks through the frames as the person performed: which frame answers which prompt, and whether anything
/// was shown that was not asked for. Otherwise a film of every pose would hold every order.
class Walk {
public:
    explicit Walk(const Challenge& challenge) : challenge_(challenge) {}

    void see(int frame, const Change& change)
    {
        for (std::size_t i = 0; i < challenge_.prompts.size(); ++i) {
            if (shows(challenge_.prompts[i], change)) seen_[i] = true;
        }
        if (next_ < challenge_.prompts.size() && shows(challenge_.prompts[next_], change)) {
            ++next_;
            answers_.push_back(frame);
            return;
        }
        for (int i = 0; i <= static_cast<int>(kLastPrompt); ++i) {
            const auto prompt = static_cast<Prompt>(i);
            if (shows(prompt, change, kUnasked) && !is_left_over(prompt)) unasked_ = true;
        }
    }

    const std::vector<int>& answers() const { return answers_; }

    std::optional<LivenessFailure> failure() const
    {
        const bool all_seen = std::all_of(
            seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(challenge_.prompts.size()),
            [](bool seen) { return seen; });
        if (next_ < challenge_.prompts.size()) {
            return all_seen ? LivenessFailure::WrongOrder : LivenessFailure::WrongPose;
        }
        if (unasked_) return LivenessFailure::WrongOrder;
        return std::nullopt;
    }

private:
    /// What was just done may still show; who came closer stays there; and lids tell little by themselves.
    bool is_left_over(Prompt prompt) const
    {
        if (prompt == Prompt::Blink) return true;
        const auto done = challenge_.prompts.begin() + static_cast<std::ptrdiff_t>(next_);
        const auto found = std::find(challenge_.prompts.begin(), done, prompt);
        if (found == done) return false;
        return prompt == Prompt::ComeCloser || found + 1 == done;
    }

    const Challenge& challenge_;
    std::size_t next_ = 0;
    std::vector<int> answers_;
    std::array<bool, 16> seen_{};
    bool unasked_ = false;
};

bool is_usable(const Analysis& frame)
{
    return frame.measures && frame.measures->mesh.size() == kMeshPoints && frame.embedding &&
           frame.fingerprint && frame.issues.empty();
}

bool has_repeated_frame(std::span<const Analysis> frames)
{
    for (std::size_t i = 0; i < frames.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (same_frame(*frames[i].fingerprint, *frames[j].fingerprint)) return true;
        }
    }
    return false;
}

/// One face that moves as faces do.
bool keeps_track(std::span<const Analysis> frames)
{
    for (std::size_t i = 1; i < frames.size(); ++i) {
        const auto& before = frames[i - 1];
        const auto& now = frames[i];
        if (before.width != now.width || before.height != now.height) return false;
        const auto& a = before.faces.front().box;
        const auto& b = now.faces.front().box;
        const float growth = b.width / std::max(a.width, 1.0F);
        const float jump = length(centre_of(b) - centre_of(a)) / std::max(a.width, 1.0F);
        if (growth > kGrowthMax || growth < 1 / kGrowthMax || jump > kJumpMax) return false;
    }
    return true;
}

/// The enrolled face, in every frame: strictly where it looks straight, loosely where it is turned.
bool is_same_person(std::span<const Analysis> frames, std::span<const Change> changes,
                    const Comparison& comparison, const Template& enrolled, double match_fmr)
{
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto compared = comparison.compare(enrolled, *frames[i].embedding, match_fmr);
        const bool is_straight = i == 0;
        if (is_straight && compared.decision != Decision::Match) return false;
        const auto with_first =
            comparison.compare(*frames[0].embedding, *frames[i].embedding, match_fmr);
        const double rate = std::min(compared.false_match_rate, with_first.false_match_rate);
        const bool is_near = std::abs(changes[i].yaw) < kTurn && std::abs(changes[i].pitch) < kLook;
        if (rate > (is_near ? kStraightRateMax : kTurnedRateMax)) return false;
    }
    return true;
}

/// The parallax of a turned frame; 0 where it is narrow like a print.
double depth_in(const Measures& first, const Measures& turned, float yaw_change)
{
    if (narrowness(first, turned) < kNarrownessMin) return 0;
    return nose_parallax(first.mesh, turned.mesh, yaw_change);
}

/// Of each turn that was asked for, the frame that shows most depth; of those, the least.
double depth_of(const Challenge& challenge, std::span<const Analysis> frames,
                std::span<const Change> changes, std::span<const int> answers)
{
    double least = 1;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto prompt = challenge.prompts[i];
        if (prompt != Prompt::TurnLeft && prompt != Prompt::TurnRight) continue;
        // The turn begins in the frame that answers and lasts as long as it shows.
        double most = 0;
        for (auto at = static_cast<std::size_t>(answers[i]);
             at < frames.size() && shows(prompt, changes[at]); ++at) {
            most = std::max(
                most, depth_in(*frames.front().measures, *frames[at].measures, changes[at].yaw));
        }
        least = std::min(least, most);
    }
    return least;
}

ChallengeVerdict failed(ChallengeVerdict verdict, LivenessFailure failure)
{
    verdict.failure = failure;
    return verdict;
}

}  // namespace

ChallengeVerdict judge(const Challenge& challenge, std::span<const Analysis> frames,
                       std::chrono::milliseconds elapsed, const Comparison& comparison,
                       const Template& enrolled, const ChallengeRules& rules)
{
    ChallengeVerdict verdict;
    verdict.depth_threshold = kParallaxMin;
    if (elapsed > rules.time_max || elapsed.count() < 0) {
        return failed(verdict, LivenessFailure::TooSlow);
    }
    const bool enough = frames.size() >= kChallengeFramesMin &&
                        frames.size() <= kChallengeFramesMax && !challenge.prompts.empty();
    if (!enough || !std::all_of(frames.begin(), frames.end(), is_usable)) {
        return failed(verdict, LivenessFailure::TrackLost);
    }
    if (has_repeated_frame(frames)) return failed(verdict, LivenessFailure::RepeatedFrame);
    if (!keeps_track(frames)) return failed(verdict, LivenessFailure::TrackLost);

    const auto& first = *frames.front().measures;
    std::vector<Change> changes;
    for (const auto& frame : frames) changes.push_back(change_of(first, *frame.measures));
    if (std::abs(first.pose.yaw) > kStraightYaw || std::abs(first.pose.pitch) > kStraightPitch) {
        return failed(verdict, LivenessFailure::WrongPose);
    }
    if (!is_same_person(frames, changes, comparison, enrolled, rules.match_fmr)) {
        return failed(verdict, LivenessFailure::FaceChanged);
    }

    Walk walk{challenge};
    for (std::size_t i = 1; i < frames.size(); ++i) walk.see(static_cast<int>(i), changes[i]);
    verdict.frames = walk.answers();
    verdict.frames.insert(verdict.frames.begin(), 0);
    if (const auto failure = walk.failure()) return failed(verdict, *failure);

    verdict.depth = depth_of(challenge, frames, changes, walk.answers());
    if (verdict.depth < kParallaxMin) return failed(verdict, LivenessFailure::FlatMotion);
    verdict.passed = true;
    return verdict;
}

}  // namespace accessd::face
