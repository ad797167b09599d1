#include "face/manifest_reader.h"

namespace accessd::face {
namespace {

constexpr int kCellsMax = 256;
constexpr int kAnchorsMax = 16;
/// YuNet's coarsest cells have 32 pixels.
constexpr int kYunetStep = 32;
/// Of a box from brows to chin, as YuNet gives it, to the square of BlazeFace. Source: docs/biometrics.md.
constexpr double kYunetBoxFactor = 0.9;

/// The shipped one's: 256 pixels from -1 to 1, two grids.
Input blazeface_input()
{
    constexpr float kHalf = 127.5F;
    return {256,
            ColourOrder::Rgb,
            Layout::Nchw,
            {kHalf, kHalf, kHalf},
            {1 / kHalf, 1 / kHalf, 1 / kHalf}};
}

std::vector<DetectorGrid> read_grids(ManifestReader& reader, const Json& object)
{
    const auto& list = reader.member(object, "grids", false);
    if (list.is_null()) return {{16, 2, "scores_16", "boxes_16"}, {8, 6, "scores_8", "boxes_8"}};
    std::vector<DetectorGrid> grids;
    if (!list.is_array() || list.empty()) reader.complain("grids", "must be a list of grids");
    for (const auto& grid : list) {
        grids.push_back({reader.whole(grid, "cells", 1, kCellsMax),
                         reader.whole(grid, "anchors", 1, kAnchorsMax), reader.text(grid, "scores"),
                         reader.text(grid, "boxes")});
    }
    return grids;
}

}  // namespace

DetectorModel read_detector(ManifestReader& reader, const Json& object)
{
    DetectorModel model;
    model.file = read_file(reader, object);
    model.kind = reader.choice(object, "kind",
                               {std::pair{std::string_view{"blazeface"}, DetectorKind::BlazeFace},
                                {"yunet", DetectorKind::Yunet}});
    auto& input = model.file.input;
    const bool is_yunet = model.kind == DetectorKind::Yunet;
    if (is_yunet && (input.size == 0 || input.size % kYunetStep != 0)) {
        reader.complain("input", "must name a size that 32 divides");
    }
    if (!is_yunet) {
        if (input.size == 0) input = blazeface_input();
        model.grids = read_grids(reader, object);
    }
    model.score_min = reader.real(object, "score_min", 0.5);
    if (!(model.score_min > 0 && model.score_min < 1)) {
        reader.complain("score_min", "must be between 0 and 1");
    }
    model.box_factor = reader.real(object, "box_factor", is_yunet ? kYunetBoxFactor : 1);
    if (!(model.box_factor >= 0.25F && model.box_factor <= 4)) {
        reader.complain("box_factor", "must be 0.25 to 4");
    }
    return model;
}

Result<void> read_detector_manifest(const std::string& path, Models& models)
{
    ACCESSD_TRY(const auto json, read_manifest(path));
    ManifestReader reader{path, json};
    models.detector = read_detector(reader, reader.member(json, "detector"));
    return reader.done();
}

}  // namespace accessd::face
