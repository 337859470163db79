"""A real mail server for tests: TLS, sign-in, and failures that the recipient's name asks for.

Prints one line of JSON with its ports and the certificate of its authority, and ends when its standard input does. Whoever connects to the port `inbox` gets
the messages taken so far, one line of JSON each.
"""

import argparse
import asyncio
import base64
import json
import ssl
import sys

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--tls", choices=["none", "starttls", "smtps"], default="none")
parser.add_argument("--auth", action="store_true", help="only user `harmony` with password `p@ss word` may send")
parser.add_argument("--per-connection", type=int, default=1000, help="messages before the server says 421")
options = parser.parse_args()

inbox = []
connections = 0


class Handler:
    def __init__(self):
        global connections
        connections += 1
        self.connection = connections
        self.taken = 0

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if self.taken >= options.per_connection:
            return "421 4.7.0 Too many messages on this connection"
        if address.startswith("blocked@"):
            return f"550 5.7.1 <{address}>: sender blocked"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        match address.split("@")[0]:
            case "unknown":
                return f"550 5.1.1 <{address}>: no such user"
            case "unknown-bare":
                return f"550 <{address}>: no such user"
            case "full":
                return f"452 4.2.2 <{address}>: mailbox full"
            case "stranger":
                return f"451 4.7.1 <{address}>: come back in five minutes"
            case "hang-at-recipient":
                await asyncio.sleep(3600)
            case "gone-at-recipient":
                server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        match envelope.rcpt_tos[0].split("@")[0]:
            case "spam":
                return f"554 5.7.1 <{envelope.rcpt_tos[0]}>: looks like spam"
            case "hang-at-content":
                await asyncio.sleep(3600)
            case "gone-at-content":
                server.transport.abort()
                return "421 4.3.0 Gone"
        self.taken += 1
        inbox.append(
            {
                "connection": self.connection,
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "options": envelope.mail_options,
                "encrypted": session.ssl is not None or options.tls == "smtps",
                "user": (session.auth_data or b"").decode(),
                "content": base64.b64encode(envelope.original_content).decode(),
            }
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if (data.login, data.password) == (b"harmony", b"p@ss word"):
        return AuthResult(success=True, auth_data=data.login)
    return AuthResult(success=False, handled=False)


async def main():
    context = None
    authority = ""
    if options.tls != "none":
        ca = trustme.CA()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ca.issue_cert("127.0.0.1").configure_cert(context)
        authority = ca.cert_pem.bytes().decode()

    def connection():
        return SMTP(
            Handler(),
            enable_SMTPUTF8=True,
            hostname="mail.test",
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            auth_required=options.auth,
            auth_require_tls=False,
            authenticator=authenticate,
        )

    async def show_inbox(_, writer):
        for message in inbox:
            writer.write(json.dumps(message).encode() + b"\n")
        await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    wrapper = context if options.tls == "smtps" else None
    smtp = await loop.create_server(connection, "127.0.0.1", 0, ssl=wrapper)
    reader = await asyncio.start_server(show_inbox, "127.0.0.1", 0)
    ports = {
        "smtp": smtp.sockets[0].getsockname()[1],
        "inbox": reader.sockets[0].getsockname()[1],
        "authority": authority,
    }
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
