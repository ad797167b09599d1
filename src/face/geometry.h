#pragma once

#include "face/analysis.h"

#include <cmath>
#include <span>

namespace accessd::face {

/// A turned, scaled and moved plane: (x, y) becomes (a x - b y + tx, b x + a y + ty).
struct Similarity {
    double a = 1;
    double b = 0;
    double tx = 0;
    double ty = 0;

    Point operator()(double x, double y) const
    {
        return {static_cast<float>(a * x - b * y + tx), static_cast<float>(b * x + a * y + ty)};
    }
    double scale() const { return std::hypot(a, b); }
};

/// The one that brings `from` closest to `to`, by least squares. Both have the same number, at least 2.
Similarity fit_similarity(std::span<const Point> from, std::span<const Point> to);

/// From the pixels of a square crop of side `size` to the picture: the crop shows a square of side `side`
/// around `centre`, turned by `angle` (radians, clockwise as seen).
Similarity crop_of(Point centre, double side, double angle, int size);

inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
inline Point operator*(Point a, float f) { return {a.x * f, a.y * f}; }
inline float length(Point a) { return std::hypot(a.x, a.y); }
inline Point flat(const Point3& p) { return {p.x, p.y}; }
inline Point centre_of(const Box& box) { return {box.x + box.width / 2, box.y + box.height / 2}; }
inline float area_of(const Box& box) { return box.width * box.height; }

}  // namespace accessd::face
