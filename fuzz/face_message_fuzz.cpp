// What a face worker says, which may be what a picture makes it say; and what a worker reads.

#include "fuzz.h"

#include "face_worker/worker_message.h"

namespace accessd::fuzz {
namespace {

using namespace face_worker;

void try_analysis(std::string_view body)
{
    const auto analysis = read_analysis(body);
    if (!analysis) return;
    require(to_body(*analysis) == body, "an analysis has one form");
    require(analysis->faces.size() <= 64, "few faces");
    for (const auto issue : analysis->issues) {
        require(issue <= face::kLastIssue, "issues that there are");
    }
    if (analysis->measures) {
        const auto points = analysis->measures->mesh.size();
        require(points == 0 || points == face::kMeshPoints, "a whole mesh or none");
    }
    if (analysis->embedding) {
        require(!analysis->embedding->model.empty(), "an embedding names its model");
    }
}

void try_message(std::string_view input)
{
    if (input.empty()) return;
    const auto rest = input.substr(1);
    switch (input[0]) {
    case 'a': return try_analysis(rest);
    case 'h': {
        const auto head = read_reply_head(rest);
        if (!head) return;
        require(head->bytes <= kReplyBytesMax, "a reply within limits");
        require(head_bytes(head->kind, head->bytes) == rest, "a head has one form");
        return;
    }
    case 'q': {
        const auto request = read_request(rest);
        if (request) {
            require(to_request(request->image, request->wanted) == rest, "a request has one form");
        }
        return;
    }
    case 'r': {
        const auto note = read_ready(rest);
        if (note) require(to_body(*note) == rest, "a note has one form");
        return;
    }
    default: {
        const auto sentence = safe_sentence(rest);
        require(sentence.empty() || sentence == rest,
                "a sentence is shown as it is, or not at all");
    }
    }
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_message(accessd::fuzz::to_view(data, size));
    return 0;
}
