#include "face/analysis.h"

#include <cstdlib>

namespace accessd::face {

std::string_view to_text(Issue issue)
{
    switch (issue) {
    case Issue::NoFace: return "no_face";
    case Issue::MultipleFaces: return "multiple_faces";
    case Issue::FaceTooSmall: return "face_too_small";
    case Issue::FaceTooLarge: return "face_too_large";
    case Issue::FaceNearBorder: return "face_near_border";
    case Issue::FaceRotated: return "face_rotated";
    case Issue::FaceOccluded: return "face_occluded";
    case Issue::TooDark: return "too_dark";
    case Issue::TooBright: return "too_bright";
    case Issue::TooBlurry: return "too_blurry";
    case Issue::EyesClosed: return "eyes_closed";
    case Issue::Expression: return "expression";
    }
    std::abort();
}

std::string_view hint(Issue issue)
{
    switch (issue) {
    case Issue::NoFace: return "No face was found. Look into the camera with your whole face.";
    case Issue::MultipleFaces: return "More than one face was found. Be alone in the picture.";
    case Issue::FaceTooSmall: return "Come closer to the camera.";
    case Issue::FaceTooLarge: return "Move a little away from the camera.";
    case Issue::FaceNearBorder: return "Bring your whole face into the middle of the picture.";
    case Issue::FaceRotated: return "Look straight into the camera and hold your head upright.";
    case Issue::FaceOccluded:
        return "Uncover your face: take off a mask or sunglasses, and move hair and hands away.";
    case Issue::TooDark: return "Find more light, in front of you rather than behind.";
    case Issue::TooBright: return "Find softer light: parts of your face are too bright.";
    case Issue::TooBlurry: return "Hold the camera still and wipe its lens.";
    case Issue::EyesClosed: return "Keep your eyes open.";
    case Issue::Expression: return "Close your mouth and look relaxed.";
    }
    std::abort();
}

}  // namespace accessd::face
