#pragma once

#include "face/analysis.h"
#include "face/mesh.h"
#include "face/picture.h"
#include "support/sensor_noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace accessd::test {

/// How a head is held and lit in a rendered frame.
struct HeadPose {
    double yaw = 0;    ///< Degrees, to the person's left.
    double pitch = 0;  ///< Degrees, down.
    double roll = 0;
    double x = 0;  ///< Moved, by the width of the face.
    double y = 0;
    double closer = 1;  ///< Size against the original.
    bool lids_closed = false;
    double light = 1;  ///< Brightness of the right border against the left one.
    double noise = 0;  ///< Standard deviation of what the sensor adds.
};

/// A face from a picture, as a body in space: the mesh's points with their own depth, textured with the picture.
/// What is far behind stays where it is. Good enough to be turned by 30 degrees.
class RenderedHead {
public:
    RenderedHead(face::Picture picture, std::vector<face::Point3> mesh)
        : picture_(std::move(picture)), mesh_(std::move(mesh))
    {
        for (const auto& p : mesh_) {
            centre_.x += p.x / static_cast<float>(mesh_.size());
            centre_.y += p.y / static_cast<float>(mesh_.size());
        }
        width_ = 2 * std::abs(mesh_[454].x - mesh_[234].x) / 2;
        points_ = mesh_;
        add_ring(1.25F, 0.5F);
        add_ring(1.7F, 0);
        triangulate();
        closed_ = picture_;
        close_eye(closed_, mesh_, {33, 246, 161, 160, 159, 158, 157, 173, 133},
                  {33, 7, 163, 144, 145, 153, 154, 155, 133});
        close_eye(closed_, mesh_, {362, 398, 384, 385, 386, 387, 388, 466, 263},
                  {362, 382, 381, 380, 374, 373, 390, 249, 263});
    }

    /// Width of the face, in pixels.
    double width() const { return width_; }

    face::Picture render(const HeadPose& pose, std::mt19937& random) const
    {
        face::Picture out{picture_.width, picture_.height, zoomed(pose)};
        std::vector<float> depth(out.pixels.size() / 3, 1e9F);
        const auto moved = move(pose);
        const auto& texture = pose.lids_closed ? closed_ : picture_;
        for (const auto& triangle : triangles_) draw(triangle, moved, texture, out, depth);
        finish(out, pose, random);
        return out;
    }

private:
    static constexpr std::array<std::size_t, 36> kOval{
        10,  338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58,  132, 93,  234, 127, 162, 21,  54,  103, 67,  109};

    /// Points around the face: `share` of the head's movement reaches them.
    void add_ring(float factor, float share)
    {
        for (const auto place : kOval) {
            const auto& p = mesh_[place];
            points_.push_back({centre_.x + (p.x - centre_.x) * factor,
                               centre_.y + (p.y - centre_.y) * factor, p.z});
            shares_.push_back(share);
        }
    }

    double share(std::size_t point) const
    {
        return point < mesh_.size() ? 1 : static_cast<double>(shares_[point - mesh_.size()]);
    }

    /// Bowyer and Watson's triangulation, in the plane of the picture.
    void triangulate()
    {
        auto all = points_;
        const auto count = all.size();
        const float far = 20 * static_cast<float>(picture_.width + picture_.height);
        all.push_back({-far, -far, 0});
        all.push_back({far * 3, -far, 0});
        all.push_back({-far, far * 3, 0});
        std::vector<std::array<std::size_t, 3>> triangles{{count, count + 1, count + 2}};
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<std::array<std::size_t, 2>> edges;
            std::erase_if(triangles, [&](const auto& t) {
                if (!in_circle(all[t[0]], all[t[1]], all[t[2]], all[i])) return false;
                for (std::size_t k = 0; k < 3; ++k) {
                    std::array edge{std::min(t[k], t[(k + 1) % 3]), std::max(t[k], t[(k + 1) % 3])};
                    edges.push_back(edge);
                }
                return true;
            });
            std::sort(edges.begin(), edges.end());
            for (std::size_t k = 0; k < edges.size(); ++k) {
                const bool twice = (k + 1 < edges.size() && edges[k] == edges[k + 1]) ||
                                   (k > 0 && edges[k] == edges[k - 1]);
                if (!twice) triangles.push_back({edges[k][0], edges[k][1], i});
            }
        }
        std::erase_if(triangles, [&](const auto& t) {
            return std::any_of(t.begin(), t.end(), [&](std::size_t p) { return p >= count; });
        });
        triangles_ = std::move(triangles);
    }

    static bool in_circle(const face::Point3& a, const face::Point3& b, const face::Point3& c,
                          const face::Point3& p)
    {
        const double ax = a.x - p.x, ay = a.y - p.y, bx = b.x - p.x, by = b.y - p.y;
        const double cx = c.x - p.x, cy = c.y - p.y;
        const double determinant = (ax * ax + ay * ay) * (bx * cy - cx * by) -
                                   (bx * bx + by * by) * (ax * cy - cx * ay) +
                                   (cx * cx + cy * cy) * (ax * by - bx * ay);
        const double turn = static_cast<double>(b.x - a.x) * (c.y - a.y) -
                            static_cast<double>(b.y - a.y) * (c.x - a.x);
        return turn > 0 ? determinant > 0 : determinant < 0;
    }

    /// Where every point lies in the frame. The head turns around its neck, seen by a camera at arm's length.
    std::vector<face::Point3> move(const HeadPose& pose) const
    {
        const double rad = std::numbers::pi / 180;
        const double distance = 3.5 * width_;
        const double pivot = 0.55 * width_;
        const double cy = std::cos(pose.yaw * rad), sy = std::sin(pose.yaw * rad);
        const double cp = std::cos(pose.pitch * rad), sp = std::sin(pose.pitch * rad);
        const double cr = std::cos(pose.roll * rad), sr = std::sin(pose.roll * rad);
        std::vector<face::Point3> moved;
        for (std::size_t i = 0; i < points_.size(); ++i) {
            const auto& p = points_[i];
            const double z = p.z;
            // Back into space, around the pivot.
            const double x = (p.x - centre_.x) * (distance + z) / distance;
            const double y = (p.y - centre_.y) * (distance + z) / distance;
            const double back = z - pivot;
            const double x1 = x * cy - back * sy, z1 = x * sy + back * cy;
            const double y2 = y * cp - z1 * sp, z2 = y * sp + z1 * cp;
            const double x3 = x1 * cr - y2 * sr, y3 = x1 * sr + y2 * cr;
            const double away = distance / pose.closer + z2 + pivot;
            const double px = centre_.x + x3 * distance / away + pose.x * width_;
            const double py = centre_.y + y3 * distance / away + pose.y * width_;
            const double s = share(i);
            const double still_x = centre_.x + (p.x - centre_.x) * background(pose);
            const double still_y = centre_.y + (p.y - centre_.y) * background(pose);
            moved.push_back({static_cast<float>(still_x + (px - still_x) * s),
                             static_cast<float>(still_y + (py - still_y) * s),
                             static_cast<float>(s > 0.99 ? z2 : z2 + 0.3 * width_)});
        }
        return moved;
    }

    static double background(const HeadPose& pose) { return 1 + (pose.closer - 1) * 0.7; }

    /// Paints lids over the eyes: skin from below them, and a line of lashes where they meet.
    static void close_eye(face::Picture& picture, const std::vector<face::Point3>& mesh,
                          const std::array<std::size_t, 9>& upper,
                          const std::array<std::size_t, 9>& lower)
    {
        const auto &from = mesh[upper.front()], &to = mesh[upper.back()];
        const double length = std::hypot(to.x - from.x, to.y - from.y);
        const double ax = (to.x - from.x) / length, ay = (to.y - from.y) / length;
        const double side = ax > 0 ? 1 : -1;  // Down is below, whichever corner comes first.
        const auto below = [&](const face::Point3& p) {
            return side * (-(p.x - from.x) * ay + (p.y - from.y) * ax);
        };
        const auto along = [&](const face::Point3& p) {
            return (p.x - from.x) * ax + (p.y - from.y) * ay;
        };
        const auto height_at = [&](const std::array<std::size_t, 9>& line, double x) {
            for (std::size_t i = 0; i + 1 < line.size(); ++i) {
                const double a = along(mesh[line[i]]), b = along(mesh[line[i + 1]]);
                if (x > b) continue;
                const double share = (x - a) / std::max(b - a, 1e-6);
                return below(mesh[line[i]]) * (1 - share) + below(mesh[line[i + 1]]) * share;
            }
            return below(mesh[line.back()]);
        };
        const auto source = picture;
        const auto reach = static_cast<int>(length);
        for (int y = static_cast<int>(from.y) - reach; y < static_cast<int>(from.y) + reach; ++y) {
            for (int x = static_cast<int>(std::min(from.x, to.x));
                 x < static_cast<int>(std::max(from.x, to.x)); ++x) {
                if (x < 1 || y < 1 || x >= picture.width - 1 || y >= picture.height - 1) continue;
                const face::Point3 here{static_cast<float>(x), static_cast<float>(y), 0};
                const double t = along(here), h = below(here);
                if (t < 0 || t > length) continue;
                const double top = height_at(upper, t), bottom = height_at(lower, t);
                const double opening = std::max(bottom - top, 0.0);
                if (h < top - 0.4 * opening - 1 || h > bottom + 0.12 * length) continue;
                const double mirrored_h =
                    h < bottom ? bottom + 0.1 * length + (bottom - h) * 0.5 : h;
                const double drop = (mirrored_h - h) * side;
                const double sx = x - ay * drop, sy = y + ax * drop;
                const bool is_lash = std::abs(h - bottom) < 0.035 * length;
                for (std::size_t c = 0; c < 3; ++c) {
                    const auto row = static_cast<std::size_t>(picture.width) * 3;
                    const auto sampled =
                        static_cast<std::size_t>(std::clamp(sy, 0.0, picture.height - 1.0)) * row +
                        static_cast<std::size_t>(std::clamp(sx, 0.0, picture.width - 1.0)) * 3 + c;
                    const double value = source.pixels[sampled] * (is_lash ? 0.4 : 1.0);
                    picture.pixels[static_cast<std::size_t>(y) * row +
                                   static_cast<std::size_t>(x) * 3 + c] =
                        static_cast<std::uint8_t>(value);
                }
            }
        }
    }

    /// What is behind the head.
    std::vector<std::uint8_t> zoomed(const HeadPose& pose) const
    {
        std::vector<std::uint8_t> pixels;
        pixels.reserve(picture_.pixels.size());
        const double factor = 1 / background(pose);
        for (int y = 0; y < picture_.height; ++y) {
            for (int x = 0; x < picture_.width; ++x) {
                const double px = x, py = y;
                const auto colour = sample(picture_, centre_.x + (px - centre_.x) * factor,
                                           centre_.y + (py - centre_.y) * factor);
                for (const double c : colour) pixels.push_back(static_cast<std::uint8_t>(c));
            }
        }
        return pixels;
    }

    static std::array<double, 3> sample(const face::Picture& picture, double x, double y)
    {
        x = std::clamp(x, 0.0, picture.width - 1.001);
        y = std::clamp(y, 0.0, picture.height - 1.001);
        const auto left = static_cast<std::size_t>(x);
        const auto top = static_cast<std::size_t>(y);
        const double fx = x - static_cast<double>(left), fy = y - static_cast<double>(top);
        const auto row = static_cast<std::size_t>(picture.width) * 3;
        const auto* p = picture.pixels.data() + top * row + left * 3;
        std::array<double, 3> colour{};
        for (std::size_t c = 0; c < 3; ++c) {
            colour[c] = (p[c] * (1 - fx) + p[c + 3] * fx) * (1 - fy) +
                        (p[c + row] * (1 - fx) + p[c + row + 3] * fx) * fy;
        }
        return colour;
    }

    void draw(const std::array<std::size_t, 3>& triangle, const std::vector<face::Point3>& moved,
              const face::Picture& texture, face::Picture& out, std::vector<float>& depth) const
    {
        const auto &a = moved[triangle[0]], &b = moved[triangle[1]], &c = moved[triangle[2]];
        const double area = static_cast<double>(b.x - a.x) * (c.y - a.y) -
                            static_cast<double>(b.y - a.y) * (c.x - a.x);
        if (std::abs(area) < 1e-3) return;
        const auto low = [](float u, float v, float w) {
            return std::max(0, static_cast<int>(std::floor(std::min({u, v, w}))));
        };
        const auto high = [](float u, float v, float w, int limit) {
            return std::min(limit - 1, static_cast<int>(std::ceil(std::max({u, v, w}))));
        };
        for (int y = low(a.y, b.y, c.y); y <= high(a.y, b.y, c.y, out.height); ++y) {
            for (int x = low(a.x, b.x, c.x); x <= high(a.x, b.x, c.x, out.width); ++x) {
                const double px = x, py = y;
                const double u = ((b.x - px) * (c.y - py) - (b.y - py) * (c.x - px)) / area;
                const double v = ((c.x - px) * (a.y - py) - (c.y - py) * (a.x - px)) / area;
                const double w = 1 - u - v;
                if (u < -1e-4 || v < -1e-4 || w < -1e-4) continue;
                const auto z = static_cast<float>(u * a.z + v * b.z + w * c.z);
                const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) +
                                static_cast<std::size_t>(x);
                if (z >= depth[at]) continue;
                depth[at] = z;
                const auto &p = points_[triangle[0]], &q = points_[triangle[1]],
                           &r = points_[triangle[2]];
                const auto colour =
                    sample(texture, u * p.x + v * q.x + w * r.x, u * p.y + v * q.y + w * r.y);
                for (std::size_t k = 0; k < 3; ++k) {
                    out.pixels[at * 3 + k] = static_cast<std::uint8_t>(colour[k]);
                }
            }
        }
    }

    static void finish(face::Picture& out, const HeadPose& pose, std::mt19937& random)
    {
        SensorNoise noise{pose.noise};
        for (std::size_t i = 0; i < out.pixels.size(); ++i) {
            const auto x = static_cast<double>(i / 3 % static_cast<std::size_t>(out.width));
            const double light = 1 + (pose.light - 1) * x / out.width;
            const double value = out.pixels[i] * light + noise(random);
            out.pixels[i] = static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
        }
    }

    face::Picture picture_;
    face::Picture closed_;  ///< The same with its eyes closed.
    std::vector<face::Point3> mesh_;
    std::vector<face::Point3> points_;
    std::vector<float> shares_;
    std::vector<std::array<std::size_t, 3>> triangles_;
    face::Point centre_;
    double width_ = 0;
};

/// The whole picture as a print that is held before the camera and turned: `yaw` and `pitch` in degrees.
/// `behind` has the same size and shows where the print doesn't.
inline face::Picture turned_print(const face::Picture& picture, const face::Picture& behind,
                                  const HeadPose& pose, std::mt19937& random, double bend = 0)
{
    face::Picture out = behind;
    const double rad = std::numbers::pi / 180;
    const double cy = std::cos(pose.yaw * rad), sy = std::sin(pose.yaw * rad);
    const double cp = std::cos(pose.pitch * rad), sp = std::sin(pose.pitch * rad);
    const double cr = std::cos(pose.roll * rad), sr = std::sin(pose.roll * rad);
    const double half = picture.width / 2.0;
    const double distance = 3.0 * half / pose.closer;
    // The print's axes in space, and for every pixel the place on the print that its ray meets.
    const std::array<double, 3> right{cy * cr, sr, sy * cr};
    const std::array<double, 3> down{-sp * sy, cp * cr, sp * cy};
    const std::array<double, 3> normal{right[1] * down[2] - right[2] * down[1],
                                       right[2] * down[0] - right[0] * down[2],
                                       right[0] * down[1] - right[1] * down[0]};
    SensorNoise noise{pose.noise};
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
            const std::array<double, 3> ray{
                (x - half - pose.x * half) / (3.0 * half),
                (y - picture.height / 2.0 - pose.y * half) / (3.0 * half), 1};
            const double along = ray[0] * normal[0] + ray[1] * normal[1] + ray[2] * normal[2];
            if (std::abs(along) < 1e-6) continue;
            const double t = distance * normal[2] / along;
            const std::array<double, 3> hit{ray[0] * t, ray[1] * t, t - distance};
            double u = hit[0] * right[0] + hit[1] * right[1] + hit[2] * right[2];
            const double v = (hit[0] * down[0] + hit[1] * down[1] + hit[2] * down[2]) /
                             (down[0] * down[0] + down[1] * down[1] + down[2] * down[2]);
            u += bend * u * u / half * (u > 0 ? 1 : -1);  // Bent around an upright axis.
            const double px = u + half;
            const double py = v + picture.height / 2.0;
            if (px < 0 || py < 0 || px >= picture.width - 1 || py >= picture.height - 1) continue;
            for (std::size_t c = 0; c < 3; ++c) {
                const auto row = static_cast<std::size_t>(picture.width) * 3;
                const auto at =
                    static_cast<std::size_t>(py) * row + static_cast<std::size_t>(px) * 3 + c;
                const double fx = px - std::floor(px), fy = py - std::floor(py);
                const double value =
                    (picture.pixels[at] * (1 - fx) + picture.pixels[at + 3] * fx) * (1 - fy) +
                    (picture.pixels[at + row] * (1 - fx) + picture.pixels[at + row + 3] * fx) * fy;
                const auto to =
                    static_cast<std::size_t>(y) * row + static_cast<std::size_t>(x) * 3 + c;
                out.pixels[to] =
                    static_cast<std::uint8_t>(std::clamp(value + noise(random) + 0.5, 0.0, 255.0));
            }
        }
    }
    return out;
}

}  // namespace accessd::test
