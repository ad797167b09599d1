// The header that says where a trace belongs: whoever calls may write it.

#include "fuzz.h"

#include "base/trace.h"

#include <algorithm>

namespace accessd::fuzz {
namespace {

void check_traceparent(std::string_view text)
{
    const auto context = trace::parse_traceparent(text);
    if (!context) return;
    const auto is_set = [](const auto& id) {
        return std::any_of(id.begin(), id.end(), [](std::uint8_t byte) { return byte != 0; });
    };
    require(is_set(context->trace) && is_set(context->span), "ids aren't zero");
    const auto written = trace::to_traceparent(*context);
    require(written.size() == 55 && written.starts_with("00-"), "we write version 0");
    require(text.substr(3, 49) == std::string_view{written}.substr(3, 49),
            "ids go on as they came");
    const auto again = trace::parse_traceparent(written);
    require(again && again->trace == context->trace && again->span == context->span &&
                again->is_sampled == context->is_sampled,
            "what we write is read the same");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::check_traceparent(accessd::fuzz::to_view(data, size));
    return 0;
}
