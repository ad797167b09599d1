// Films a person who does what a challenge asks, for tests/api; never installed.
//
//   film_head MODELS PICTURE FOLDER SEED PROMPT...
//
// From one picture of them a head is rendered in space (support/rendered_head.h). FOLDER gets a straight frame, then two
// of each prompt, as 0.jpg, 1.jpg, ...
#include "face/challenge.h"
#include "support/face_models.h"
#include "support/rendered_head.h"

#include <cstdio>
#include <exception>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace accessd;

constexpr int kSide = 480;

test::HeadPose pose_for(const std::string& prompt)
{
    const auto asked = face::parse_prompt(prompt);
    if (!asked) throw std::runtime_error("an unknown prompt: " + prompt);
    switch (*asked) {
    case face::Prompt::TurnLeft: return {.yaw = 28};
    case face::Prompt::TurnRight: return {.yaw = -28};
    case face::Prompt::LookUp: return {.pitch = -16};
    case face::Prompt::LookDown: return {.pitch = 16};
    case face::Prompt::ComeCloser: return {.closer = 1.4};
    case face::Prompt::Blink: return {.lids_closed = true};
    }
    return {};
}

class Camera {
public:
    Camera(const std::string& models, const std::string& picture, std::string folder,
           std::uint32_t seed)
        : random_(seed), folder_(std::move(folder)), head_(head_of(models, picture))
    {
        // Nobody sits down twice alike: else one film's frames are near copies of another's.
        std::uniform_real_distribution<double> spread{-1, 1};
        place_.x = 0.12 * spread(random_);
        place_.y = 0.12 * spread(random_);
        place_.roll = 3 * spread(random_);
        place_.closer = 1 + 0.08 * spread(random_);
        place_.light = 1 + 0.3 * spread(random_);
    }

    void shoot(test::HeadPose pose)
    {
        std::normal_distribution<double> around{0, 0.5};
        pose.yaw += around(random_);
        pose.pitch += around(random_);
        pose.roll += place_.roll + around(random_);
        pose.x += place_.x + 0.01 * around(random_);
        pose.y += place_.y;
        pose.closer *= place_.closer;
        pose.light *= place_.light;
        pose.noise = 2;
        const auto frame = test::to_pixels(head_.render(pose, random_));
        std::ofstream{folder_ + "/" + std::to_string(shot_++) + ".jpg", std::ios::binary}
            << test::to_jpeg(frame, {.quality = 90});
    }

private:
    static test::RenderedHead head_of(const std::string& models, const std::string& picture)
    {
        face::ModelsSettings settings;
        settings.models_dir = models;
        const auto engine = face::Engine::open(face::find_models(settings).value()).value();
        auto shown = test::resized_to(test::read_picture(picture), kSide, kSide);
        const auto seen = engine->analyse(
            shown, {.purpose = face::Purpose::Frame, .mesh = true, .embedding = false});
        return {std::move(shown), seen.value().measures.value().mesh};
    }

    std::mt19937 random_;
    test::HeadPose place_;  ///< Where this film's person sits, and how the light falls.
    std::string folder_;
    test::RenderedHead head_;
    int shot_ = 0;
};

}  // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> words{argv + 1, argv + argc};
    if (words.size() < 5) return 2;
    try {
        Camera camera{words[0], words[1], words[2],
                      static_cast<std::uint32_t>(std::stoul(words[3]))};
        camera.shoot({});
        for (std::size_t i = 4; i < words.size(); ++i) {
            for (int frame = 0; frame < 2; ++frame) camera.shoot(pose_for(words[i]));
        }
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "film_head: %s\n", problem.what());
        return 1;
    }
    return 0;
}
