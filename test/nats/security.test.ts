import { describe, expect, test } from "vitest";
import { nats } from "../../transports/nats/index.ts";
import { makeCertificate } from "../brokers/certificate.ts";
import { startNats } from "../brokers/nats.ts";
import { instanceOf } from "../support/instance.ts";

const PATIENT = { timeout: 30_000 };

describe("what NATS asks of its clients", () => {
  test("a name and a password are passed through", PATIENT, async () => {
    const { url: servers } = await startNats("--user", "watcher", "--pass", "secret");
    const instance = instanceOf(nats({ servers, options: { user: "watcher", pass: "secret" } }));
    await instance.open();
    await instance.send("hello");
  });

  test("without them open is refused with what the server says", PATIENT, async () => {
    const { url: servers } = await startNats("--user", "watcher", "--pass", "secret");
    await expect(instanceOf(nats({ servers })).open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringMatching(/authorization/i) as string,
    });
  });

  test("TLS is passed through, and a certificate that nobody vouches for is refused", PATIENT, async () => {
    const { certFile, keyFile, pem } = makeCertificate();
    const { url: servers } = await startNats("--tls", "--tlscert", certFile, "--tlskey", keyFile);
    const instance = instanceOf(nats({ servers, options: { tls: { ca: pem } } }));
    await instance.open();
    await instance.send("hello");
    await expect(instanceOf(nats({ servers, options: { tls: {} } })).open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringMatching(/certificate/i) as string,
    });
  });
});
