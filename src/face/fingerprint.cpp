#include "face/fingerprint.h"

#include "face/geometry.h"
#include "face/raster.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace accessd::face {
namespace {

// A coarse grid of brightness around the face, brought to mean 0 and deviation 1, then mixed: each number that
// is kept is a sum over all cells with fixed signs. Distances stay (Johnson and Lindenstrauss), the picture does
// not. The grid lies relative to the face, so that a crop moves nothing; what moves between two frames is the
// face against what is behind it, and the face in itself.
constexpr int kGrid = 32;
constexpr std::size_t kCells = kGrid * kGrid;
constexpr std::size_t kSums = 256;
constexpr std::size_t kBytes = kSums * 2 * 2;  ///< As seen and mirrored, two bytes each.
constexpr float kStep = 1 / 4096.0F;
/// Side of the square by the spread of the mesh's points: about twice the face's height.
constexpr float kReach = 4.5F;

/// The next of a fixed row of signs (xorshift64).
float next_sign(std::uint64_t& state)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 33 & 1) != 0 ? 1.0F : -1.0F;
}

std::vector<float> standardised(std::vector<float> cells)
{
    double sum = 0;
    for (const float cell : cells) sum += cell;
    const double mean = sum / static_cast<double>(cells.size());
    double squares = 0;
    for (const float cell : cells) squares += (cell - mean) * (cell - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(cells.size()));
    for (auto& cell : cells) cell = static_cast<float>((cell - mean) / std::max(deviation, 1.0));
    return cells;
}

/// Appends the sums of the cells to `bytes`.
void mix(const std::vector<float>& cells, std::vector<std::uint8_t>& bytes)
{
    std::uint64_t state = 0x9E3779B97F4A7C15ULL;
    for (std::size_t i = 0; i < kSums; ++i) {
        float sum = 0;
        for (const float cell : cells) sum += cell * next_sign(state);
        const float scaled = sum / std::sqrt(static_cast<float>(kCells)) / kStep;
        const auto value =
            static_cast<std::int16_t>(std::lround(std::clamp(scaled, -32767.0F, 32767.0F)));
        const auto bits = static_cast<std::uint16_t>(value);
        bytes.push_back(static_cast<std::uint8_t>(bits & 0xFF));
        bytes.push_back(static_cast<std::uint8_t>(bits >> 8));
    }
}

float number_at(const std::vector<std::uint8_t>& bytes, std::size_t index)
{
    const auto bits = static_cast<std::uint16_t>(bytes[2 * index] | bytes[2 * index + 1] << 8);
    return static_cast<float>(static_cast<std::int16_t>(bits)) * kStep;
}

double apart(const Fingerprint& one, const Fingerprint& other, std::size_t from)
{
    double sum = 0;
    for (std::size_t i = 0; i < kSums; ++i) {
        const double difference = number_at(one.bytes, i) - number_at(other.bytes, from + i);
        sum += difference * difference;
    }
    return std::sqrt(sum / kSums);
}

Picture square_around(const Picture& picture, const std::vector<Point3>& mesh)
{
    Point centre;
    for (const auto& p : mesh) centre = centre + flat(p);
    centre = centre * (1 / static_cast<float>(mesh.size()));
    double spread = 0;
    for (const auto& p : mesh) {
        const auto away = flat(p) - centre;
        spread += static_cast<double>(away.x) * away.x + static_cast<double>(away.y) * away.y;
    }
    spread = std::sqrt(spread / static_cast<double>(mesh.size()));
    constexpr int kSide = kGrid * 4;
    return crop_repeating_border(picture, crop_of(centre, spread * kReach, 0, kSide), kSide);
}

}  // namespace

Fingerprint fingerprint_of(const Picture& picture, const std::vector<Point3>* mesh)
{
    const bool has_face = mesh && !mesh->empty();
    const auto square = has_face ? square_around(picture, *mesh) : Picture{};
    const auto& shown = has_face ? square : picture;
    Fingerprint fingerprint;
    fingerprint.bytes.reserve(kBytes);
    mix(standardised(grey(shown, kGrid, kGrid)), fingerprint.bytes);
    mix(standardised(grey(mirrored(shown), kGrid, kGrid)), fingerprint.bytes);
    return fingerprint;
}

double picture_distance(const Fingerprint& one, const Fingerprint& other)
{
    if (one.bytes.size() != kBytes || other.bytes.size() != kBytes) return 2;
    return std::min(apart(one, other, 0), apart(one, other, kSums));
}

bool same_picture(const Fingerprint& one, const Fingerprint& other)
{
    return picture_distance(one, other) <= kSamePictureMax;
}

}  // namespace accessd::face
