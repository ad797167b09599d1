#pragma once

#include "face/challenge.h"
#include "face/comparison.h"
#include "support/face_models.h"
#include "support/rendered_head.h"

#include <array>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace accessd::test {

inline constexpr std::array kAllPrompts{face::Prompt::TurnLeft,   face::Prompt::TurnRight,
                                        face::Prompt::LookUp,     face::Prompt::LookDown,
                                        face::Prompt::ComeCloser, face::Prompt::Blink};

/// Frames that somebody, or something, can show: some that look straight, and for each prompt several takes of two
/// frames, a sixth of a second apart, as the login page takes them.
struct Footage {
    using Take = std::array<face::Analysis, 2>;
    std::vector<face::Analysis> straight;
    std::map<face::Prompt, std::vector<Take>> takes;
};

inline face::Analysis looked_at(const face::Picture& picture)
{
    auto found = engine().analyse(
        picture,
        {.purpose = face::Purpose::Frame, .mesh = true, .embedding = true, .fingerprint = true});
    if (!found) throw std::runtime_error(found.error().detail);
    return *std::move(found);
}

/// Makes footage of one person's picture, with sway, noise, uneven light and compression that vary.
class Film {
public:
    Film(face::Picture picture, std::uint32_t seed)
        : random_(seed),
          picture_(std::move(picture)),
          still_(looked_at(picture_)),
          head_(picture_, still_.measures.value().mesh)
    {
    }

    /// Of the picture itself, as it was enrolled.
    const face::Analysis& still() const { return still_; }

    /// The head moves in depth; what is behind it doesn't.
    Footage head()
    {
        return footage([&](const HeadPose& pose) { return head_.render(pose, random_); },
                       [&](face::Prompt prompt) { return genuine(prompt); });
    }

    /// A head's frames, and the very same as a file of them has them that was compressed once more.
    std::pair<Footage, Footage> head_and_copy()
    {
        const auto begun = random_;
        auto first = head();
        random_ = begun;
        is_copied_ = true;
        auto copy = head();
        is_copied_ = false;
        return {std::move(first), std::move(copy)};
    }

    /// The picture as it is, moved, scaled and turned in its plane before the scene.
    Footage still_moved(const face::Picture& scene)
    {
        const auto behind = fitted(scene);
        return footage([&](const HeadPose& pose) { return print_of(picture_, behind, pose, 0); },
                       [&](face::Prompt prompt) {
                           auto pose = genuine(prompt);
                           pose.x = pose.yaw / 80;
                           pose.y = pose.pitch / 80;
                           pose.roll += pose.yaw / 3;
                           pose.yaw = pose.pitch = 0;
                           pose.lids_closed = false;
                           return pose;
                       });
    }

    /// A print held before the camera and turned in space, by as much as it takes; a second one has its eyes closed.
    /// `bend`: bent around an upright axis.
    Footage print(const face::Picture& scene, double bend)
    {
        const auto behind = fitted(scene);
        const auto closed = head_.render({.lids_closed = true}, random_);
        return footage(
            [&](const HeadPose& pose) {
                return print_of(pose.lids_closed ? closed : picture_, behind, pose, bend);
            },
            [&](face::Prompt prompt) { return exaggerated(prompt); });
    }

    /// A print cut out along the face, turned before the very scene that the person was photographed in.
    Footage cut_out()
    {
        const auto closed = head_.render({.lids_closed = true}, random_);
        return footage(
            [&](const HeadPose& pose) {
                const auto& shown = pose.lids_closed ? closed : picture_;
                const auto turned = print_of(shown, picture_, pose, 0);
                const auto mask = print_of(mask_of_face(), black(), pose, 0);
                auto out = picture_;
                for (std::size_t i = 0; i < out.pixels.size(); ++i) {
                    if (mask.pixels[i] > 127) out.pixels[i] = turned.pixels[i];
                }
                return out;
            },
            [&](face::Prompt prompt) { return exaggerated(prompt); });
    }

private:
    static constexpr int kStraight = 3;
    static constexpr int kTakes = 2;

    double around(double middle, double deviation)
    {
        return std::normal_distribution<double>{middle, deviation}(random_);
    }
    double between(double low, double high)
    {
        return std::uniform_real_distribution<double>{low, high}(random_);
    }

    /// What people do when they are asked: not all of them much.
    HeadPose genuine(face::Prompt prompt)
    {
        switch (prompt) {
        case face::Prompt::TurnLeft: return {.yaw = between(22, 34)};
        case face::Prompt::TurnRight: return {.yaw = -between(22, 34)};
        case face::Prompt::LookUp: return {.pitch = -between(12, 20)};
        case face::Prompt::LookDown: return {.pitch = between(12, 20)};
        case face::Prompt::ComeCloser: return {.closer = between(1.3, 1.5)};
        case face::Prompt::Blink: return {.lids_closed = true};
        }
        return {};
    }

    HeadPose exaggerated(face::Prompt prompt)
    {
        auto pose = genuine(prompt);
        pose.yaw *= between(1, 2.3);
        pose.pitch *= between(1, 2.5);
        return pose;
    }

    HeadPose swaying(HeadPose pose, double by)
    {
        pose.yaw += around(0, by);
        pose.pitch += around(0, by);
        pose.roll += around(0, by);
        pose.x += around(0, 0.01 * by);
        pose.y += around(0, 0.01 * by);
        return pose;
    }

    template <class Render, class Choose>
    Footage footage(Render render, Choose choose)
    {
        Footage made;
        // One person in one light before one camera; between runs all of it differs.
        const double light = between(0.75, 1.25);
        const double noise = between(1, 5);
        const auto quality = static_cast<int>(between(70, 95));
        const auto shot = [&](HeadPose pose) {
            pose.light = light;
            pose.noise = noise;
            const auto picture = recompressed(render(pose), quality);
            return looked_at(is_copied_ ? recompressed(picture, kCopyQuality) : picture);
        };
        for (int i = 0; i < kStraight; ++i) made.straight.push_back(shot(swaying({}, 1.5)));
        for (const auto prompt : kAllPrompts) {
            for (int i = 0; i < kTakes; ++i) {
                const auto pose = swaying(choose(prompt), 1.5);
                made.takes[prompt].push_back({shot(pose), shot(swaying(pose, kNextFrame))});
            }
        }
        return made;
    }

    face::Picture print_of(const face::Picture& picture, const face::Picture& behind,
                           const HeadPose& pose, double bend)
    {
        return turned_print(picture, behind, pose, random_, bend);
    }

    face::Picture fitted(const face::Picture& scene) const
    {
        return resized_to(scene, picture_.width, picture_.height);
    }

    face::Picture black() const
    {
        return {picture_.width, picture_.height,
                std::vector<std::uint8_t>(picture_.pixels.size(), 0)};
    }

    /// White where the face and a little around it are.
    face::Picture mask_of_face() const
    {
        const auto& mesh = still_.measures->mesh;
        const auto width = static_cast<double>(mesh[454].x - mesh[234].x) * 0.62;
        const auto height = static_cast<double>(mesh[152].y - mesh[10].y) * 0.62;
        const double cx = (mesh[454].x + mesh[234].x) / 2;
        const double cy = (mesh[152].y + mesh[10].y) / 2;
        auto mask = black();
        for (int y = 0; y < mask.height; ++y) {
            for (int x = 0; x < mask.width; ++x) {
                if (std::hypot((x - cx) / width, (y - cy) / height) > 1) continue;
                const auto at =
                    (static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) +
                     static_cast<std::size_t>(x)) *
                    3;
                std::fill_n(mask.pixels.begin() + static_cast<std::ptrdiff_t>(at), 3, 255);
            }
        }
        return mask;
    }

    /// Sway in a sixth of a second, in degrees and hundredths of the face's width.
    static constexpr double kNextFrame = 0.5;
    static constexpr int kCopyQuality = 80;

    bool is_copied_ = false;
    std::mt19937 random_;
    face::Picture picture_;
    face::Analysis still_;
    RenderedHead head_;
};

}  // namespace accessd::test
