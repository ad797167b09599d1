#include "face/fingerprint.h"
#include "support/face_models.h"
#include "support/rendered_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace accessd::face {
namespace {

/// How many frames of each person are compared with each other: 40 make 7,800 pairs, which docs/biometrics.md tells of.
int frames_each()
{
    const char* const asked = std::getenv("ACCESSD_FINGERPRINT_FRAMES");
    return asked ? std::max(std::atoi(asked), 2) : 10;
}

Fingerprint fingerprint(const Picture& picture)
{
    auto found = test::engine().analyse(
        picture, {.purpose = Purpose::Login, .embedding = false, .fingerprint = true});
    if (!found) throw std::runtime_error(found.error().detail);
    return found->fingerprint.value();
}

/// What people do to a picture so that it looks like another one.
std::vector<std::pair<std::string, Picture>> copies_of(const Picture& picture)
{
    const auto brighter = [](double by) { return [by](double value) { return value * by; }; };
    const int edge = picture.width * 3 / 200;
    return {
        {"recompressed, quality 80", test::recompressed(picture, 80)},
        {"recompressed, quality 50", test::recompressed(picture, 50)},
        {"0.8 of its size", test::recompressed(test::resized(picture, 0.8), 80)},
        {"0.6 of its size, quality 60", test::recompressed(test::resized(picture, 0.6), 60)},
        {"darker by 15 %", test::recompressed(test::changed(picture, brighter(0.85)), 80)},
        {"brighter by 15 %", test::recompressed(test::changed(picture, brighter(1.15)), 80)},
        {"other tones (gamma 0.8)",
         test::recompressed(
             test::changed(picture, [](double v) { return 255 * std::pow(v / 255, 0.8); }), 80)},
        {"mirrored", test::recompressed(test::turned_round(picture), 80)},
        {"cropped by 3 %",
         test::recompressed(
             test::cut(picture, edge, edge, picture.width - 2 * edge, picture.height - 2 * edge),
             80)},
    };
}

struct Share {
    int of = 0;
    int known = 0;
    double nearest = 1000;

    void add(double distance, double limit)
    {
        ++of;
        known += distance <= limit;
        nearest = std::min(nearest, distance);
    }
    Share& operator+=(const Share& more)
    {
        of += more.of;
        known += more.known;
        nearest = std::min(nearest, more.nearest);
        return *this;
    }
    double percent() const { return of == 0 ? 0 : 100.0 * known / of; }
};

void print(const std::string& what, const Share& share)
{
    std::cout << std::left << std::setw(52) << what << std::right << std::setw(6) << share.of
              << std::fixed << std::setprecision(2) << std::setw(9) << share.percent()
              << "%  nearest " << std::setprecision(3) << share.nearest << '\n';
}

/// Ten people of the photographs.
std::vector<Picture> people()
{
    std::vector<Picture> cuts;
    for (const int photograph : {3, 5, 6}) {
        for (auto& cut : test::faces_of(test::group_photograph(photograph), 2.4F)) {
            cuts.push_back(std::move(cut));
        }
    }
    cuts.resize(10);
    return cuts;
}

/// What one person's pictures are taken for.
class Subject {
public:
    Subject(Picture picture, std::uint32_t seed) : random_(seed), picture_(std::move(picture)) {}

    void look()
    {
        look_at_copies();
        const auto measured = test::engine().analyse(
            picture_, {.purpose = Purpose::Frame, .mesh = true, .embedding = false});
        const test::RenderedHead head{picture_, measured->measures.value().mesh};
        for (int i = 0; i < frames_each(); ++i) {
            frames.push_back(fingerprint(frame(head, 1)));
            for (std::size_t j = 0; j + 1 < frames.size(); ++j) {
                later.add(picture_distance(frames.back(), kept_part(frames[j])), kSamePictureMax);
            }
        }
        // Each against the head at rest: so much it moves until the next frame.
        const auto rest =
            kept_part(fingerprint(test::recompressed(head.render({.noise = 2}, random_), 92)));
        for (int i = 0; i < frames_each(); ++i) {
            next.add(picture_distance(fingerprint(frame(head, 0.25)), rest), kSameFrameMax);
        }
    }

    std::map<std::string, Share> copies;
    std::vector<Fingerprint> frames;
    Share later;  ///< Frames seconds apart, by same_picture.
    Share next;   ///< Frames of one run, by same_frame.

private:
    void look_at_copies()
    {
        const auto original = test::recompressed(test::noisy(picture_, 2, random_), 92);
        const auto known = kept_part(fingerprint(original));
        for (const auto& [name, copy] : copies_of(original)) {
            copies[name].add(picture_distance(fingerprint(copy), known), kSamePictureMax);
        }
    }

    double around(double deviation)
    {
        return std::normal_distribution<double>{0, deviation}(random_);
    }

    /// A head that sways by so many degrees in each direction, and by as many hundredths of its width.
    Picture frame(const test::RenderedHead& head, double sway)
    {
        const test::HeadPose pose{.yaw = around(sway),
                                  .pitch = around(sway),
                                  .roll = around(sway),
                                  .x = around(0.01 * sway),
                                  .y = around(0.01 * sway),
                                  .closer = 1 + around(0.004 * sway),
                                  .noise = 2};
        return test::recompressed(head.render(pose, random_), 92);
    }

    std::mt19937 random_;
    Picture picture_;
};

TEST(Fingerprints, KnowCopiesAndLetHonestFramesPass)
{
    std::vector<Subject> subjects;
    for (auto& person : people()) {
        subjects.emplace_back(std::move(person), static_cast<std::uint32_t>(subjects.size()));
    }
    {
        std::vector<std::jthread> looking;
        for (auto& subject : subjects) looking.emplace_back([&] { subject.look(); });
    }
    std::map<std::string, Share> copies;
    Share later, next, others;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        for (const auto& [name, share] : subjects[i].copies) copies[name] += share;
        later += subjects[i].later;
        next += subjects[i].next;
        for (std::size_t j = 0; j < i; ++j) {
            others.add(picture_distance(subjects[i].frames[0], kept_part(subjects[j].frames[0])),
                       kSamePictureMax);
        }
    }

    std::cout << "known again by same_picture, at " << kSamePictureMax << ":\n";
    for (const auto& [name, share] : copies) print("  " + name, share);
    print("  honest: frames of a head that sways by 1 degree", later);
    print("  pictures of two people", others);
    std::cout << "taken for one frame by same_frame, at " << kSameFrameMax << ":\n";
    print("  honest: a head that moves by 0.25 degrees", next);
    EXPECT_LE(later.percent(), 0.1) << "of honest frames may be taken for copies";
    EXPECT_LE(next.percent(), 0.1);
    EXPECT_EQ(others.known, 0);
    for (const auto* const sure : {"recompressed, quality 80", "0.8 of its size", "darker by 15 %",
                                   "mirrored", "cropped by 3 %"}) {
        EXPECT_GE(copies[sure].percent(), 90) << sure;
    }
}

TEST(Fingerprints, AreTheSameForTheSamePictureAndUnlikeWithoutOne)
{
    const auto print_of = fingerprint(people().at(1));

    EXPECT_LT(picture_distance(print_of, print_of), 0.001);
    EXPECT_LT(picture_distance(print_of, kept_part(print_of)), 0.001);
    EXPECT_TRUE(same_frame(print_of, kept_part(print_of)));
    EXPECT_FALSE(same_picture(print_of, Fingerprint{}));
    EXPECT_FALSE(same_picture(Fingerprint{}, print_of));
    EXPECT_LT(kept_part(print_of).bytes.size(), 600U) << "thousands of them are kept";
}

}  // namespace
}  // namespace accessd::face
