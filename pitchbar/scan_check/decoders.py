"""The two decoders, which share no code.

zxing-cpp is a port of ZXing, which scanner apps on Android grew from; it is asked with everything
that such apps ask for: all directions, light on dark, smaller copies of the picture. OpenCV's own
detector is the second, and where it finds nothing, OpenCV's other one, by ArUco's way of finding
eyes. The second is much the weaker one (`checking.py` has figures), but what a symbol looks like
undamaged must be plain to both.
"""

from typing import Any

Pixels = Any


def read_zxing(grey: Pixels) -> str | None:
    import numpy as np
    import zxingcpp

    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(grey), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return found[0].text if found else None


def read_opencv(grey: Pixels) -> str | None:
    import cv2

    for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
        try:
            text = detector.detectAndDecode(grey)[0]
        except cv2.error:  # of pictures in which it takes something else for an eye
            continue
        if text:
            return str(text)
    return None


DECODERS = {"zxing-cpp": read_zxing, "OpenCV": read_opencv}
