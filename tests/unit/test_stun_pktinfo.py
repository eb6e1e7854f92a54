import socket

from meetone.stun.pktinfo import answering_from_destination

IP_PKTINFO = 8
OWN_ADDRESS = bytes([192, 0, 2, 1])
OWN_IPV6_ADDRESS = bytes.fromhex("20010db8000000000000000000000001")


def test_ipv4_destination_becomes_source_of_the_answer() -> None:
    interface, header_destination = (3).to_bytes(4, "little"), bytes([192, 0, 2, 255])
    received = [(socket.IPPROTO_IP, IP_PKTINFO, interface + OWN_ADDRESS + header_destination)]

    assert answering_from_destination(received) == [
        (socket.IPPROTO_IP, IP_PKTINFO, bytes(4) + OWN_ADDRESS + bytes(4))
    ]


def test_ipv6_destination_becomes_source_of_the_answer() -> None:
    received = [
        (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, OWN_IPV6_ADDRESS + (3).to_bytes(4, "little"))
    ]

    assert answering_from_destination(received) == [
        (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, OWN_IPV6_ADDRESS + bytes(4))
    ]


def test_other_ancillary_data_leaves_the_source_to_the_kernel() -> None:
    assert answering_from_destination([(socket.SOL_SOCKET, 29, bytes(16))]) == []
