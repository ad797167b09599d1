#include "face/depth.h"

#include "face/geometry.h"
#include "face/mesh.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace accessd::face {
namespace {

/// Places that lie nearly in one plane, and that a turn of 40 degrees doesn't hide: corners and lids of the
/// eyes, brows, corners and edges of the mouth, the chin below it.
constexpr std::array<std::size_t, 28> kFlat{33,  133, 159, 145, 263, 362, 386, 374, 70, 105,
                                            107, 336, 334, 300, 61,  291, 0,   17,  13, 14,
                                            37,  267, 84,  314, 18,  200, 199, 151};
/// The tip of the nose and its ridge, which stand out.
constexpr std::array<std::size_t, 6> kNose{1, 4, 5, 19, 195, 45};

using Row = std::array<double, 9>;

/// Solves the eight equations in place, the largest pivot first.
std::optional<std::array<double, 8>> solve(std::array<Row, 8>& rows)
{
    for (std::size_t column = 0; column < 8; ++column) {
        auto* const pivot = std::max_element(
            rows.begin() + static_cast<std::ptrdiff_t>(column), rows.end(),
            [&](const Row& a, const Row& b) { return std::abs(a[column]) < std::abs(b[column]); });
        if (std::abs((*pivot)[column]) < 1e-9) return std::nullopt;
        std::swap(rows[column], *pivot);
        for (std::size_t other = 0; other < 8; ++other) {
            if (other == column) continue;
            const double factor = rows[other][column] / rows[column][column];
            for (std::size_t i = column; i < 9; ++i) rows[other][i] -= factor * rows[column][i];
        }
    }
    std::array<double, 8> values{};
    for (std::size_t i = 0; i < 8; ++i) values[i] = rows[i][8] / rows[i][i];
    return values;
}

/// Brings points around 0 and to a mean distance of 1, which keeps the equations well scaled.
struct Scaling {
    double x = 0;
    double y = 0;
    double factor = 1;

    explicit Scaling(std::span<const Point> points)
    {
        const auto count = static_cast<double>(points.size());
        for (const auto& p : points) {
            x += p.x / count;
            y += p.y / count;
        }
        double spread = 0;
        for (const auto& p : points) spread += std::hypot(p.x - x, p.y - y) / count;
        factor = 1 / std::max(spread, 1e-6);
    }
    std::pair<double, double> operator()(Point p) const
    {
        return {(p.x - x) * factor, (p.y - y) * factor};
    }
};

Homography product(const Homography& a, const Homography& b)
{
    Homography out{};
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t c = 0; c < 3; ++c) {
            for (std::size_t k = 0; k < 3; ++k) out[3 * r + c] += a[3 * r + k] * b[3 * k + c];
        }
    }
    return out;
}

}  // namespace

std::optional<Homography> fit_homography(std::span<const Point> from, std::span<const Point> to)
{
    if (from.size() < 4 || from.size() != to.size()) return std::nullopt;
    const Scaling before{from};
    const Scaling after{to};
    // Least squares of the eight unknowns: the sum of the equations of all points.
    std::array<Row, 8> normal{};
    const auto add = [&](const Row& equation) {
        for (std::size_t r = 0; r < 8; ++r) {
            for (std::size_t c = 0; c < 9; ++c) normal[r][c] += equation[r] * equation[c];
        }
    };
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto [x, y] = before(from[i]);
        const auto [u, v] = after(to[i]);
        add({x, y, 1, 0, 0, 0, -u * x, -u * y, u});
        add({0, 0, 0, x, y, 1, -v * x, -v * y, v});
    }
    const auto h = solve(normal);
    if (!h) return std::nullopt;
    const Homography scaled{(*h)[0], (*h)[1], (*h)[2], (*h)[3], (*h)[4],
                            (*h)[5], (*h)[6], (*h)[7], 1};
    const Homography in{before.factor,
                        0,
                        -before.x * before.factor,
                        0,
                        before.factor,
                        -before.y * before.factor,
                        0,
                        0,
                        1};
    const Homography out{1 / after.factor, 0, after.x, 0, 1 / after.factor, after.y, 0, 0, 1};
    return product(out, product(scaled, in));
}

Point apply(const Homography& h, Point p)
{
    const double w = h[6] * p.x + h[7] * p.y + h[8];
    return {static_cast<float>((h[0] * p.x + h[1] * p.y + h[2]) / w),
            static_cast<float>((h[3] * p.x + h[4] * p.y + h[5]) / w)};
}

double nose_parallax(const std::vector<Point3>& before, const std::vector<Point3>& after,
                     double yaw_change)
{
    std::vector<Point> from;
    std::vector<Point> to;
    for (const auto place : kFlat) {
        from.push_back(flat(before[place]));
        to.push_back(flat(after[place]));
    }
    const auto plane = fit_homography(from, to);
    if (!plane) return 0;
    Point moved;
    for (const auto place : kNose) {
        moved = moved + (flat(after[place]) - apply(*plane, flat(before[place])));
    }
    moved = moved * (1 / static_cast<float>(kNose.size()));
    // Along the line of the eyes as the turned frame has it: a turn to the left moves the nose that way.
    const Point eyes = left_eye(after) - right_eye(after);
    const float across = std::max(length(eyes), 1.0F);
    const float along = (moved.x * eyes.x + moved.y * eyes.y) / across;
    // By the distance of the eyes before the turn, which shortens it.
    const float distance = std::max(length(left_eye(before) - right_eye(before)), 1.0F);
    return static_cast<double>(along / distance) * (yaw_change < 0 ? -1 : 1);
}

double narrowness(const Measures& before, const Measures& after)
{
    const auto ratio = [](const std::vector<Point3>& mesh) {
        const Point mouth =
            (flat(mesh[MeshPlace::kMouthRight]) + flat(mesh[MeshPlace::kMouthLeft])) * 0.5F;
        const Point eyes = (left_eye(mesh) + right_eye(mesh)) * 0.5F;
        return length(left_eye(mesh) - right_eye(mesh)) / std::max(length(mouth - eyes), 1.0F);
    };
    const auto cosine = [](float degrees) {
        return std::max(std::cos(static_cast<double>(degrees) * std::numbers::pi / 180), 0.2);
    };
    const double expected = cosine(after.pose.yaw) / cosine(before.pose.yaw) *
                            cosine(before.pose.pitch) / cosine(after.pose.pitch);
    return static_cast<double>(ratio(after.mesh) / ratio(before.mesh)) / expected;
}

}  // namespace accessd::face
