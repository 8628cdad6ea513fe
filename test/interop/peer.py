"""A socket of libzmq by way of pyzmq. Sends every line that it reads, and prints every message that it gets: frames in
hexadecimal, with spaces between them. Its command line: the socket's type, and where it binds or connects."""

import sys
import threading
import zmq

kind, endpoint = sys.argv[1:]
socket = zmq.Context().socket(getattr(zmq, kind))
socket.linger = 0

if kind == "SUB":
    # As strict as it can be: whoever does not answer a PING at once is given up.
    socket.setsockopt(zmq.HEARTBEAT_IVL, 50)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 1_000)
    socket.setsockopt(zmq.RECONNECT_IVL, 20)
    socket.setsockopt(zmq.SUBSCRIBE, b"instance.")

if kind in ("PUB", "ROUTER"):
    socket.bind(endpoint)
else:
    socket.connect(endpoint)
print("ready", flush=True)


def receive():
    while True:
        frames = socket.recv_multipart()
        print(" ".join(frame.hex() for frame in frames), flush=True)
        if kind == "ROUTER":
            asker, empty, question = frames
            identity = question.split(b'"id":"')[1].split(b'"')[0]
            result = b'{"status":"ok","instance_id":"python","uptime":"5s"}'
            socket.send_multipart([asker, empty, b'{"jsonrpc":"2.0","id":"' + identity + b'","result":' + result + b"}"])


# One thread for each socket: who only sends does not receive, and the others send before they wait.
if kind in ("SUB", "ROUTER"):
    threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    socket.send_multipart([bytes.fromhex(frame) for frame in line.rstrip("\n").split(" ")])
    if kind in ("REQ", "DEALER"):
        print(" ".join(frame.hex() for frame in socket.recv_multipart()), flush=True)
