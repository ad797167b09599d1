#include "picture/decode.h"

// jpeglib.h expects these two before it.
#include <cstddef>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>

namespace accessd::picture::detail {
namespace {

/// libjpeg reports by calling back, and must not return from an error: jumping is its way out.
struct Failure {
    jpeg_error_mgr manager;
    std::jmp_buf way_out;
};

[[noreturn]] void give_up(j_common_ptr state)
{
    // The manager is the first member, so that its address is that of the whole.
    std::longjmp(reinterpret_cast<Failure*>(state->err)->way_out, 1);
}

void judge_message(j_common_ptr state, int level)
{
    if (level >= 0) return;  // A trace.
    const int code = state->err->msg_code;
    // Said of pictures by sound cameras; all other warnings mean pixels that are guessed.
    if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
    give_up(state);
}

/// The eighths of the full size to decode to: those for which libjpeg-turbo has vector instructions.
unsigned eighths_for(const PictureHeader& header)
{
    const auto side = static_cast<unsigned>(std::max(header.width, header.height));
    for (const unsigned eighths : {1U, 2U, 4U}) {
        if (side * eighths / 8 >= unsigned{kLongSideMin}) return eighths;
    }
    return 8;
}

/// False where libjpeg gave up. Nothing in here needs a destructor, as the jump would pass it by.
bool read_rows(jpeg_decompress_struct& state, Failure& failure, std::string_view image,
               unsigned eighths, Pixels& pixels)
{
    if (setjmp(failure.way_out) != 0) return false;
    jpeg_create_decompress(&state);
    jpeg_mem_src(&state, reinterpret_cast<const unsigned char*>(image.data()), image.size());
    if (jpeg_read_header(&state, TRUE) != JPEG_HEADER_OK) return false;
    state.out_color_space = JCS_RGB;
    state.scale_num = eighths;
    state.scale_denom = 8;
    if (jpeg_start_decompress(&state) == FALSE || state.output_components != 3) return false;
    pixels.width = static_cast<int>(state.output_width);
    pixels.height = static_cast<int>(state.output_height);
    const auto stride = static_cast<std::size_t>(state.output_width) * 3;
    pixels.rgb.resize(stride * state.output_height);
    while (state.output_scanline < state.output_height) {
        JSAMPROW row = pixels.rgb.data() + stride * state.output_scanline;
        if (jpeg_read_scanlines(&state, &row, 1) != 1) return false;
    }
    return jpeg_finish_decompress(&state) != FALSE;
}

}  // namespace

Result<Pixels> decode_jpeg(std::string_view image, const PictureHeader& header)
{
    Failure failure{};
    jpeg_decompress_struct state{};
    state.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = give_up;
    failure.manager.emit_message = judge_message;
    failure.manager.output_message = [](j_common_ptr) {};
    Pixels pixels;
    pixels.full_width = header.width;
    pixels.full_height = header.height;
    const bool is_read = read_rows(state, failure, image, eighths_for(header), pixels);
    jpeg_destroy_decompress(&state);
    if (!is_read) return invalid("The JPEG is broken. Send it again, or another one.");
    return pixels;
}

}  // namespace accessd::picture::detail
