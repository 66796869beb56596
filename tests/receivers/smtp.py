"""Receives mails by aiosmtpd, and prints each as a line of JSON.

Arguments: `plain`, or the files of a certificate and its key, for a server that wants STARTTLS and
the user `ann` with the password `p w:ö`. The first line is the port. Recipients that begin with
`refused` are refused. Ends with its standard input.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        content = envelope.original_content
        message = email.message_from_bytes(content, policy=email.policy.SMTPUTF8)
        assert not message.defects, message.defects
        lines = content.split(b"\r\n")
        assert all(b"\r" not in line and b"\n" not in line for line in lines)
        print(
            json.dumps(
                {
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "headers": [name for name, _ in message.items()],
                    "subject": str(message["subject"]),
                    "shown_from": str(message["from"]),
                    "shown_to": str(message["to"]),
                    "id": str(message["message-id"]),
                    "date": message["date"].datetime.timestamp(),
                    "charset": message.get_content_charset(),
                    "text": message.get_content().replace("\r\n", "\n"),
                    "longest": max(len(line) for line in lines),
                    "tls": session.ssl is not None,
                    "user": (session.auth_data or b"").decode(),
                }
            ),
            flush=True,
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, auth_data):
    fine = (auth_data.login, auth_data.password) == (b"ann", "p w:ö".encode())
    return AuthResult(success=fine, handled=False, auth_data=auth_data.login)


def session():
    if sys.argv[1] == "plain":
        return SMTP(Handler(), enable_SMTPUTF8=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    return SMTP(
        Handler(),
        tls_context=context,
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
