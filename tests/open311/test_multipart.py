"""multipart/form-data: what real senders write, and what broken ones do."""

from email.generator import BytesGenerator
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from io import BytesIO
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city311.domain.errors import InvalidInput
from city311.open311.multipart import MOST_PARTS, parameters, parts

B = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


def a_body(*chunks: bytes, boundary: str = B, end: bytes = b"\r\n") -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + end + chunk + end for chunk in chunks) + mark + b"--" + end


def a_field(name: str, value: bytes, end: bytes = b"\r\n") -> bytes:
    return b'Content-Disposition: form-data; name="' + name.encode() + b'"' + end * 2 + value


def test_fields_and_files_come_apart() -> None:
    photo = (
        b'Content-Disposition: form-data; name="media"; filename="a.png"\r\n'
        b"Content-Type: image/png; charset=binary\r\n\r\n\x89PNG\r\n\x1a\n\x00\xff"
    )

    field, file = parts(a_body(a_field("description", b"two\r\nlines\r\n"), photo), B)

    assert (field.name, field.filename, field.content) == ("description", None, b"two\r\nlines\r\n")
    assert (field.content_type, field.charset) == ("", None)
    assert (file.name, file.filename, file.content_type) == ("media", "a.png", "image/png")
    assert (file.charset, file.content) == ("binary", b"\x89PNG\r\n\x1a\n\x00\xff")


@settings(deadline=None)
@given(
    contents=st.lists(st.binary(max_size=200), max_size=6),
    end=st.sampled_from([b"\r\n", b"\n"]),
)
def test_any_bytes_come_back(contents: list[bytes], end: bytes) -> None:
    chunks = [a_field(f"f{n}", content, end) for n, content in enumerate(contents)]

    found = parts(b"preamble" + end + a_body(*chunks, end=end) + b"epilogue", B)

    # Before a line end of our own, a carriage return of the content is not to be told from it.
    kept = [c if end == b"\r\n" or not c.endswith(b"\r") else c[:-1] for c in contents]
    assert [part.content for part in found] == kept
    assert [part.name for part in found] == [f"f{n}" for n in range(len(contents))]


def test_what_the_standard_library_writes_is_read() -> None:
    message = MIMEMultipart("form-data", boundary=B)
    for name, value in (("lat", "50.5"), ("descripción", "ñandú")):
        part = MIMEBase("text", "plain")
        part.add_header("Content-Disposition", "form-data", name=name)
        part.set_payload(value.encode())
        message.attach(part)
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False).flatten(message, linesep="\r\n")
    body = out.getvalue().partition(b"\r\n\r\n")[2]

    first = parts(body, B)[0]

    assert (first.name, first.content) == ("lat", b"50.5")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('form-data; name="a"', {"name": "a"}),
        ("form-data; name=a; filename=b.jpg", {"name": "a", "filename": "b.jpg"}),
        ('form-data; name="a;b"; filename="c:\\d\\e.png"', {"filename": "c:\\d\\e.png"}),
        ('form-data; name="say \\"hi\\""', {"name": 'say "hi"'}),
        ('form-data; NAME = "a"', {"name": "a"}),
        ('form-data; name="attribute[12][]"', {"name": "attribute[12][]"}),
    ],
)
def test_parameters_are_read_as_senders_write_them(header: str, found: dict[str, str]) -> None:
    assert parameters(header).items() >= found.items()


def test_a_file_name_may_be_extended_or_empty() -> None:
    extended = b"Content-Disposition: form-data; name=m; filename*=UTF-8''b%C3%A4r.jpg\r\n\r\nx"
    empty = b'Content-Disposition: form-data; name="m"; filename=""\r\n\r\n'

    named, unnamed = parts(a_body(extended, empty), B)

    assert (named.filename, unnamed.filename) == ("bär.jpg", "")
    assert unnamed.content == b""


def test_folded_headers_are_one() -> None:
    folded = b'Content-Disposition: form-data;\r\n name="a"\r\n\r\nx'

    assert parts(a_body(folded), B)[0].name == "a"


def test_a_part_without_a_name_is_passed_over() -> None:
    assert parts(a_body(b"Content-Type: text/plain\r\n\r\nx", a_field("a", b"1")), B)[0].name == "a"


def test_no_parts_are_no_fields() -> None:
    assert parts(f"--{B}--\r\n".encode(), B) == ()


@pytest.mark.parametrize(
    ("body", "boundary"),
    [
        (b"", B),
        (b"lat=1&long=2", B),
        (a_body(a_field("a", b"1")), "other"),
        (a_body(a_field("a", b"1")), ""),
        (a_body(a_field("a", b"1")), "x" * 201),
        (a_body(a_field("a", b"1"))[:-8], B),
        (f"--{B}".encode(), B),
        (f"--{B}\r\n".encode(), B),
        (f"--{B}\r\n--{B}--\r\n".encode(), B),
        (a_body(b"Content-Disposition: form-data; name=a"), B),
        (a_body(b"X: " + b"y" * 20_000 + b"\r\n\r\nz"), B),
        (a_body(*[a_field("a", b"1")] * (MOST_PARTS + 1)), B),
    ],
)
def test_a_broken_body_is_refused_with_advice(body: bytes, boundary: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parts(body, boundary)

    assert [each.field for each in refused.value.problems] == ["body"]
    assert refused.value.problems[0].advice.endswith(".")


@settings(deadline=None)
@given(body=st.binary(max_size=300), boundary=st.text(max_size=5))
def test_garbage_is_read_or_refused(body: bytes, boundary: str) -> None:
    for content in (body, f"--{boundary}\r\n".encode() + body + f"\r\n--{boundary}--".encode()):
        try:
            found = parts(content, boundary)
        except InvalidInput:
            continue
        assert all(part.name for part in found)


def test_four_megabytes_take_no_time() -> None:
    large = a_body(a_field("media", b"\r\n--" * 1_000_000))
    begun = perf_counter()

    found = parts(large, B)

    assert len(found[0].content) == 4_000_000
    assert perf_counter() - begun < 2


def test_a_line_that_only_begins_with_the_boundary_is_content() -> None:
    content = f"--{B}nested\r\nx\r\n--{B}nested--x".encode()

    (part,) = parts(a_body(a_field("a", content)), B)

    assert part.content == content


def test_a_boundary_line_may_end_in_spaces() -> None:
    body = a_body(a_field("a", b"1")).replace(f"--{B}\r\n".encode(), f"--{B} \t\r\n".encode())

    assert [part.content for part in parts(body, B)] == [b"1"]


def test_a_boundary_twice_in_a_row_is_a_part_without_headers() -> None:
    with pytest.raises(InvalidInput, match="no headers"):
        parts(f"--{B}\r\n--{B}\r\n".encode() + a_body(a_field("a", b"1")), B)


def test_a_boundary_of_any_characters_breaks_nothing() -> None:
    with pytest.raises(InvalidInput, match="begins with its boundary"):
        parts(a_body(a_field("a", b"1")), "\ud800")


@pytest.mark.parametrize(
    ("encoding", "content", "meant"),
    [
        ("base64", b"Y2Fm\r\nw6k=\r\n", b"caf\xc3\xa9"),
        ("BASE64", b"Y", b"Y"),
        ("quoted-printable", b"caf=C3=A9=\r\n!", b"caf\xc3\xa9!"),
        ("8bit", b"caf\xc3\xa9", b"caf\xc3\xa9"),
        ("binary", b"=41", b"=41"),
        ("unheard-of", b"=41", b"=41"),
    ],
)
def test_a_part_may_be_encoded_for_transfer(encoding: str, content: bytes, meant: bytes) -> None:
    head = f'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: {encoding}'

    (part,) = parts(a_body(head.encode() + b"\r\n\r\n" + content), B)

    assert part.content == meant


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ("form-data; filename=a.jpg", "a.jpg"),
        ("attachment; filename*=UTF-8''ni%C3%B1o.jpg", "niño.jpg"),
        ("form-data; filename*=UTF-8''b.jpg; filename=a.jpg; name=x", "b.jpg"),
        ("form-data; name=; filename=", ""),
    ],
)
def test_a_file_needs_no_name(disposition: str, filename: str) -> None:
    (part,) = parts(a_body(f"Content-Disposition: {disposition}\r\n\r\nx".encode()), B)

    assert part.filename == filename
