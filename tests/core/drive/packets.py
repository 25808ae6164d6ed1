"""Packets as phones and programs send them, made for the tests."""

import struct

IFACIALMOCAP = (
    b"mouthSmile_R-62|eyeLookOut_L-0|mouthUpperUp_L-11|eyeWide_R-0|mouthClose-8|mouthPucker-4|mouthRollLower-9|"
    b"eyeBlink_R-7|eyeLookDown_L-17|cheekSquint_R-11|eyeBlink_L-100|tongueOut-0|jawRight-0|eyeLookIn_R-6|mouthSmile_L-30|"
    b"browInnerUp-20|browOuterUp_L-5|browOuterUp_R-55|jawOpen-48|mouthFrown_L-0|mouthStretch_R-12|jawLeft-3|"
    b"=head#-12.5,20.25,5.5,-0.03,-0.10,-0.65|rightEye#6.0,2.4,0.25|leftEye#6.0,0.8,-0.6|"
)
"""Version 1 of the protocol: the values are whole numbers after a minus."""
IFACIALMOCAP_V2 = IFACIALMOCAP.replace(b"-62", b"&62").replace(b"jawOpen-48", b"jawOpen&-48")


def osc_text(text: str) -> bytes:
    data = text.encode() + b"\0"
    return data + bytes(-len(data) % 4)


def osc(address: str, *arguments: str | float | int) -> bytes:
    types, data = ",", b""
    for argument in arguments:
        if isinstance(argument, str):
            types, data = types + "s", data + osc_text(argument)
        elif isinstance(argument, int):
            types, data = types + "i", data + struct.pack(">i", argument)
        else:
            types, data = types + "f", data + struct.pack(">f", argument)
    return osc_text(address) + osc_text(types) + data


def bundle(*elements: bytes) -> bytes:
    return b"#bundle\0" + struct.pack(">Q", 1) + b"".join(struct.pack(">i", len(e)) + e for e in elements)


def blend(name: str, value: float) -> bytes:
    return osc("/VMC/Ext/Blend/Val", name, value)


APPLY = osc("/VMC/Ext/Blend/Apply")
