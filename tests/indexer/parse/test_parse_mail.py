"""Saved pages and mails: the body is the document, whatever it was wrapped in."""

from email.message import EmailMessage

import pytest

from indexer.parse import parse_bytes
from kb.errors import BadInput

PAGE = "<html><head><title>渡口守则</title></head><body><h1>渡口守则</h1><p>第一条 渡船载客十二人。</p></body></html>"
TEXT = "渡口守则\n第一条 渡船载客十二人。"


def saved(page: bytes, encoding: str, charset: str = "") -> bytes:
    """A saved page as browsers write it: the page, then a picture that stands in it."""
    said = f'; charset="{charset}"' if charset else ""
    head = (
        'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/html{said}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    tail = (
        "\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--b--\r\n"
    )
    return head.encode() + page + tail.encode()


def mail(body: str, subtype: str = "plain") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.cn", "渡口守则"
    message.set_content(body, subtype=subtype)
    return message


@pytest.mark.parametrize("name", ["页.mhtml", "页.mht", "页.html", "页.txt"])
def test_a_saved_page_is_the_page_by_whatever_name(name: str) -> None:
    quoted = "".join(f"={byte:02X}" if byte > 126 or byte == 61 else chr(byte) for byte in PAGE.encode())
    parsed = parse_bytes(saved(quoted.encode(), "quoted-printable"), name)
    assert parsed.text == TEXT and parsed.title == "渡口守则" and not parsed.front


@pytest.mark.parametrize("charset", ["gb2312", ""])
def test_the_charset_of_a_saved_page_is_that_of_its_header_or_its_own(charset: str) -> None:
    page = PAGE.replace("<title>", "<meta charset=gb2312><title>").encode("gb18030")
    assert parse_bytes(saved(page, "8bit", charset), "页.mht").text == TEXT


def test_the_charset_in_the_header_outranks_that_of_the_page() -> None:
    page = PAGE.replace("<title>", "<meta charset=gb2312><title>").encode()
    assert parse_bytes(saved(page, "8bit", "utf-8"), "页.mht").text == TEXT


@pytest.mark.parametrize(("body", "subtype"), [(PAGE, "html"), (TEXT, "plain")])
def test_a_mail_is_its_body_and_its_subject_the_title(body: str, subtype: str) -> None:
    parsed = parse_bytes(bytes(mail(body, subtype)), "信.eml")
    assert parsed.text == TEXT and parsed.title == "渡口守则"


def test_what_is_attached_to_a_mail_is_named() -> None:
    message = mail(TEXT)
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="收费表.pdf")
    parsed = parse_bytes(bytes(message), "信.eml")
    assert parsed.text == TEXT and "收费表.pdf" in parsed.front["warning"]


def test_a_saved_page_without_its_end_says_so() -> None:
    data = saved(PAGE.encode(), "8bit", "utf-8")
    assert "不完整" in parse_bytes(data[:-30], "页.mhtml").front["warning"]


@pytest.mark.parametrize("end", ["%E4%B", "%E4", "%", ""])
def test_the_name_of_a_file_in_a_mail_that_breaks_off_is_shown_as_far_as_it_goes(end: str) -> None:
    data = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; charset="utf-8"\n\n'
        f"{TEXT}\n--b\nContent-Type: text/plain\nContent-Disposition: attachment;\n filename*=utf-8''%E9%99%84{end}"
    )
    told = parse_bytes(data.encode(), "信.eml").front["warning"]
    shown = "附…（名称不完整）" if end else "附"
    assert told == f"附件未读取：{shown}；请另存后单独添加；文件末尾不完整，可能缺少内容；请重新保存后再添加"


def test_a_mail_of_attachments_only_says_what_to_do() -> None:
    message = EmailMessage()
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="收费表.pdf")
    with pytest.raises(BadInput, match=r"信\.eml：.*没有可读的正文；请"):
        parse_bytes(b"MIME-Version: 1.0\n" + bytes(message), "信.eml")


def test_a_text_about_mail_stays_a_text() -> None:
    assert (
        parse_bytes("邮件头写明 MIME-Version: 1.0。".encode(), "a.txt").text
        == "邮件头写明 MIME-Version: 1.0。"
    )
