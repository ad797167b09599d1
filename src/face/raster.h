#pragma once

#include "face/geometry.h"
#include "face/models.h"
#include "face/picture.h"

#include <functional>
#include <vector>

namespace accessd::face {

/// The part of a picture that `to_picture` shows, as a picture of width x height; black beyond its border.
/// Large reductions are averaged, so that no detail turns into noise.
Picture crop(const Picture& picture, const Similarity& to_picture, int width, int height);
/// Draws squares of side `size`, where the outermost pixels go on beyond the picture's border. All must lie within
/// `widest` and have about that scale (pixels of the picture for one of theirs): what many of them read is
/// reduced once. The picture must stay while they are drawn.
std::function<Picture(const Similarity&)> crops_repeating_border(const Picture& picture,
                                                                 const Similarity& widest,
                                                                 double scale, int size);

/// An upright box of the picture as a square of side `size`, stretched if it must be.
Picture stretched(const Picture& picture, const Box& box, int size);

/// The picture as its mirror image.
Picture mirrored(const Picture& picture);

/// A square picture as a model wants it.
std::vector<float> to_input(const Picture& picture, const Input& input);

/// What light and focus did to an aligned face.
struct Light {
    float brightness = 0;  ///< Mean, 0 to 255.
    float clipped = 0;     ///< Share of black and white.
    float sharpness = 0;   ///< Variance of the Laplacian.
};
Light light_of(const Picture& aligned);

/// Brightness alone, reduced to width x height.
std::vector<float> grey(const Picture& picture, int width, int height);

}  // namespace accessd::face
