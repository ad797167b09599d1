#include "face/raster.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace accessd::face {
namespace {

/// The pixels without a copy. OpenCV has no view that can't be written; none of the callers writes.
cv::Mat view(const Picture& picture)
{
    return {picture.height, picture.width, CV_8UC3,
            const_cast<std::uint8_t*>(picture.pixels.data())};
}

Picture empty_picture(int width, int height)
{
    return {width, height,
            std::vector<std::uint8_t>(static_cast<std::size_t>(width) *
                                      static_cast<std::size_t>(height) * 3)};
}

/// The upright rectangle of the picture that a crop needs, one pixel wider.
cv::Rect needed(const Similarity& to_picture, int width, int height, const cv::Size& whole)
{
    float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
    for (const auto& [x, y] : {std::pair{0, 0}, {width, 0}, {0, height}, {width, height}}) {
        const auto p = to_picture(x, y);
        left = std::min(left, p.x);
        right = std::max(right, p.x);
        top = std::min(top, p.y);
        bottom = std::max(bottom, p.y);
    }
    const auto clamp = [](float value, int high) {
        return static_cast<int>(std::clamp(value, -1.0F, static_cast<float>(high)));
    };
    const cv::Point from{clamp(left, whole.width) - 1, clamp(top, whole.height) - 1};
    const cv::Point to{clamp(right, whole.width) + 2, clamp(bottom, whole.height) + 2};
    return cv::Rect{from, to} & cv::Rect{{0, 0}, whole};
}

/// What crops of one place read: a part of the picture, in fewer pixels where a crop has fewer.
struct Source {
    cv::Rect part;
    cv::Mat pixels;
    double across = 1;  ///< Pixels for each of the picture's.
    double down = 1;
};

/// For a crop, or several of about its scale that show nothing beyond it.
Source source_of(const Picture& picture, const Similarity& to_picture, const cv::Size& size,
                 double scale)
{
    Source source;
    const cv::Mat whole = view(picture);
    source.part = needed(to_picture, size.width, size.height, whole.size());
    if (source.part.empty()) return source;
    source.pixels = whole(source.part);
    // A warp reads four pixels for each of its own: reduce by averaging first.
    if (scale <= 1.6) return source;
    const auto fewer = [&](int pixels) {
        return std::max(1, static_cast<int>(std::lround(pixels / scale * 1.2)));
    };
    const cv::Size reduced_size{fewer(source.part.width), fewer(source.part.height)};
    source.across = static_cast<double>(reduced_size.width) / source.part.width;
    source.down = static_cast<double>(reduced_size.height) / source.part.height;
    cv::Mat reduced;
    cv::resize(source.pixels, reduced, reduced_size, 0, 0, cv::INTER_AREA);
    source.pixels = reduced;
    return source;
}

Picture drawn(const Source& source, const Similarity& to_picture, const cv::Size& size, int border)
{
    Picture out = empty_picture(size.width, size.height);
    if (source.part.empty()) return out;
    cv::Mat target = view(out);
    const auto& [part, pixels, across, down] = source;
    // The middle of a pixel lies at a half for us, and at a whole number for OpenCV.
    const auto [a, b, tx, ty] = to_picture;
    const cv::Matx23d matrix{a * across, -b * across, (tx + (a - b) / 2 - part.x) * across - 0.5,
                             b * down,   a * down,    (ty + (b + a) / 2 - part.y) * down - 0.5};
    cv::warpAffine(pixels, target, matrix, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, border);
    return out;
}

Picture warped(const Picture& picture, const Similarity& to_picture, const cv::Size& size,
               int border)
{
    return drawn(source_of(picture, to_picture, size, to_picture.scale()), to_picture, size,
                 border);
}

}  // namespace

Picture crop(const Picture& picture, const Similarity& to_picture, int width, int height)
{
    return warped(picture, to_picture, {width, height}, cv::BORDER_CONSTANT);
}

std::function<Picture(const Similarity&)> crops_repeating_border(const Picture& picture,
                                                                 const Similarity& widest,
                                                                 double scale, int size)
{
    return [source = source_of(picture, widest, {size, size}, scale),
            size](const Similarity& to_picture) {
        return drawn(source, to_picture, {size, size}, cv::BORDER_REPLICATE);
    };
}

Picture stretched(const Picture& picture, const Box& box, int size)
{
    const cv::Mat source = view(picture);
    const cv::Rect wanted{static_cast<int>(box.x), static_cast<int>(box.y),
                          std::max(1, static_cast<int>(std::lround(box.width))),
                          std::max(1, static_cast<int>(std::lround(box.height)))};
    const cv::Rect part = wanted & cv::Rect{{0, 0}, source.size()};
    Picture out = empty_picture(size, size);
    if (part.empty()) return out;
    cv::Mat target = view(out);
    cv::resize(source(part), target, target.size(), 0, 0, cv::INTER_LINEAR);
    return out;
}

Picture mirrored(const Picture& picture)
{
    Picture out = empty_picture(picture.width, picture.height);
    cv::Mat target = view(out);
    cv::flip(view(picture), target, 1);
    return out;
}

std::vector<float> to_input(const Picture& picture, const Input& input)
{
    const std::size_t pixels = picture.pixels.size() / 3;
    std::vector<float> values(pixels * 3);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const std::size_t from = input.colours == ColourOrder::Rgb ? channel : 2 - channel;
        const float mean = input.mean[channel];
        const float scale = input.scale[channel];
        const bool planar = input.layout == Layout::Nchw;
        for (std::size_t i = 0; i < pixels; ++i) {
            const float value = (static_cast<float>(picture.pixels[i * 3 + from]) - mean) * scale;
            values[planar ? channel * pixels + i : i * 3 + channel] = value;
        }
    }
    return values;
}

Light light_of(const Picture& aligned)
{
    // The middle of an aligned face: what is behind it may be as bright as it likes.
    const cv::Rect middle{aligned.width / 5, aligned.height / 6, aligned.width * 3 / 5,
                          aligned.height * 2 / 3};
    cv::Mat luma;
    cv::cvtColor(view(aligned)(middle), luma, cv::COLOR_RGB2GRAY);
    const auto clipped = cv::countNonZero(luma < 5) + cv::countNonZero(luma > 250);
    cv::Mat edges;
    cv::Laplacian(luma, edges, CV_32F);
    cv::Scalar mean, deviation;
    cv::meanStdDev(edges, mean, deviation);
    return {static_cast<float>(cv::mean(luma)[0]),
            static_cast<float>(clipped) / static_cast<float>(luma.total()),
            static_cast<float>(deviation[0] * deviation[0])};
}

std::vector<float> grey(const Picture& picture, int width, int height)
{
    cv::Mat luma, reduced, numbers;
    cv::cvtColor(view(picture), luma, cv::COLOR_RGB2GRAY);
    cv::resize(luma, reduced, {width, height}, 0, 0, cv::INTER_AREA);
    reduced.convertTo(numbers, CV_32F);
    return {numbers.begin<float>(), numbers.end<float>()};
}

}  // namespace accessd::face
