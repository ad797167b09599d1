#include "store/sql/seen_picture_rows.h"

namespace accessd::store {
namespace {

using biometrics::SeenPicture;

constexpr auto kOfPerson = R"(
    SELECT digest, seen_as, validation_id, sealed_print, seen_at FROM seen_pictures
     WHERE project_id = ?1 AND user_id = ?2 AND seen_at > ?3)";
constexpr auto kWithDigest = R"(
    SELECT digest, seen_as, validation_id, sealed_print, seen_at FROM seen_pictures
     WHERE project_id = ?1 AND digest = ?2)";

SeenPicture read_picture(const Rows& row)
{
    SeenPicture picture;
    picture.digest = row.bytes(0);
    picture.seen_as = biometrics::parse_seen_as(row.text(1)).value_or(biometrics::SeenAs::Live);
    picture.validation_id = row.text(2);
    picture.sealed_print = row.bytes(3);
    picture.seen_at = row.time(4);
    return picture;
}

}  // namespace

std::vector<SeenPicture> pictures_of_person(Connection& connection, const std::string& project_id,
                                            const std::string& user_id, TimePoint after)
{
    std::vector<SeenPicture> found;
    auto row = connection.query(kOfPerson, {project_id, user_id, after});
    while (row.next()) found.push_back(read_picture(row));
    return found;
}

std::vector<SeenPicture> pictures_with(Connection& connection, const std::string& project_id,
                                       const std::vector<std::string>& digests)
{
    std::vector<SeenPicture> found;
    for (const auto& digest : digests) {
        auto row = connection.query(kWithDigest, {project_id, Blob{digest}});
        while (row.next()) found.push_back(read_picture(row));
    }
    return found;
}

}  // namespace accessd::store
