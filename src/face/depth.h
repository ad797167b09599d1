#pragma once

#include "face/analysis.h"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace accessd::face {

/// A plane seen from two sides: row by row, the last number is 1.
using Homography = std::array<double, 9>;

/// The one that brings `from` closest to `to`. Nothing where the points don't fix one (on a line, too few).
std::optional<Homography> fit_homography(std::span<const Point> from, std::span<const Point> to);
Point apply(const Homography& h, Point p);

/// How far the nose moved against the flat of the face between two views, by the distance of the eyes; above 0
/// in the direction of a head that turned by `yaw_change` degrees. A flat picture, turned however, gives about
/// 0, because eyes, mouth and nose follow one homography. Both meshes have kMeshPoints.
/// Source: docs/decisions/0048-challenge-liveness.md.
double nose_parallax(const std::vector<Point3>& before, const std::vector<Point3>& after,
                     double yaw_change);

/// Width by height of the face in a turned frame, against what its pose lets expect: about 1 for a head. A print
/// held so far aside that the mesh takes it for a turned head is narrower than a head would be.
double narrowness(const Measures& before, const Measures& after);

}  // namespace accessd::face
