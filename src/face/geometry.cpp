#include "face/geometry.h"

namespace accessd::face {

Similarity fit_similarity(std::span<const Point> from, std::span<const Point> to)
{
    double fx = 0, fy = 0, tx = 0, ty = 0;
    const auto count = static_cast<double>(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        fx += from[i].x / count;
        fy += from[i].y / count;
        tx += to[i].x / count;
        ty += to[i].y / count;
    }
    double along = 0, across = 0, spread = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const double ax = from[i].x - fx;
        const double ay = from[i].y - fy;
        const double bx = to[i].x - tx;
        const double by = to[i].y - ty;
        along += ax * bx + ay * by;
        across += ax * by - ay * bx;
        spread += ax * ax + ay * ay;
    }
    if (spread <= 0) return {1, 0, tx - fx, ty - fy};
    const double a = along / spread;
    const double b = across / spread;
    return {a, b, tx - (a * fx - b * fy), ty - (b * fx + a * fy)};
}

Similarity crop_of(Point centre, double side, double angle, int size)
{
    const double scale = side / size;
    const double a = scale * std::cos(angle);
    const double b = scale * std::sin(angle);
    const double half = size / 2.0;
    return {a, b, centre.x - (a * half - b * half), centre.y - (b * half + a * half)};
}

}  // namespace accessd::face
