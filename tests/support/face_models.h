#pragma once

#include "face/engine.h"
#include "face/models.h"
#include "picture/decode.h"
#include "support/pictures.h"
#include "support/sensor_noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace accessd::test {

inline std::string models_dir() { return std::string{ACCESSD_SOURCE_DIR} + "/build/models"; }

/// The shipped models of a profile. Without them the test fails and says what to do.
inline face::Models installed_models(face::Profile profile = face::Profile::Default)
{
    face::ModelsSettings settings;
    settings.models_dir = models_dir();
    settings.profile = profile;
    auto models = face::find_models(settings);
    if (!models) throw std::runtime_error(models.error().detail);
    return *std::move(models);
}

/// One engine for all tests of a program: opening takes a second.
inline const face::Engine& engine()
{
    static const auto opened = face::Engine::open(installed_models());
    if (!opened) throw std::runtime_error(opened.error().detail);
    return **opened;
}

inline face::Picture to_picture(picture::Pixels pixels)
{
    return {pixels.width, pixels.height, std::move(pixels.rgb)};
}
inline picture::Pixels to_pixels(const face::Picture& picture)
{
    return {picture.width, picture.height, picture.pixels, picture.width, picture.height};
}

inline face::Picture read_picture(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    std::ostringstream content;
    content << file.rdbuf();
    auto decoded = picture::decode(content.str());
    if (!decoded) throw std::runtime_error(path + ": " + decoded.error().detail);
    return to_picture(*std::move(decoded));
}

/// One of the six group photographs that come with @vladmandic/face-api.
inline face::Picture group_photograph(int number)
{
    return read_picture(models_dir() + "/samples/sample" + std::to_string(number) + ".jpg");
}

inline face::Picture cut(const face::Picture& picture, int left, int top, int width, int height)
{
    const int right = std::min(picture.width, left + width);
    const int bottom = std::min(picture.height, top + height);
    left = std::max(left, 0);
    top = std::max(top, 0);
    face::Picture out{right - left, bottom - top, {}};
    for (int y = top; y < bottom; ++y) {
        const auto* const row =
            picture.pixels.data() +
            (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
             static_cast<std::size_t>(left)) *
                3;
        out.pixels.insert(out.pixels.end(), row, row + static_cast<std::ptrdiff_t>(out.width) * 3);
    }
    return out;
}

/// The faces of a photograph from left to right, each with `factor` times its box.
inline std::vector<face::Picture> faces_of(const face::Picture& picture, float factor = 2)
{
    auto found = engine().analyse(picture, {.purpose = face::Purpose::Detect, .embedding = false});
    if (!found) throw std::runtime_error(found.error().detail);
    std::sort(found->faces.begin(), found->faces.end(),
              [](const auto& a, const auto& b) { return a.box.x < b.box.x; });
    std::vector<face::Picture> faces;
    for (const auto& face : found->faces) {
        const float side = std::max(face.box.width, face.box.height) * factor;
        faces.push_back(cut(picture, static_cast<int>(face.box.x + (face.box.width - side) / 2),
                            static_cast<int>(face.box.y + (face.box.height - side) / 2),
                            static_cast<int>(side), static_cast<int>(side)));
    }
    return faces;
}

/// What JPEG makes of a picture.
inline face::Picture recompressed(const face::Picture& picture, int quality)
{
    auto decoded = picture::decode(to_jpeg(to_pixels(picture), {.quality = quality}));
    if (!decoded) throw std::runtime_error(decoded.error().detail);
    return to_picture(*std::move(decoded));
}

/// Every pixel changed by a function of its value.
template <class Change>
face::Picture changed(face::Picture picture, Change change)
{
    for (auto& value : picture.pixels) {
        value =
            static_cast<std::uint8_t>(std::clamp(change(static_cast<double>(value)), 0.0, 255.0));
    }
    return picture;
}

/// Resized by averaging and interpolation.
inline face::Picture resized_to(const face::Picture& picture, int width, int height)
{
    const double across = static_cast<double>(picture.width) / width;
    const double down = static_cast<double>(picture.height) / height;
    const int samples = std::clamp(static_cast<int>(std::ceil(std::max(across, down))), 1, 16);
    face::Picture out{width, height, {}};
    const auto row = static_cast<std::size_t>(picture.width) * 3;
    const auto value_at = [&](double x, double y, std::size_t c) {
        x = std::clamp(x, 0.0, picture.width - 1.001);
        y = std::clamp(y, 0.0, picture.height - 1.001);
        const auto at = static_cast<std::size_t>(y) * row + static_cast<std::size_t>(x) * 3 + c;
        const double fx = x - std::floor(x), fy = y - std::floor(y);
        return (picture.pixels[at] * (1 - fx) + picture.pixels[at + 3] * fx) * (1 - fy) +
               (picture.pixels[at + row] * (1 - fx) + picture.pixels[at + row + 3] * fx) * fy;
    };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (std::size_t c = 0; c < 3; ++c) {
                double sum = 0;
                for (int s = 0; s < samples * samples; ++s) {
                    sum += value_at((x + (s % samples + 0.5) / samples) * across - 0.5,
                                    (y + (s / samples + 0.5) / samples) * down - 0.5, c);
                }
                out.pixels.push_back(static_cast<std::uint8_t>(sum / (samples * samples) + 0.5));
            }
        }
    }
    return out;
}

inline face::Picture resized(const face::Picture& picture, double factor)
{
    return resized_to(picture, static_cast<int>(picture.width * factor),
                      static_cast<int>(picture.height * factor));
}

inline face::Picture turned_round(const face::Picture& picture)
{
    face::Picture out = picture;
    const auto width = static_cast<std::size_t>(picture.width);
    for (std::size_t i = 0; i < picture.pixels.size() / 3; ++i) {
        const auto x = i % width;
        const auto from = i - x + (width - 1 - x);
        for (std::size_t c = 0; c < 3; ++c) out.pixels[i * 3 + c] = picture.pixels[from * 3 + c];
    }
    return out;
}

/// What a sensor adds.
inline face::Picture noisy(const face::Picture& picture, double deviation, std::mt19937& random)
{
    SensorNoise noise{deviation};
    return changed(picture, [&](double value) { return value + noise(random); });
}

}  // namespace accessd::test
