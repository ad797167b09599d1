#include "app/calibrate_command.h"
#include "app/command_families.h"
#include "app/face_commands.h"
#include "app/models_commands.h"

#include <memory>
#include <string>

namespace accessd::app {
namespace {

void add_models_group(CommandWords root)
{
    const auto& said = root.said();
    const auto file = std::make_shared<std::string>();  // A manifest, or a picture.
    auto group = root.add("models", "Look at the face models, try them, add your own",
                          "  accessd models check\n"
                          "  accessd models add my-embedder.json");
    auto list = group.add("list", "Say which models are set, and whether their files are there",
                          "  accessd models list",
                          [&said] { return list_models(said.config, said.output()); });
    auto check =
        group.add("check", "Load the models and compare known answers", "  accessd models check",
                  [&said] { return check_models(said.config, said.output()); });
    auto add_own = group.add("add", "Check a manifest of own models, and say how to use it",
                             "  accessd models add /etc/accessd/models/my-embedder.json",
                             [&said, file] { return add_models(said.config, *file); });
    add_own.required("manifest", *file, "JSON; docs/biometrics.md has the form", "FILE");
    auto speed = group.add(
        "bench", "Measure how long a picture takes", "  accessd models bench portrait.jpg",
        [&said, file] { return bench_models(said.config, *file, said.output()); });
    speed.required("picture", *file, "JPEG or PNG with a face", "FILE");
    for (auto* command : {&list, &check, &speed}) command->takes_json();
    for (auto* command : {&list, &check, &add_own, &speed}) command->takes_config_file();
}

void add_calibrate(CommandWords root)
{
    const auto& said = root.said();
    const auto wish = std::make_shared<CalibrateWish>();
    auto group = root.add("biometrics", "Measure how well faces are told apart",
                          "  accessd biometrics calibrate --pairs pairs.csv");
    auto command = group.add(
        "calibrate", "Compare labelled pairs; print and write what scores mean",
        "  accessd biometrics calibrate --pairs pairs.csv\n"
        "  accessd biometrics calibrate --pairs pairs.csv --out calibration.json\n\n"
        "The file has a heading and lines imgA,imgB,same[,group]: two pictures, from its own\n"
        "folder on, 1 where they show one person and 0 where not, and what people have in\n"
        "common for figures by group.",
        [&said, wish] { return calibrate_faces(said.config, *wish, said.output()); });
    command.required("--pairs", wish->pairs_file, "The pairs, CSV", "FILE");
    command.option("--out", wish->out_file, "Calibration to write; never overwritten", "FILE");
    command.takes_json();
    command.takes_config_file();
}

void add_enrolled(CommandWords root)
{
    const auto& said = root.said();
    auto group = root.add("faces", "Look after enrolled faces", "  accessd faces reenrol-report");
    auto report =
        group.add("reenrol-report", "Tell who must enrol again, because the models were replaced",
                  "  accessd faces reenrol-report\n"
                  "  accessd faces reenrol-report --json",
                  [&said] { return report_reenrolment(said.config, said.output()); });
    report.takes_json();
    report.takes_config_file();
    report.takes_data_dir();
}

}  // namespace

void add_face_commands(CommandLine& line)
{
    add_models_group(line.root());
    add_calibrate(line.root());
    add_enrolled(line.root());
}

}  // namespace accessd::app
