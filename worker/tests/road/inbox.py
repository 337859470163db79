"""A mail server that takes everything: inbox.py PORT FILE. Each accepted message is a line, its Message-ID."""

import asyncio
import email
import sys

from aiosmtpd.smtp import SMTP


class Inbox:
    def __init__(self, path):
        self.file = open(path, "a", buffering=1)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        self.file.write(f"{message['Message-ID']}\n")
        return "250 Accepted"


async def main(port, path):
    inbox = Inbox(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, hostname="inbox.localhost"), "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
