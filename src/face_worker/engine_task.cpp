#include "face_worker/engine_task.h"

#include "face/engine.h"
#include "picture/decode.h"

#include <utility>

namespace accessd::face_worker {
namespace {

/// Turns places in the pixels that were decoded into places in the picture that was sent.
class Enlarging {
public:
    explicit Enlarging(const picture::Pixels& pixels)
        : width_(pixels.full_width),
          height_(pixels.full_height),
          factor_(static_cast<float>(pixels.full_width) / static_cast<float>(pixels.width))
    {
    }

    void apply(face::Analysis& analysis) const
    {
        analysis.width = width_;
        analysis.height = height_;
        for (auto& face : analysis.faces) apply(face);
        if (!analysis.measures) return;
        analysis.measures->eye_distance *= factor_;
        for (auto& point : analysis.measures->mesh) {
            for (auto* value : {&point.x, &point.y, &point.z}) *value *= factor_;
        }
    }

private:
    void apply(face::Face& face) const
    {
        for (auto* value : {&face.box.x, &face.box.y, &face.box.width, &face.box.height}) {
            *value *= factor_;
        }
        auto& points = face.points;
        for (auto* point : {&points.right_eye, &points.left_eye, &points.nose, &points.mouth,
                            &points.right_ear, &points.left_ear}) {
            point->x *= factor_;
            point->y *= factor_;
        }
    }

    int width_;
    int height_;
    float factor_;
};

class EngineTask final : public WorkerTask {
public:
    explicit EngineTask(std::unique_ptr<face::Engine> engine) : engine_(std::move(engine)) {}

    Reply answer(const Request& request) override
    {
        const auto asked = read_request(request.body);
        if (request.kind != static_cast<std::uint32_t>(RequestKind::Analyse) || !asked) {
            return {ReplyKind::Failure, "the request is not understood"};
        }
        auto pixels = picture::decode(asked->image);
        if (!pixels) return {ReplyKind::Refusal, pixels.error().message};
        const Enlarging enlarging{*pixels};
        auto analysis = engine_->analyse({pixels->width, pixels->height, std::move(pixels->rgb)},
                                         asked->wanted);
        if (!analysis) return {ReplyKind::Failure, safe_sentence(analysis.error().detail)};
        enlarging.apply(*analysis);
        return {ReplyKind::Answer, to_body(*analysis)};
    }

private:
    std::unique_ptr<face::Engine> engine_;
};

}  // namespace

Result<OpenedTask> open_engine_task(const face::ModelsSettings& settings)
{
    ACCESSD_TRY(const auto models, face::find_models(settings));
    ACCESSD_TRY(auto engine, face::Engine::open(models));
    // What libraries only read on first use, they must have read before the sandbox closes.
    const face::Picture grey{64, 64, std::vector<std::uint8_t>(64U * 64 * 3, 128)};
    const auto tried = engine->analyse(grey, {face::Purpose::Login, true, true, true, true});
    if (!tried) return Error{tried.error()};
    return OpenedTask{std::make_unique<EngineTask>(std::move(engine)),
                      {models.id(), !models.passive_name.empty()}};
}

}  // namespace accessd::face_worker
