// Writes what a camera would see of somebody who does what a challenge asks for: a person of a photograph, as a body in
// space that is turned. For tests of the login page, which show it to a browser.
//
//   head_frames PHOTOGRAPH PERSON SEED FOLDER
//
// One of the six group photographs beside the models, a place from the left, what makes this time differ from another.
// Writes straight-NN.jpg and, for each prompt, turn_left-N.jpg; with a sway of their own each, so that none is another.

#include "face/challenge.h"
#include "support/face_models.h"
#include "support/rendered_head.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

namespace accessd::test {
namespace {

constexpr int kSide = 480;
constexpr int kStraight = 24;
constexpr int kOfPrompt = 8;

/// In the middle of what people do when they are asked.
HeadPose performed(face::Prompt prompt)
{
    switch (prompt) {
    case face::Prompt::TurnLeft: return {.yaw = 28};
    case face::Prompt::TurnRight: return {.yaw = -28};
    case face::Prompt::LookUp: return {.pitch = -16};
    case face::Prompt::LookDown: return {.pitch = 16};
    case face::Prompt::ComeCloser: return {.closer = 1.4};
    case face::Prompt::Blink: return {.lids_closed = true};
    }
    std::abort();
}

class Camera {
public:
    Camera(face::Picture person, const face::Measures& measures, std::uint32_t seed,
           std::filesystem::path folder)
        : head_(std::move(person), measures.mesh),
          straight_{.yaw = -measures.pose.yaw, .roll = -measures.pose.roll},
          random_(seed),
          folder_(std::move(folder))
    {
    }

    void shoot(const std::string& name, HeadPose pose)
    {
        pose.yaw += straight_.yaw + around();
        pose.pitch += around();
        pose.roll += straight_.roll + around();
        pose.x += 0.01 * around();
        pose.y += 0.01 * around();
        pose.noise = 2;
        std::ofstream file{folder_ / (name + ".jpg"), std::ios::binary};
        file << to_jpeg(to_pixels(head_.render(pose, random_)), {.quality = 92});
        if (!file) throw std::runtime_error("can't write into " + folder_.string());
    }

private:
    /// Degrees.
    double around() { return std::normal_distribution<double>{0, 1}(random_); }

    RenderedHead head_;
    HeadPose straight_;  ///< From how they were photographed to how one looks into a camera.
    std::mt19937 random_;
    std::filesystem::path folder_;
};

void write_frames(int photograph, std::size_t person, std::uint32_t seed, const char* folder)
{
    const auto people = faces_of(group_photograph(photograph), 2.6F);
    const auto picture = resized_to(people.at(person), kSide, kSide);
    const auto looked = engine().analyse(picture, {.purpose = face::Purpose::Frame, .mesh = true});
    if (!looked) throw std::runtime_error(looked.error().detail);
    Camera camera{picture, looked->measures.value(), seed, folder};
    const auto numbered = [](int number) {
        return (number < 10 ? "-0" : "-") + std::to_string(number);
    };
    for (int i = 0; i < kStraight; ++i) camera.shoot("straight" + numbered(i), {});
    for (const auto prompt :
         {face::Prompt::TurnLeft, face::Prompt::TurnRight, face::Prompt::LookUp,
          face::Prompt::LookDown, face::Prompt::ComeCloser, face::Prompt::Blink}) {
        for (int i = 0; i < kOfPrompt; ++i) {
            camera.shoot(std::string{to_text(prompt)} + numbered(i), performed(prompt));
        }
    }
}

}  // namespace
}  // namespace accessd::test

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::cerr << "head_frames PHOTOGRAPH PERSON SEED FOLDER\n";
        return 2;
    }
    try {
        accessd::test::write_frames(std::stoi(argv[1]), std::stoul(argv[2]),
                                    static_cast<std::uint32_t>(std::stoul(argv[3])), argv[4]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
