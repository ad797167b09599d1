#include "app/picture_file.h"

#include "picture/decode.h"

#include <utility>

namespace accessd::app {

Result<face::Picture> to_picture(std::string_view bytes)
{
    ACCESSD_TRY(auto decoded, picture::decode(bytes));
    return face::Picture{decoded.width, decoded.height, std::move(decoded.rgb)};
}

}  // namespace accessd::app
