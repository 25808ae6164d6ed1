from app.album import Album


def test_pictures_come_one_by_one_until_all_are_there():
    album = Album()
    assert album.version == 0 and album.picture("gold") is None
    stop = album.begin("avatar", 2)
    assert album.progress() == {"version": 1, "ready": [], "done": False}
    album.add(stop, "gold", b"picture")
    assert album.progress() == {"version": 1, "ready": ["gold"], "done": False} and album.picture("gold") == b"picture"
    album.add(stop, "ice", None)
    assert album.progress() == {"version": 1, "ready": ["gold"], "done": True}, (
        "one that cannot be drawn is not awaited"
    )


def test_another_avatar_stops_and_replaces_the_pictures_of_the_one_before():
    album = Album()
    first = album.begin("one", 2)
    album.add(first, "gold", b"of one")
    second = album.begin("other", 2)
    assert first.is_set() and not second.is_set() and album.picture("gold") is None
    album.add(first, "gold", b"late")
    assert album.picture("gold") is None and album.version == 2
    assert album.shows("other") and not album.shows("one")


def test_a_closed_album_wants_nothing_more():
    album = Album()
    stop = album.begin("avatar", 2)
    album.close()
    assert stop.is_set() and album.progress()["done"] and not album.shows("avatar")
