/** A certificate for this host that nobody but a test trusts. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { pathOf } from "./install.ts";

/** Where it and its key are, and what a client trusts. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly pem: string;
}

/** Makes one, gone with the test. */
export function makeCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "failover-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const files = ["-keyout", keyFile, "-out", certFile];
  execFileSync(pathOf("openssl"), ["req", "-x509", ...curve, ...subject, ...files], { stdio: "ignore" });
  return { certFile, keyFile, pem: readFileSync(certFile, "utf8") };
}
