"""The FAQ keeps every fact of the help page this project was born from, in both languages."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetone import create_app
from meetone.config import Settings
from tests.support.markup import Markup


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the page must say: at which question, and by which words in each language."""

    question: str
    de: tuple[str, ...]
    en: tuple[str, ...]


FACTS = {
    "camera, microphone, current browser": Fact(
        "what-do-i-need",
        ("Kamera", "Mikrofon", "aktuellen Internetbrowser"),
        ("camera", "microphone", "current internet browser"),
    ),
    "recommended browsers": Fact(
        "what-do-i-need",
        ("empfehlen Google Chrome, Microsoft Edge, Safari oder Mozilla Firefox",),
        ("recommend Google Chrome, Microsoft Edge, Safari or Mozilla Firefox",),
    ),
    "nobody listens": Fact(
        "precautions", ("niemand anderes mithören",), ("nobody else can listen",)
    ),
    "virus scanner and firewall": Fact(
        "precautions",
        ("Sicherheitsprogrammen wie Virenschutz und Firewall",),
        ("a virus scanner and a firewall",),
    ),
    "risks remain": Fact(
        "precautions",
        ("Sicherheitsstandards sind hoch", "Gewisse Risiken bleiben"),
        ("security standards are high", "certain risks always remain"),
    ),
    "nothing to third parties": Fact(
        "third-parties", ("nicht an Dritte weitergegeben",), ("not passed on to third parties",)
    ),
    "data goes directly": Fact(
        "third-parties",
        ("Peer-to-Peer-Verbindung", "Behandelnde und Patienten", "direkt aus"),
        ("peer-to-peer connection", "practitioner and patient", "directly"),
    ),
    "real name over this connection only": Fact(
        "third-parties",
        (
            "wirkliche Name wird nur über diese Verbindung geteilt",
            "können ihn nur die Behandelnden sehen",
        ),
        ("real name, too, is shared over this connection only", "only the practitioner can see it"),
    ),
    "what peer-to-peer is": Fact(
        "peer-to-peer",
        ("direkte Verbindung zwischen den beiden Menschen", "Behandelnden und Patienten"),
        ("direct connection between the two people", "practitioner and patient"),
    ),
    "addresses must be known, by STUN": Fact(
        "peer-to-peer",
        ("die Adresse des anderen kennen", "STUN-Server"),
        ("know the other's address", "STUN server"),
    ),
    "encrypted": Fact("encryption", ("Ja. Mehrere Protokolle",), ("Yes. Several protocols",)),
    "TLS to the signalling server": Fact(
        "encryption", ("TLS", "Signal-Server"), ("TLS", "signalling server")
    ),
    "DTLS for files": Fact(
        "encryption", ("DTLS verschlüsselt die Dateien",), ("DTLS encrypts the files",)
    ),
    "SRTP for media": Fact(
        "encryption",
        ("SRTP verschlüsselt die Medien: Video und Audio",),
        ("SRTP encrypts the media: video and audio",),
    ),
    "permissions are the browser's protection": Fact(
        "permissions",
        ("Ihr Browser schützt Sie", "Kamera und Mikrofon", "unseriöse Seiten"),
        ("Your browser protects you", "camera and microphone", "untrustworthy pages"),
    ),
    "permissions must be given": Fact(
        "permissions",
        ("starten kann, stimmen Sie bitte beidem zu",),
        ("to start, please allow both",),
    ),
    "1 Mbit/s down": Fact(
        "internet-connection", ("Download: mindestens 1 Mbit/s",), ("Download: at least 1 Mbit/s",)
    ),
    "1 Mbit/s up": Fact(
        "internet-connection", ("Upload: mindestens 1 Mbit/s",), ("Upload: at least 1 Mbit/s",)
    ),
    "5 Mbit/s for HD, both directions": Fact(
        "internet-connection",
        ("(HD)", "5 Mbit/s oder mehr in beide Richtungen"),
        ("(HD)", "5 Mbit/s or more in both directions"),
    ),
    "quality depends on the other's connection": Fact(
        "internet-connection",
        ("hängt deshalb auch von dessen Verbindung ab",),
        ("also depends on their connection",),
    ),
    "quality adapts": Fact(
        "internet-connection",
        ("automatisch der verfügbaren Bandbreite",),
        ("automatically to the bandwidth that is available",),
    ),
    "Wi-Fi or better Ethernet": Fact(
        "internet-connection",
        ("Am besten", "(Ethernet)", "stabile WLAN-Verbindung (Wi-Fi)", "Unterbrechungen"),
        ("Best of all", "(Ethernet)", "stable Wi-Fi connection", "interruptions"),
    ),
    "mobile networks": Fact(
        "internet-connection",
        (
            "4G/LTE oder 5G",
            "kann funktionieren",
            "weniger stabil",
            "Störungen im Netz",
            "begrenztes Datenvolumen",
        ),
        ("4G/LTE or 5G", "can work", "less stable", "disturbances in the network", "data limit"),
    ),
    "company and clinic networks": Fact(
        "internet-connection",
        ("Firma oder Klinik", "Firewall", "strenge Sicherheitseinstellungen", "stören"),
        ("company or clinic", "firewall", "strict security settings", "disturb"),
    ),
    "ask the IT department": Fact(
        "internet-connection",
        ("IT-Abteilung, ob WebRTC-Verkehr (UDP/ICE/STUN/TURN) erlaubt ist",),
        ("IT department whether WebRTC traffic (UDP/ICE/STUN/TURN) is allowed",),
    ),
    "direct connections without a central server": Fact(
        "internet-connection",
        ("nur verschlüsselte Verbindungen", "direkt", "ohne zentralen Server"),
        ("only encrypted connections", "directly", "without a central server"),
    ),
    "strict networks can prevent it": Fact(
        "internet-connection",
        (
            "Sehr strenge Sicherheitsregeln oder gesperrte Netze können die Verbindung deshalb verhindern",
        ),
        ("very strict security rules or blocked networks can prevent the connection",),
    ),
    "signs of a bad connection": Fact(
        "connection-problems",
        ("Bild ist schlecht", "Ton setzt aus", "Verbindung bricht ab"),
        ("picture is poor", "sound drops out", "connection breaks"),
    ),
    "close other programs": Fact(
        "connection-problems",
        ("Schließen Sie andere Programme und Browser-Tabs", "Streaming", "Downloads"),
        ("Close other programs and browser tabs", "streaming", "downloads"),
    ),
    "camera off": Fact(
        "connection-problems",
        ("Kamera eine Zeit lang aus", "spart Bandbreite"),
        ("Switch your camera off for a while", "saves bandwidth"),
    ),
    "cable instead of Wi-Fi": Fact(
        "connection-problems",
        ("wenn möglich, vom WLAN zu einem Netzwerkkabel (Ethernet)",),
        ("If you can, change from Wi-Fi to a network cable (Ethernet)",),
    ),
    "closer to the router": Fact(
        "connection-problems", ("näher an den WLAN-Router",), ("Move closer to the Wi-Fi router",)
    ),
    "check the speed": Fact(
        "connection-problems",
        (
            "wie schnell Ihre Internetverbindung ist",
            "mindestens 1 Mbit/s für Upload und für Download",
        ),
        (
            "how fast your internet connection is",
            "At least 1 Mbit/s is needed for upload and for download",
        ),
    ),
    "restart the router": Fact(
        "connection-problems", ("Router neu", "30 Sekunden"), ("Restart your router", "30 seconds")
    ),
    "update the browser": Fact(
        "connection-problems", ("Browser auf die neueste Version",), ("newest version",)
    ),
    "try another browser": Fact(
        "connection-problems",
        ("anderen Browser: Chrome, Edge, Safari oder Firefox",),
        ("another browser: Chrome, Edge, Safari or Firefox",),
    ),
    "extensions off": Fact(
        "connection-problems",
        ("Browser-Erweiterungen eine Zeit lang aus", "stören die Verbindung"),
        ("Switch off browser extensions for a while", "disturb the connection"),
    ),
    "restart the device": Fact(
        "connection-problems", ("Starten Sie Ihr Gerät neu",), ("Restart your device",)
    ),
    "hotspot": Fact(
        "connection-problems",
        ("Hotspot eines Handys als zweite Verbindung", "genug Datenvolumen"),
        ("hotspot of a phone as a second connection", "enough data volume"),
    ),
    "another place": Fact(
        "connection-problems",
        ("anderen Ort mit besserer Internetverbindung",),
        ("another place where the internet connection is better",),
    ),
    "another time": Fact(
        "connection-problems",
        ("neuen Termin zu einer Zeit, in der das Netz weniger ausgelastet ist",),
        ("new appointment for a time when the network is less busy",),
    ),
    "support when all failed": Fact(
        "connection-problems",
        ("technische Hilfe", "obwohl Sie alles hier versucht haben"),
        ("technical help", "although you have tried everything here"),
    ),
    "support when it comes back": Fact(
        "connection-problems", ("immer wieder auftreten",), ("come back again and again",)
    ),
    "support in a company network": Fact(
        "connection-problems",
        ("Firmennetz", "Firewall-Einstellungen geändert werden müssen"),
        ("company network", "firewall settings have to be changed"),
    ),
    "ports must be open": Fact(
        "firewall",
        ("in der Firewall bestimmte Ports offen sein",),
        ("certain ports must be open in the firewall",),
    ),
    "STUN server's name": Fact(
        "firewall",
        ("stun.praxis.example", "STUN-Server wird gebraucht, um die Verbindung herzustellen"),
        ("stun.praxis.example", "STUN server is needed to make the connection"),
    ),
    "port range": Fact(
        "firewall",
        ("Für diesen Server freizugeben", "Ports 12000-13000 (TCP und UDP)"),
        ("Ports to open for this server", "Ports 12000-13000 (TCP and UDP)"),
    ),
    "text for the IT department": Fact(
        "firewall",
        ("In einem Firmennetz", "IT-Abteilung"),
        ("In a company network", "IT department"),
    ),
    # What the old page leaves out.
    "ports outside the range": Fact(
        "firewall", ("Ports 3478 (TCP und UDP)",), ("Ports 3478 (TCP and UDP)",)
    ),
    "the call goes to the other person": Fact(
        "firewall",
        ("per UDP direkt zur Adresse des Gegenübers", "allein genügen nicht immer"),
        ("by UDP straight to the other person's address", "alone are not always enough"),
    ),
}


def client_with(instance: Path, **chosen: object) -> FlaskClient:
    settings = Settings.model_validate(
        {
            "instance": instance,
            "public_url": "https://video.praxis.example",
            "stun_host": "stun.praxis.example",
            "stun_ports": "3478,12000",
            "firewall_ports": "12000-13000",
        }
        | chosen
    )
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_with(tmp_path_factory.mktemp("faq"))


def answers(client: FlaskClient, language: str) -> dict[str, str]:
    """Return what each question's element says, by its anchor."""
    html = client.get(f"/{language}/faq").text
    found = re.findall(
        r'<div class="disclosure__body prose" id="([\w-]+)">(.*?)</details>', html, re.DOTALL
    )
    return {anchor: Markup.of(body).text for anchor, body in found}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", FACTS)
def test_faq_keeps_the_fact(client: FlaskClient, name: str, language: str) -> None:
    fact = FACTS[name]
    words = fact.de if language == "de" else fact.en

    answer = answers(client, language)[fact.question]

    assert [word for word in words if word not in answer] == []


def test_faq_has_the_same_questions_in_both_languages(client: FlaskClient) -> None:
    german, english = answers(client, "de"), answers(client, "en")

    assert list(german) == list(english)
    assert {fact.question for fact in FACTS.values()} <= german.keys()


@pytest.mark.parametrize(
    ("language", "month"), [("de", "Stand: November 2026"), ("en", "As of November 2026")]
)
def test_faq_says_how_old_it_is(client: FlaskClient, language: str, month: str) -> None:
    assert month in Markup.of(client.get(f"/{language}/faq").text).text


def test_faq_without_other_ports_names_none(tmp_path: Path) -> None:
    answer = answers(client_with(tmp_path, stun_ports="12000"), "en")["firewall"]

    assert "Ports 12000-13000 (TCP and UDP)" in answer
    assert "Also in use" not in answer


@pytest.mark.parametrize(
    ("language", "relay", "no_relay"),
    [
        (
            "de",
            "Diese Praxis hat zusätzlich ein Relay (TURN) eingerichtet",
            "Es gibt kein Relay (TURN)",
        ),
        ("en", "This practice has also set up a relay (TURN)", "There is no relay (TURN)"),
    ],
)
def test_faq_says_whether_a_relay_exists(
    client: FlaskClient, tmp_path: Path, language: str, relay: str, no_relay: str
) -> None:
    relayed = client_with(tmp_path, turn_urls="turn:relay.praxis.example:3478", turn_secret="s")

    without, configured = answers(client, language), answers(relayed, language)

    assert no_relay in without["internet-connection"]
    assert relay not in without["internet-connection"]
    assert relay in configured["internet-connection"]
    assert no_relay not in configured["internet-connection"]
    assert "turn:relay.praxis.example:3478" in configured["firewall"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_faq_without_https_admits_that_tls_is_missing(
    client: FlaskClient, tmp_path: Path, language: str
) -> None:
    plain = client_with(tmp_path, public_url="http://localhost:8000")
    admission = {"de": "Sie hat noch kein TLS", "en": "it has no TLS yet"}[language]

    assert admission in answers(plain, language)["encryption"]
    assert admission not in answers(client, language)["encryption"]
