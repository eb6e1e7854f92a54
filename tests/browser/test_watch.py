"""What no page may do is noticed: these pages do it."""

from tests.conftest import NewPerson
from tests.support.browser import Permission, Person

ORIGIN = "http://localhost"


def sit_before(person: Person, html: str) -> None:
    """Show a page that stands alone; every address answers."""
    person.page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    person.page.goto(ORIGIN)


def forget(person: Person) -> None:
    """Let the person leave without blame: the test has looked already."""
    person.watch.allow("")
    person.watch.addresses.clear()


def test_watch_quiet_page_sees_nothing(new_person: NewPerson) -> None:
    person = new_person(ORIGIN, permission=Permission.DENIED)

    sit_before(person, "<img src=/icon.png alt=''>")

    assert person.watch.addresses == [f"{ORIGIN}/", f"{ORIGIN}/icon.png"]
    assert person.watch.third_parties() == []
    assert person.watch.unexpected_errors() == []


def test_watch_foreign_request_is_a_third_party(new_person: NewPerson) -> None:
    person = new_person(ORIGIN, permission=Permission.DENIED)

    sit_before(person, "<img src=http://tracker.example/pixel.png alt=''>")

    assert person.watch.third_parties() == ["http://tracker.example/pixel.png"]
    forget(person)


def test_watch_foreign_websocket_is_a_third_party(new_person: NewPerson) -> None:
    person = new_person(ORIGIN, permission=Permission.DENIED)

    sit_before(person, "")
    person.page.evaluate("{ new WebSocket('ws://tracker.example/'); }")
    person.wait_for(person.watch.third_parties, "the WebSocket")

    assert person.watch.third_parties() == ["ws://tracker.example/"]
    forget(person)


def test_watch_logged_and_uncaught_errors_are_unexpected_until_allowed(
    new_person: NewPerson,
) -> None:
    person = new_person(ORIGIN, permission=Permission.DENIED)

    sit_before(person, "<script>console.error('one'); throw new Error('two')</script>")
    person.wait_for(lambda: len(person.watch.errors) == 2, "both errors")
    person.watch.allow("^one")

    assert [error.splitlines()[0] for error in person.watch.unexpected_errors()] == [
        "uncaught: Error: two"
    ]
    forget(person)
