#include "face/passive_check.h"

#include "face/geometry.h"
#include "face/raster.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace accessd::face {
namespace {

/// A box as the models' own detector draws it, from ours, which is a square that ends at the brows.
/// Source: measured on the models' sample pictures; docs/biometrics.md, "Liveness".
Box reshaped(const Box& box)
{
    const float width = box.width * 0.84F;
    const float height = box.height * 1.12F;
    const Point centre = centre_of(box);
    return {centre.x - width / 2, centre.y - height * 0.12F - height / 2, width, height};
}

/// The box made larger around its middle, as far as the picture reaches, and moved inside it.
Box grown(const Box& box, float factor, const Picture& picture)
{
    const auto width = static_cast<float>(picture.width);
    const auto height = static_cast<float>(picture.height);
    const float most = std::min({factor, (width - 1) / box.width, (height - 1) / box.height});
    Box out{0, 0, box.width * most, box.height * most};
    const Point centre = centre_of(box);
    out.x = std::clamp(centre.x - out.width / 2, 0.0F, std::max(0.0F, width - out.width));
    out.y = std::clamp(centre.y - out.height / 2, 0.0F, std::max(0.0F, height - out.height));
    return out;
}

double live_share(const std::vector<float>& outputs, std::size_t live, bool softmax)
{
    if (!softmax) return outputs[live];
    const float most = *std::max_element(outputs.begin(), outputs.end());
    double sum = 0;
    for (const float value : outputs) sum += std::exp(static_cast<double>(value) - most);
    return std::exp(static_cast<double>(outputs[live]) - most) / sum;
}

}  // namespace

Result<float> PassiveCheck::score(const Picture& picture, const Face& face) const
{
    double sum = 0;
    for (const auto& [model, settings] : parts_) {
        const auto& input = settings.file.input;
        const auto box = grown(reshaped(face.box), settings.crop_factor, picture);
        const auto chip = stretched(picture, box, input.size);
        const std::int64_t size = input.size;
        const auto shape = input.layout == Layout::Nchw
                               ? std::array<std::int64_t, 4>{1, 3, size, size}
                               : std::array<std::int64_t, 4>{1, size, size, 3};
        ACCESSD_TRY(const auto outputs, model.run(to_input(chip, input), shape));
        const auto live = static_cast<std::size_t>(settings.live_class);
        if (settings.live_class < 0 || live >= outputs[0].values.size()) {
            return Error{ErrorCode::Internal, "model " + settings.file.name + " has no class " +
                                                  std::to_string(settings.live_class) +
                                                  ", which live_class names"};
        }
        sum += live_share(outputs[0].values, live, settings.softmax);
    }
    return static_cast<float>(sum / static_cast<double>(parts_.size()));
}

}  // namespace accessd::face
