#include "face/engine.h"
#include "face/models.h"
#include "support/face_models.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace accessd::face {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A folder of models that can be spoilt: links to the shipped files, and manifests of its own.
class ModelsTest : public testing::Test {
protected:
    ModelsTest()
    {
        for (const auto& entry : std::filesystem::directory_iterator{test::models_dir()}) {
            const auto name = entry.path().filename();
            if (name.extension() == ".json") {
                std::filesystem::copy_file(entry.path(), folder() / name);
            } else if (entry.is_regular_file()) {
                std::filesystem::create_symlink(entry.path(), folder() / name);
            }
        }
        settings_.models_dir = folder();
    }

    std::filesystem::path folder() const { return folder_.path(); }
    json read(const std::string& name) const
    {
        std::ifstream file{folder() / name};
        return json::parse(file);
    }
    std::string write(const std::string& name, const json& content) const
    {
        std::ofstream{folder() / name} << content.dump();
        return folder() / name;
    }
    /// Why there are no models, or nothing.
    std::string problem() const
    {
        const auto models = find_models(settings_);
        if (!models) return models.error().detail;
        const auto engine = Engine::open(*models);
        return engine ? "" : engine.error().detail;
    }

    test::TempFolder folder_;
    ModelsSettings settings_;
};

TEST_F(ModelsTest, SaysWhatIsMissingAndWhatBringsIt)
{
    std::filesystem::remove(folder() / "recognition.onnx");
    EXPECT_THAT(problem(), HasSubstr("recognition.onnx is missing"));
    EXPECT_THAT(problem(), HasSubstr("tools/models/fetch"));

    settings_.models_dir = folder() / "nowhere";
    EXPECT_THAT(problem(), HasSubstr("models.json is missing"));
}

TEST_F(ModelsTest, NamesThePackageWhereThePackageBringsThem)
{
    settings_.models_dir = "/usr/share/accessd/models/nothing-is-here";

    EXPECT_THAT(problem(), HasSubstr("models.json is missing"));
    EXPECT_THAT(problem(), HasSubstr("apt install accessd-models"));
    EXPECT_THAT(problem(), testing::Not(HasSubstr("tools/models/fetch")));
}

TEST_F(ModelsTest, RefusesAFileThatWasChanged)
{
    std::filesystem::remove(folder() / "blazeface.onnx");
    std::filesystem::copy_file(std::filesystem::path{test::models_dir()} / "facemesh.onnx",
                               folder() / "blazeface.onnx");

    EXPECT_THAT(problem(), HasSubstr("blazeface.onnx is not the file that its manifest pins"));
}

TEST_F(ModelsTest, RefusesALibraryThatIsNotThePinnedOne)
{
    std::filesystem::remove(folder() / "libonnxruntime.so.1");
    std::ofstream{folder() / "libonnxruntime.so.1"} << "not a library";

    EXPECT_THAT(problem(), HasSubstr("libonnxruntime.so.1 is not the file"));
}

TEST_F(ModelsTest, NoticesAModelThatComputesSomethingElse)
{
    auto manifest = read("models.json");
    manifest["mesh"]["self_test"]["values"][0] = 12.0;
    write("models.json", manifest);

    EXPECT_THAT(problem(), HasSubstr("self-test"));
}

TEST_F(ModelsTest, NamesWhatIsWrongInAManifest)
{
    const std::vector<std::pair<json::json_pointer, json>> mistakes{
        {"/embedders/0/input/size"_json_pointer, 5000},
        {"/embedders/0/input/colours"_json_pointer, "cmyk"},
        {"/embedders/0/alignment"_json_pointer, "by_eye"},
        {"/embedders/0/metric"_json_pointer, "manhattan"},
        {"/embedders/0/dimension"_json_pointer, "many"},
        {"/embedders/0/sha256"_json_pointer, nullptr},
        {"/embedders"_json_pointer, json::array()},
        {"/calibration/tables"_json_pointer, json::array()},
        {"/calibration/tables/0/pictures"_json_pointer, 2},
        {"/calibration/tables/0/points"_json_pointer, json{{0.01, 0.9, 0.1}}},
        {"/calibration/tables/0/points"_json_pointer, json{{0.01, 0.9, 0.1}, {0.001, 0.8, 0.2}}},
        {"/calibration/score_max"_json_pointer, 0},
        // What isn't of the kind that it should be was an exception, once.
        {"/embedders/0"_json_pointer, 7},
        {"/embedders"_json_pointer, "all"},
        {"/calibration/tables/0/points"_json_pointer, json{{"a", "b", "c"}, {"d", "e", "f"}}},
        {"/calibration/tables/0/points/0"_json_pointer, {{"a", 1}, {"b", 2}, {"c", 3}}},
        {"/calibration/tables/0/pictures"_json_pointer, 1e300},
        {"/embedders/0/dimension"_json_pointer, 1e300},
        {"/embedders/0/weight"_json_pointer, 1e300},
    };
    for (const auto& [place, value] : mistakes) {
        auto manifest = json::parse(std::ifstream{test::models_dir() + "/default.json"});
        manifest[place] = value;
        write("default.json", manifest);
        EXPECT_THAT(problem(), HasSubstr("default.json")) << place.to_string();
    }
}

TEST_F(ModelsTest, HasAnotherIdForEveryWayOfPreparing)
{
    const auto before = find_models(settings_).value().id();
    auto manifest = read("default.json");
    manifest["calibration"]["score_max"] = 0.99;
    write("default.json", manifest);
    EXPECT_EQ(find_models(settings_).value().id(), before) << "scores are shown otherwise, no more";

    manifest["embedders"][0]["mirrored"] = false;
    write("default.json", manifest);
    EXPECT_NE(find_models(settings_).value().id(), before);

    settings_.profile = Profile::Strong;
    EXPECT_NE(find_models(settings_).value().id(), before);
}

TEST_F(ModelsTest, TakesACalibrationOfTheSameModelOnly)
{
    auto calibration = read("default.json")["calibration"];
    calibration["model"] = find_models(settings_).value().id();
    calibration["tables"][0]["points"][0][1] = 0.5;
    settings_.calibration_file = write("own.json", calibration);
    EXPECT_EQ(find_models(settings_).value().calibration.tables[0].points[0].score, 0.5);

    calibration["model"] = "another-1";
    write("own.json", calibration);
    EXPECT_THAT(problem(), HasSubstr("calibrate again"));
}

/// A detector of one's own: the shipped file, described in full.
class OwnDetectorTest : public ModelsTest {
protected:
    json manifest_{
        {"name", "own"},
        {"detector",
         {{"kind", "blazeface"},
          {"file", "blazeface.onnx"},
          {"sha256", read("models.json")["detector"]["sha256"]},
          {"input", {{"size", 256}, {"mean", 127.5}, {"scale", 1 / 127.5}}},
          {"grids",
           {{{"cells", 16}, {"anchors", 2}, {"scores", "scores_16"}, {"boxes", "boxes_16"}},
            {{"cells", 8}, {"anchors", 6}, {"scores", "scores_8"}, {"boxes", "boxes_8"}}}}}}};

    std::vector<Face> found(const json& manifest)
    {
        settings_.detector_manifest = write("detector.json", manifest);
        const auto engine = Engine::open(find_models(settings_).value()).value();
        return engine
            ->analyse(test::group_photograph(3), {.purpose = Purpose::Detect, .embedding = false})
            ->faces;
    }
    std::string problem_of(const json& manifest)
    {
        settings_.detector_manifest = write("detector.json", manifest);
        return problem();
    }
};

TEST_F(OwnDetectorTest, FindsWhatTheSameFileFindsWhenItIsShipped)
{
    const auto shipped =
        test::engine()
            .analyse(test::group_photograph(3), {.purpose = Purpose::Detect, .embedding = false})
            ->faces;

    const auto own = found(manifest_);

    ASSERT_EQ(own.size(), shipped.size());
    ASSERT_FALSE(own.empty());
    EXPECT_NEAR(own[0].box.x, shipped[0].box.x, 0.01);
    EXPECT_NEAR(own[0].points.left_ear.y, shipped[0].points.left_ear.y, 0.01);
}

TEST_F(OwnDetectorTest, TakesItsScoresAndItsBoxesAsTheManifestSays)
{
    const auto all = found(manifest_);
    manifest_["detector"]["box_factor"] = 1.5;
    const auto larger = found(manifest_);
    manifest_["detector"]["score_min"] = 0.999;
    const auto fewer = found(manifest_);

    ASSERT_FALSE(larger.empty());
    EXPECT_NEAR(larger[0].box.width, all[0].box.width * 1.5, 0.1);
    EXPECT_LT(fewer.size(), all.size());
}

TEST_F(OwnDetectorTest, IsRefusedWithWhatIsWrong)
{
    const std::vector<std::pair<json::json_pointer, json>> mistakes{
        {"/detector/kind"_json_pointer, "haar"},
        {"/detector/sha256"_json_pointer, nullptr},
        {"/detector/score_min"_json_pointer, 0},
        {"/detector/box_factor"_json_pointer, 100},
        {"/detector/grids"_json_pointer, json::array()},
        {"/detector/grids/0/cells"_json_pointer, 0},
        {"/detector/grids/0/anchors"_json_pointer, 1e300},
        {"/detector/grids/0/boxes"_json_pointer, 7},
        {"/detector/grids"_json_pointer, 7},
        {"/detector"_json_pointer, nullptr},
    };
    for (const auto& [place, value] : mistakes) {
        auto manifest = manifest_;
        manifest[place] = value;
        EXPECT_THAT(problem_of(manifest), HasSubstr("detector.json: ")) << place.to_string();
    }
    auto yunet = manifest_;
    yunet["detector"]["kind"] = "yunet";
    yunet["detector"]["input"]["size"] = 250;
    EXPECT_THAT(problem_of(yunet), HasSubstr("32 divides"));
    yunet["detector"]["input"]["size"] = 320;
    EXPECT_THAT(problem_of(yunet), HasSubstr("cls_8")) << "that the file doesn't have";
    manifest_["detector"]["grids"][0]["scores"] = "points";
    EXPECT_THAT(problem_of(manifest_), HasSubstr("points"));
    manifest_["detector"]["grids"][0]["scores"] = "scores_8";
    settings_.detector_manifest = write("detector.json", manifest_);
    const auto engine = Engine::open(find_models(settings_).value()).value();
    EXPECT_THAT(engine->analyse(test::group_photograph(3), {}).error().detail,
                HasSubstr("another shape"));
}

TEST_F(ModelsTest, TakesPresentationAttackModels)
{
    const json manifest{{"name", "own"},
                        {"threshold", 0.4},
                        {"models",
                         {{{"file", "recognition.onnx"},
                           {"sha256", read("default.json")["embedders"][0]["sha256"]},
                           {"crop_factor", 2.7},
                           {"live_class", 1},
                           {"input", {{"size", 150}, {"colours", "bgr"}, {"scale", 0.01}}}}}}};
    settings_.passive_manifest = write("passive.json", manifest);

    const auto models = find_models(settings_).value();

    EXPECT_EQ(models.passive_name, "own");
    EXPECT_EQ(models.passive.at(0).file.input.colours, ColourOrder::Bgr);
    const auto engine = Engine::open(models).value();
    const auto face = test::faces_of(test::group_photograph(3)).at(1);
    const auto found = engine->analyse(face, {.passive = true}).value();
    ASSERT_TRUE(found.passive);
    EXPECT_GE(found.passive->score, 0);
    EXPECT_LE(found.passive->score, 1);
    EXPECT_EQ(found.passive->threshold, 0.4F);
}

}  // namespace
}  // namespace accessd::face
