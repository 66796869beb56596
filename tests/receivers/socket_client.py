"""Sends records as CPython's own handlers do.

Arguments: stream or datagram, the port or the path, and what to send: "records N" sends N records
by SocketHandler or DatagramHandler; "protocols" sends one by each protocol of pickle; "bad" sends
what no receiver may unpickle; "json" sends one as JSON.
"""

import collections
import json
import logging
import logging.handlers
import pickle
import sys

kind, address, what = sys.argv[1], sys.argv[2], sys.argv[3]
target = ("127.0.0.1", int(address)) if address.isdigit() else (address, None)
make = logging.handlers.SocketHandler if kind == "stream" else logging.handlers.DatagramHandler


class Chosen(make):
    """The one of Python, with another way of pickling."""

    dumps = None

    def makePickle(self, record):
        if self.dumps is None:
            return super().makePickle(record)
        if record.exc_info:
            self.format(record)
        data = dict(record.__dict__, msg=record.getMessage(), args=None, exc_info=None)
        data.pop("message", None)
        dumped = self.dumps(data)
        return len(dumped).to_bytes(4, "big") + dumped


handler = Chosen(*target)
logger = logging.getLogger("from.python")
logger.setLevel(1)
logger.addHandler(handler)
shared = ["twice"]
VALUES = {
    "text": "ünï\n\U0001f600\\u0041",
    "number": -7,
    "large": 2**100,
    "larger": 2**200,
    "float": 0.5,
    "nan": float("nan"),
    "none": None,
    "yes": True,
    "list": [1, ["a", ()], {"k": 2.5}],
    "shared": [shared, shared],
}

if what == "records":
    for number in range(int(sys.argv[4])):
        logger.info("record %d", number, extra={"number": number})
elif what == "protocols":
    for protocol in range(6):
        Chosen.dumps = staticmethod(lambda data: pickle.dumps(data, protocol))
        try:
            raise ValueError("no")
        except ValueError:
            logger.warning("protocol %d", protocol, exc_info=True, stack_info=True, extra=VALUES)
elif what == "json":
    Chosen.dumps = staticmethod(lambda data: json.dumps(data).encode())
    # The NaN that CPython writes is not JSON.
    del VALUES["nan"]
    logger.critical("as JSON", extra=VALUES)
elif what == "bad":
    deep = "leaf"
    for _ in range(16):
        deep = [deep]
    loop = []
    loop.append(loop)

    class Evil:
        def __reduce__(self):
            return eval, ("logging.critical('it ran')",)

    for value in [
        Evil(),
        print,
        collections.OrderedDict(),
        complex(1, 2),
        range(3),
        logging.Handler,
        deep,
        loop,
    ]:
        for protocol in range(6):
            Chosen.dumps = staticmethod(lambda data: pickle.dumps(dict(data, v=value), protocol))
            logger.error("never", extra={"v": None})
    Chosen.dumps = None
    logger.info("the end")
handler.close()
