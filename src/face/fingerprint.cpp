#include "face/fingerprint.h"

#include "face/geometry.h"
#include "face/mesh.h"
#include "face/raster.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

namespace accessd::face {
namespace {

// A coarse grid of brightness around the face, brought to mean 0 and deviation 1, then mixed: each number that
// is kept is a sum over all cells with fixed signs. Distances stay (Johnson and Lindenstrauss), the picture does
// not. The grid lies relative to the face, so that a crop moves nothing; what moves between two frames is the
// face against what is behind it, and the face in itself.
//
// A copy's face isn't found at the very same place: by some hundredths of a cell, which changes more than compression
// does. So the probe comes with what the sums would become were the grid moved, larger, turned, or the tones others, and
// only what none of these explain counts.
constexpr int kGrid = 32;
constexpr int kCells = kGrid * kGrid;
constexpr int kSums = 256;
constexpr int kTangents = 8;
/// Sums as seen; then sums of the mirror image; then the tangents of both; then how sensitive it is.
constexpr std::size_t kRow = kSums * 2;
constexpr std::size_t kKeptBytes = kRow + 2;
constexpr std::size_t kBytes = kRow * 2 + kRow * 2 * kTangents + 2;
constexpr float kSumStep = 1 / 4096.0F;
constexpr float kTangentStep = 1 / 32767.0F;
constexpr float kSensitivityStep = 1 / 16384.0F;
/// Side of the square by the spread of the mesh's points: about twice the face's height.
constexpr double kReach = 4.5;
/// How far tangents are measured: of the square's side, of its size, in radians.
constexpr double kMove = 0.01;
constexpr double kGrow = 0.02;
constexpr double kTurn = 0.02;

constexpr double kUnlike = 100;

/// The fixed signs: kSums rows of kCells, from xorshift64.
cv::Mat make_signs()
{
    cv::Mat signs(kSums, kCells, CV_32F);
    std::uint64_t state = 0x9E3779B97F4A7C15ULL;
    for (int row = 0; row < kSums; ++row) {
        for (int cell = 0; cell < kCells; ++cell) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            signs.at<float>(row, cell) = ((state >> 33 & 1) != 0 ? 1.0F : -1.0F) / kGrid;
        }
    }
    return signs;
}

using Cells = cv::Mat;  // One column.

Cells standardised(Cells cells)
{
    cv::Scalar mean, deviation;
    cv::meanStdDev(cells, mean, deviation);
    return (cells - mean[0]) / std::max(deviation[0], 1.0);
}

/// What the square around the face shows, and squares a little beside it.
struct Looks {
    Cells raw;
    /// Pairs, one to each side: across, down, larger and smaller, turned.
    std::array<std::array<Cells, 2>, 4> beside;
};

Cells cells_of(const Picture& square) { return cv::Mat(grey(square, kGrid, kGrid), true); }

Looks looks_around(const Picture& picture, const FacePlace& here)
{
    constexpr int kSide = kGrid * 4;
    constexpr double kRoom = 1.1;  // For what lies beside it.
    const double side = here.spread * kReach;
    const auto square = [&](const FacePlace& place, double room) {
        return crop_of(place.centre, place.spread * kReach * room, place.angle, kSide);
    };
    const auto crop =
        crops_repeating_border(picture, square(here, kRoom), square(here, 1).scale(), kSide);
    const auto moved = [&](double x, double y, double grown, double turned) {
        auto there = here;
        there.centre.x += static_cast<float>(x * side);
        there.centre.y += static_cast<float>(y * side);
        there.spread *= 1 + grown;
        there.angle += turned;
        return cells_of(crop(square(there, 1)));
    };
    return {moved(0, 0, 0, 0),
            {{{moved(kMove, 0, 0, 0), moved(-kMove, 0, 0, 0)},
              {moved(0, kMove, 0, 0), moved(0, -kMove, 0, 0)},
              {moved(0, 0, kGrow, 0), moved(0, 0, -kGrow, 0)},
              {moved(0, 0, 0, kTurn), moved(0, 0, 0, -kTurn)}}}};
}

/// Without a face all of the picture counts, and stays where it is.
Looks looks_at_all(const Picture& picture)
{
    const Box all{0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)};
    const auto cells = cells_of(stretched(picture, all, kGrid * 4));
    return {cells, {{{cells, cells}, {cells, cells}, {cells, cells}, {cells, cells}}}};
}

Cells turned_over(const Cells& cells)
{
    cv::Mat turned;
    cv::flip(cells.reshape(1, kGrid), turned, 1);
    return turned.reshape(1, kCells);
}

/// Of the mirror image: cells change places, so that it needn't be looked at.
Looks turned_over(const Looks& looks)
{
    Looks turned{turned_over(looks.raw), {}};
    for (std::size_t i = 0; i < looks.beside.size(); ++i) {
        turned.beside[i] = {turned_over(looks.beside[i][0]), turned_over(looks.beside[i][1])};
    }
    return turned;
}

/// Brightness after a function of it, from 0 to 1.
template <class Tone>
Cells toned(Cells cells, Tone tone)
{
    for (auto* value = cells.ptr<float>(); value != cells.ptr<float>() + kCells; ++value) {
        *value = 255 * tone(std::clamp(*value / 255, 0.01F, 1.0F));
    }
    return standardised(cells);
}

/// The sums in the first column; in the others what they become under each small change.
cv::Mat columns_of(const Looks& looks)
{
    const Cells& raw = looks.raw;
    cv::Mat cells(kCells, 1 + kTangents, CV_32F);
    const auto put = [&](int column, const Cells& values) { values.copyTo(cells.col(column)); };
    put(0, standardised(raw.clone()));
    for (std::size_t i = 0; i < looks.beside.size(); ++i) {
        const auto& [one, other] = looks.beside[i];
        put(static_cast<int>(i) + 1, standardised(one) - standardised(other));
    }
    put(5, toned(raw.clone(), [](float v) { return v * std::log(v); }));
    put(6, toned(raw.clone(), [](float v) { return v * v * v; }));
    // What light that turns parts of a picture white does to the mean and deviation of the rest.
    put(7, Cells::ones(kCells, 1, CV_32F));
    put(8, standardised(raw.clone()));
    static const cv::Mat signs = make_signs();
    return signs * cells;
}

void append(float value, float step, std::vector<std::uint8_t>& bytes)
{
    const auto number =
        static_cast<std::int16_t>(std::lround(std::clamp(value / step, -32767.0F, 32767.0F)));
    const auto bits = static_cast<std::uint16_t>(number);
    bytes.push_back(static_cast<std::uint8_t>(bits & 0xFF));
    bytes.push_back(static_cast<std::uint8_t>(bits >> 8));
}

void append(const cv::Mat& column, float step, std::vector<std::uint8_t>& bytes)
{
    for (int i = 0; i < kSums; ++i) append(column.at<float>(i), step, bytes);
}

double number_at(std::span<const std::uint8_t> bytes, std::size_t index)
{
    const auto bits = static_cast<std::uint16_t>(bytes[2 * index] | bytes[2 * index + 1] << 8);
    return static_cast<std::int16_t>(bits);
}

using Row = std::array<double, kSums>;

Row row_at(std::span<const std::uint8_t> bytes, std::size_t row, double step)
{
    Row numbers{};
    const auto from = bytes.subspan(row * kRow, kRow);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number_at(from, i) * step;
    return numbers;
}

double dot(const Row& a, const Row& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

/// Takes out of `row` what lies along a direction of length 1.
void take_out(const Row& direction, Row& row)
{
    const double along = dot(direction, row);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] -= along * direction[i];
}

/// What the tangents leave unexplained of the difference. Rows from `sums` and `tangents` on are the probe's.
double unexplained(std::span<const std::uint8_t> probe, std::span<const std::uint8_t> known,
                   std::size_t sums, std::size_t tangents)
{
    Row difference = row_at(known, 0, kSumStep);
    const Row seen = row_at(probe, sums, kSumStep);
    for (std::size_t i = 0; i < seen.size(); ++i) difference[i] -= seen[i];
    std::vector<Row> directions;
    for (std::size_t t = 0; t < kTangents; ++t) {
        Row direction = row_at(probe, tangents + t, kTangentStep);
        for (const auto& earlier : directions) take_out(earlier, direction);
        const double length = std::sqrt(dot(direction, direction));
        if (length < 1e-3) continue;
        for (auto& number : direction) number /= length;
        take_out(direction, difference);
        directions.push_back(direction);
    }
    return std::sqrt(dot(difference, difference) / kSums);
}

double sensitivity_at(std::span<const std::uint8_t> bytes, std::size_t offset)
{
    return std::max(number_at(bytes.subspan(offset), 0) * kSensitivityStep, 0.02);
}

}  // namespace

FacePlace place_of(const std::vector<Point3>& mesh)
{
    Point centre;
    for (const auto& p : mesh) centre = centre + flat(p);
    centre = centre * (1 / static_cast<float>(mesh.size()));
    double squares = 0;
    for (const auto& p : mesh) {
        const double away = length(flat(p) - centre);
        squares += away * away;
    }
    const Point eyes = left_eye(mesh) - right_eye(mesh);
    return {centre, std::sqrt(squares / static_cast<double>(mesh.size())),
            std::atan2(eyes.y, eyes.x)};
}

FacePlace mirrored(const FacePlace& place, int width)
{
    return {
        {static_cast<float>(width) - place.centre.x, place.centre.y}, place.spread, -place.angle};
}

FacePlace middle_of(const FacePlace& one, const FacePlace& other)
{
    return {(one.centre + other.centre) * 0.5F, (one.spread + other.spread) / 2,
            std::atan2(std::sin(one.angle) + std::sin(other.angle),
                       std::cos(one.angle) + std::cos(other.angle))};
}

Fingerprint fingerprint_of(const Picture& picture, const FacePlace* place)
{
    const auto looks = place ? looks_around(picture, *place) : looks_at_all(picture);
    const std::array columns{columns_of(looks), columns_of(turned_over(looks))};
    const double sensitivity =
        std::hypot(cv::norm(columns[0].col(1)), cv::norm(columns[0].col(2))) / std::sqrt(kSums);
    Fingerprint fingerprint;
    fingerprint.bytes.reserve(kBytes);
    for (const auto& of : columns) append(of.col(0), kSumStep, fingerprint.bytes);
    for (const auto& of : columns) {
        for (int t = 1; t <= kTangents; ++t) {
            const double size = std::max(cv::norm(of.col(t)), 1e-6);
            append(of.col(t) / size, kTangentStep, fingerprint.bytes);
        }
    }
    append(static_cast<float>(sensitivity), kSensitivityStep, fingerprint.bytes);
    return fingerprint;
}

Fingerprint kept_part(const Fingerprint& fingerprint)
{
    if (fingerprint.bytes.size() != kBytes) return fingerprint;
    Fingerprint kept{{fingerprint.bytes.begin(), fingerprint.bytes.begin() + kRow}};
    kept.bytes.insert(kept.bytes.end(), fingerprint.bytes.end() - 2, fingerprint.bytes.end());
    return kept;
}

double picture_distance(const Fingerprint& probe, const Fingerprint& known)
{
    const auto known_size = known.bytes.size();
    if (probe.bytes.size() != kBytes || (known_size != kBytes && known_size != kKeptBytes)) {
        return kUnlike;
    }
    const double apart = std::min(unexplained(probe.bytes, known.bytes, 0, 2),
                                  unexplained(probe.bytes, known.bytes, 1, 2 + kTangents));
    return apart / std::min(sensitivity_at(probe.bytes, kBytes - 2),
                            sensitivity_at(known.bytes, known_size - 2));
}

bool same_picture(const Fingerprint& probe, const Fingerprint& known)
{
    return picture_distance(probe, known) <= kSamePictureMax;
}

bool same_frame(const Fingerprint& probe, const Fingerprint& known)
{
    return picture_distance(probe, known) <= kSameFrameMax;
}

}  // namespace accessd::face
