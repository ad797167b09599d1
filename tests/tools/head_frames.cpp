// Writes what a camera would see of somebody who does what a challenge asks for: a person of a picture, as a body in space
// that is turned. For tests/api, and for tests of the login page, which show it to a browser; never installed.
//
//   head_frames PHOTOGRAPH PERSON SEED FOLDER
//   head_frames film PICTURE SEED FOLDER PROMPT...
//
// The first: one of the six group photographs beside the models, a place from the left, what makes this time differ from
// another. The head is turned straight first. Writes straight-NN.jpg and, for each prompt, turn_left-N.jpg; with a sway
// of their own each, so that none is another.
// The second: a file with one person, who sits elsewhere in other light each time. Writes a straight frame and two of each
// prompt, in the order in which they are named: 0.jpg, 1.jpg, ...

#include "face/challenge.h"
#include "support/face_models.h"
#include "support/rendered_head.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace accessd::test {
namespace {

constexpr int kSide = 480;
constexpr int kStraight = 24;
constexpr int kOfPrompt = 8;
constexpr int kOfPromptInFilm = 2;

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

/// Somebody in front of a camera.
struct Sitter {
    face::Picture picture;
    face::Measures measures;
};

Sitter sitter_of(const face::Picture& person)
{
    auto picture = resized_to(person, kSide, kSide);
    auto looked = engine().analyse(
        picture, {.purpose = face::Purpose::Frame, .mesh = true, .embedding = false});
    if (!looked) throw std::runtime_error(looked.error().detail);
    return {std::move(picture), looked->measures.value()};
}

/// How somebody sits who isn't asked for anything, and how still.
struct Rest {
    HeadPose pose;
    double sway = 1;  ///< Degrees, and hundredths of the face's width.
};

/// From how they were photographed to how one looks into a camera.
Rest straight(const face::Measures& measures)
{
    return {{.yaw = -measures.pose.yaw, .roll = -measures.pose.roll}};
}

/// Nobody sits down twice alike: else one film's frames are near copies of another's.
Rest somewhere(std::mt19937& random)
{
    std::uniform_real_distribution<double> spread{-1, 1};
    Rest rest{.sway = 0.5};
    rest.pose.x = 0.12 * spread(random);
    rest.pose.y = 0.12 * spread(random);
    rest.pose.roll = 3 * spread(random);
    rest.pose.closer = 1 + 0.08 * spread(random);
    rest.pose.light = 1 + 0.3 * spread(random);
    return rest;
}

class Camera {
public:
    Camera(Sitter sitter, const Rest& rest, std::mt19937 random, std::filesystem::path folder)
        : head_(std::move(sitter.picture), std::move(sitter.measures.mesh)),
          rest_(rest),
          random_(random),
          folder_(std::move(folder))
    {
    }

    void shoot(const std::string& name, HeadPose pose)
    {
        pose.yaw += rest_.pose.yaw + around();
        pose.pitch += around();
        pose.roll += rest_.pose.roll + around();
        pose.x += rest_.pose.x + 0.01 * around();
        pose.y += rest_.pose.y + 0.01 * around();
        pose.closer *= rest_.pose.closer;
        pose.light *= rest_.pose.light;
        pose.noise = 2;
        std::ofstream file{folder_ / (name + ".jpg"), std::ios::binary};
        file << to_jpeg(to_pixels(head_.render(pose, random_)), {.quality = 92});
        if (!file) throw std::runtime_error("can't write into " + folder_.string());
    }

private:
    double around() { return std::normal_distribution<double>{0, rest_.sway}(random_); }

    RenderedHead head_;
    Rest rest_;
    std::mt19937 random_;
    std::filesystem::path folder_;
};

std::mt19937 random_of(const std::string& seed)
{
    return std::mt19937{static_cast<std::uint32_t>(std::stoul(seed))};
}

void write_frames(int photograph, std::size_t person, const std::string& seed,
                  const std::string& folder)
{
    const auto people = faces_of(group_photograph(photograph), 2.6F);
    auto sitter = sitter_of(people.at(person));
    const auto rest = straight(sitter.measures);
    Camera camera{std::move(sitter), rest, random_of(seed), folder};
    const auto numbered = [](int number) {
        return (number < 10 ? "-0" : "-") + std::to_string(number);
    };
    for (int i = 0; i < kStraight; ++i) camera.shoot("straight" + numbered(i), {});
    for (int prompt = 0; prompt <= static_cast<int>(face::kLastPrompt); ++prompt) {
        const auto asked = static_cast<face::Prompt>(prompt);
        for (int i = 0; i < kOfPrompt; ++i) {
            camera.shoot(std::string{to_text(asked)} + numbered(i), performed(asked));
        }
    }
}

void write_film(const std::string& picture, const std::string& seed, const std::string& folder,
                const std::vector<std::string>& prompts)
{
    auto random = random_of(seed);
    const auto rest = somewhere(random);
    Camera camera{sitter_of(read_picture(picture)), rest, random, folder};
    int shot = 0;
    camera.shoot(std::to_string(shot++), {});
    for (const auto& word : prompts) {
        const auto asked = face::parse_prompt(word);
        if (!asked) throw std::runtime_error("an unknown prompt: " + word);
        for (int i = 0; i < kOfPromptInFilm; ++i) {
            camera.shoot(std::to_string(shot++), performed(*asked));
        }
    }
}

}  // namespace
}  // namespace accessd::test

int main(int argc, char** argv)
{
    const std::vector<std::string> words{argv + 1, argv + argc};
    const bool is_film = words.size() >= 5 && words[0] == "film";
    if (!is_film && words.size() != 4) {
        std::cerr << "head_frames PHOTOGRAPH PERSON SEED FOLDER\n"
                     "head_frames film PICTURE SEED FOLDER PROMPT...\n";
        return 2;
    }
    try {
        if (is_film) {
            accessd::test::write_film(words[1], words[2], words[3],
                                      {words.begin() + 4, words.end()});
        } else {
            accessd::test::write_frames(std::stoi(words[0]), std::stoul(words[1]), words[2],
                                        words[3]);
        }
    } catch (const std::exception& error) {
        std::cerr << "head_frames: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
