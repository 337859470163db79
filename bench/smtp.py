"""A mail server that takes everything and notes when: smtp.py PORT FILE. A line is the recipient and the monotonic
clock, which is one for all processes of a machine, at the moment the message was accepted."""

import asyncio
import sys
import time

from aiosmtpd.smtp import SMTP


class Inbox:
    def __init__(self, path):
        self.file = open(path, "w", buffering=1)

    async def handle_DATA(self, server, session, envelope):
        now = time.monotonic()
        for recipient in envelope.rcpt_tos:
            self.file.write(f"{recipient}\t{now}\n")
        return "250 Accepted"


async def main(port, path):
    inbox = Inbox(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, hostname="inbox.localhost"), "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
