import { connect, createServer, type Socket, type TcpNetConnectOpts } from "node:net";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectAddress } from "../../transports/zeromq/address.ts";
import { openInstance } from "./instances.ts";
import { createLog } from "../support/log.ts";
import { serve } from "../support/ports.ts";

const ATTEMPTS = 60_000;
const AT_ONCE = 64;

/** A loopback address of this test's own, so that no connection of anybody else has the port as its source. */
const HOST = "127.0.0.9";

/** A port that Linux would give to a client. It prefers even ones, so an odd one would prove little. */
function ephemeralPort(): number {
  return 40_000 + 2 * Math.floor(Math.random() * 5_000);
}

/** How a client of ours connects to an endpoint, as options of a plain socket. */
function clientOptions(port: number): TcpNetConnectOpts {
  const [, source] = /^tcp:\/\/([0-9.]+):0;/.exec(connectAddress(`tcp://${HOST}:${port}`)) ?? [];
  return { host: HOST, port, ...(source !== undefined && { localAddress: source }) };
}

/** Resolves with the connection, or undefined where it was refused. */
function attempt(options: TcpNetConnectOpts): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    socket.on("connect", () => resolve(socket));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
  });
}

async function canBind(port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ host: HOST, port, exclusive: true });
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  await new Promise((closed) => server.close(closed));
  return true;
}

describe.runIf(process.platform === "linux")("a client of a dead port", () => {
  test(`leaves it free after ${ATTEMPTS} attempts`, { timeout: 120_000 }, async () => {
    const port = ephemeralPort();
    let left = ATTEMPTS;
    let connected = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left > 0) {
          left -= 1;
          const socket = await attempt(clientOptions(port));
          if (socket === undefined) continue;
          connected += 1;
          socket.destroy();
        }
      }),
    );
    expect(connected).toBe(0);
    expect(await canBind(port)).toBe(true);
  });

  test("is refused even when the kernel gives it that very port as its own", async () => {
    const port = ephemeralPort();
    expect(await attempt({ ...clientOptions(port), localPort: port })).toBeUndefined();
    expect(await canBind(port)).toBe(true);
  });

  test("would connect to itself then, if its source were the same address", async () => {
    const port = ephemeralPort();
    const socket = await attempt({ ...clientOptions(port), localPort: port, localAddress: HOST });
    onTestFinished(() => void socket?.destroy());
    expect(socket).toMatchObject({ localAddress: HOST, localPort: port, remoteAddress: HOST, remotePort: port });
  });

  test("comes from another address whenever libzmq connects, the first time and again", async () => {
    const port = 10_000 + Math.floor(Math.random() * 9_000);
    const sources = createLog<string | undefined>();
    const server = createServer((socket) => {
      sources.add(socket.remoteAddress);
      socket.destroy();
    });
    await serve(server, port);
    await openInstance({ pubPort: port });
    await sources.next("a second connection", () => sources.entries.length >= 2);
    expect(new Set(sources.entries)).toEqual(new Set(["127.0.0.2"]));
  });
});
