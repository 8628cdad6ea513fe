import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { mqtt } from "../../transports/mqtt/index.ts";
import { makeCertificate } from "../brokers/certificate.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { instanceOf } from "../support/instance.ts";

const PATIENT = { timeout: 30_000 };

describe("what an MQTT broker asks of its clients", () => {
  test("a broker that wants a name and gets none refuses, and open says so", PATIENT, async () => {
    const { url } = await startMosquitto(["allow_anonymous false"]);
    await expect(instanceOf(mqtt({ url })).open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringMatching(/not authorized/i) as string,
    });
  });

  test("a name and a password are passed through", PATIENT, async () => {
    const folder = mkdtempSync(join(tmpdir(), "failover-passwords-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "passwords");
    execFileSync("mosquitto_passwd", ["-b", "-c", file, "watcher", "secret"], { stdio: "ignore" });
    const { url } = await startMosquitto(["allow_anonymous false", `password_file ${file}`]);
    const instance = instanceOf(mqtt({ url, options: { username: "watcher", password: "secret" } }));
    await instance.open();
    await instance.send("hello");
  });

  test("TLS is passed through, and a certificate that nobody vouches for is refused", PATIENT, async () => {
    const { certFile, keyFile, pem } = makeCertificate();
    const { url } = await startMosquitto(["allow_anonymous true", `certfile ${certFile}`, `keyfile ${keyFile}`]);
    const secure = url.replace("mqtt:", "mqtts:");
    const instance = instanceOf(mqtt({ url: secure, options: { ca: pem } }));
    await instance.open();
    await instance.send("hello");
    await expect(instanceOf(mqtt({ url: secure })).open()).rejects.toMatchObject({
      code: "NOT_CONNECTED",
      message: expect.stringMatching(/certificate/i) as string,
    });
  });
});
