"""Real faces, cut at test time out of the group photographs that come with the npm package
@vladmandic/face-api. One person is on two of them: right in sample1.jpg, middle in sample3.jpg."""

import base64
import functools
import io
import os
import pathlib

from PIL import Image, ImageEnhance, ImageFilter

from support.server import ROOT, find_program

CUT = 2.0  # Of the side of the face's box.
JPEG_QUALITY = 92


def samples_folder():
    """Where set-up puts the photographs: beside the models."""
    named = os.environ.get("ACCESSD_FACE_SAMPLES")
    places = [pathlib.Path(named)] if named else []
    places += [pathlib.Path(find_program()).resolve().parents[1] / "models/samples",
               ROOT / "build/models/samples"]
    found = next((place for place in places if place.is_dir()), None)
    assert found, "tools/models/fetch brings the models and the photographs of the tests"
    return found


@functools.cache
def photograph(number):
    return Image.open(samples_folder() / f"sample{number}.jpg").convert("RGB")


def jpeg(image, quality=JPEG_QUALITY, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def png(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def encoded(picture):
    """A picture as the API takes it: bytes, or an image."""
    data = picture if isinstance(picture, bytes) else jpeg(picture)
    return base64.b64encode(data).decode()


class Faces:
    """The people of the photographs, found by the server under test."""

    def __init__(self, caller):
        """`caller()` gives a client whose calls count under a limit of their own."""
        self._caller = caller
        self._boxes = {}

    def boxes(self, number):
        """From left to right."""
        if number not in self._boxes:
            answer = self._caller().post("/biometric/detect",
                                         {"face_image": encoded(photograph(number))})
            assert answer.status == 200, answer
            self._boxes[number] = sorted((face["box"] for face in answer.data["faces"]),
                                         key=lambda box: box["x"])
        return self._boxes[number]

    def cut(self, number, place, factor=CUT, upright=0):
        """`upright`: degrees, against the clock, by which the camera should have been held otherwise."""
        box = self.boxes(number)[place]
        side = max(box["width"], box["height"]) * factor / 2
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        shown = photograph(number)
        if upright:
            shown = shown.rotate(upright, Image.BICUBIC, center=(x, y), fillcolor=(60, 60, 60))
        return shown.crop((round(x - side), round(y - side), round(x + side), round(y + side)))

    def twice(self):
        """Two pictures of one person, of different days. On the first she holds her head aside by 44 degrees, which
        is more than enrolment takes."""
        middle = len(self.boxes(3)) // 2
        return self.cut(1, -1, upright=40), self.cut(3, middle)


def again(image, turn=0.0, light=1.0, blur=0.0, scale=1.0, quality=80, shift=(0, 0)):
    """A camera-like change of a cut: not another picture of the person, and called what it is."""
    width, height = image.size
    changed = image.rotate(turn, Image.BICUBIC, fillcolor=(110, 110, 110))
    if shift != (0, 0):
        changed = changed.transform(image.size, Image.AFFINE,
                                    (1, 0, shift[0] * width, 0, 1, shift[1] * height))
    changed = ImageEnhance.Brightness(changed).enhance(light)
    changed = changed.filter(ImageFilter.GaussianBlur(blur)) if blur else changed
    if scale != 1.0:
        changed = changed.resize((round(width * scale), round(height * scale)), Image.LANCZOS)
    return jpeg(changed, quality)
