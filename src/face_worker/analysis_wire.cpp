#include "face_worker/wire.h"
#include "face_worker/worker_message.h"

#include <algorithm>

namespace accessd::face_worker {
namespace {

constexpr std::uint32_t kFacesMax = 64;
constexpr std::uint32_t kEmbeddingValuesMax = 4096;
constexpr std::uint32_t kModelBytesMax = 200;
constexpr std::uint32_t kFingerprintBytesMax = 16 * 1024;
constexpr std::uint32_t kSideMax = 65'535;

// One list of members serves both ways: each `visit` is called with a Put or a Take.

struct Put {
    WireWriter& to;
    void operator()(const float& value) const { to.f32(value); }
};
struct Take {
    WireReader& from;
    void operator()(float& value) const { value = from.f32(); }
};

template <class Visit, class Points>
void visit_key_points(const Visit& visit, Points& points)
{
    for (auto* point : {&points.right_eye, &points.left_eye, &points.nose, &points.mouth,
                        &points.right_ear, &points.left_ear}) {
        visit(point->x);
        visit(point->y);
    }
}

template <class Visit, class Face>
void visit_face(const Visit& visit, Face& face)
{
    visit(face.box.x);
    visit(face.box.y);
    visit(face.box.width);
    visit(face.box.height);
    visit_key_points(visit, face.points);
    visit(face.score);
}

template <class Visit, class Measures>
void visit_measures(const Visit& visit, Measures& measures)
{
    for (auto& point : measures.mesh) {
        visit(point.x);
        visit(point.y);
        visit(point.z);
    }
    visit(measures.pose.yaw);
    visit(measures.pose.pitch);
    visit(measures.pose.roll);
    visit(measures.eye_distance);
    visit(measures.left_eye_open);
    visit(measures.right_eye_open);
    visit(measures.mouth_open);
    visit(measures.brightness);
    visit(measures.clipped);
    visit(measures.sharpness);
    visit(measures.agreement);
}

void put_measures(WireWriter& writer, const face::Measures& measures)
{
    writer.u32(static_cast<std::uint32_t>(measures.mesh.size()));
    visit_measures(Put{writer}, measures);
}

face::Measures take_measures(WireReader& reader)
{
    face::Measures measures;
    const auto points = reader.count(face::kMeshPoints);
    if (points != 0 && points != face::kMeshPoints) reader.fail();
    measures.mesh.resize(points);
    visit_measures(Take{reader}, measures);
    return measures;
}

void put_embedding(WireWriter& writer, const face::Embedding& embedding)
{
    writer.text(embedding.model);
    writer.u32(static_cast<std::uint32_t>(embedding.values.size()));
    for (const auto value : embedding.values) writer.f32(value);
}

face::Embedding take_embedding(WireReader& reader)
{
    face::Embedding embedding;
    embedding.model = reader.text(kModelBytesMax);
    embedding.values.resize(reader.count(kEmbeddingValuesMax));
    for (auto& value : embedding.values) value = reader.f32();
    if (embedding.model.empty() || embedding.values.empty()) reader.fail();
    return embedding;
}

face::Fingerprint take_fingerprint(WireReader& reader)
{
    const auto bytes = reader.text(kFingerprintBytesMax);
    return {{bytes.begin(), bytes.end()}};
}

void take_faces(WireReader& reader, face::Analysis& analysis)
{
    analysis.faces.resize(reader.count(kFacesMax));
    for (auto& face : analysis.faces) visit_face(Take{reader}, face);
    constexpr auto kLast = static_cast<std::uint8_t>(face::kLastIssue);
    const auto issues = reader.count(kLast + 1U);
    for (std::uint32_t i = 0; i < issues; ++i) {
        analysis.issues.push_back(static_cast<face::Issue>(reader.up_to(kLast)));
    }
}

void put_faces(WireWriter& writer, const face::Analysis& analysis)
{
    const auto faces = std::min<std::size_t>(analysis.faces.size(), kFacesMax);
    writer.u32(static_cast<std::uint32_t>(faces));
    for (std::size_t i = 0; i < faces; ++i) visit_face(Put{writer}, analysis.faces[i]);
    writer.u32(static_cast<std::uint32_t>(analysis.issues.size()));
    for (const auto issue : analysis.issues) writer.u8(static_cast<std::uint8_t>(issue));
}

}  // namespace

std::string to_body(const face::Analysis& analysis)
{
    WireWriter writer;
    writer.u32(static_cast<std::uint32_t>(analysis.width));
    writer.u32(static_cast<std::uint32_t>(analysis.height));
    put_faces(writer, analysis);
    writer.flag(analysis.measures.has_value());
    if (analysis.measures) put_measures(writer, *analysis.measures);
    writer.flag(analysis.embedding.has_value());
    if (analysis.embedding) put_embedding(writer, *analysis.embedding);
    writer.flag(analysis.passive.has_value());
    if (analysis.passive) {
        writer.f32(analysis.passive->score);
        writer.f32(analysis.passive->threshold);
    }
    writer.flag(analysis.fingerprint.has_value());
    if (analysis.fingerprint) {
        const auto& bytes = analysis.fingerprint->bytes;
        writer.text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    return writer.take();
}

std::optional<face::Analysis> read_analysis(std::string_view body)
{
    WireReader reader{body};
    face::Analysis analysis;
    analysis.width = static_cast<int>(reader.count(kSideMax));
    analysis.height = static_cast<int>(reader.count(kSideMax));
    take_faces(reader, analysis);
    if (reader.flag()) analysis.measures = take_measures(reader);
    if (reader.flag()) analysis.embedding = take_embedding(reader);
    if (reader.flag()) {
        const auto score = reader.f32();
        analysis.passive = {score, reader.f32()};
    }
    if (reader.flag()) analysis.fingerprint = take_fingerprint(reader);
    if (!reader.is_whole()) return std::nullopt;
    return analysis;
}

}  // namespace accessd::face_worker
