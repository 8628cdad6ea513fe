import { describe } from "vitest";
import { scenarios } from "./scenarios.ts";
import { natsStage } from "./stage.ts";

describe("real processes on NATS with claims", () => {
  scenarios({ raise: natsStage, crash: "silence", exclusive: true });
});

describe("real processes on NATS with claims that act on a lost connection at once", () => {
  scenarios({ raise: natsStage, flags: ["--eager"], crash: "unlinked", exclusive: true });
});

describe("real processes on NATS with a lease", () => {
  scenarios({ raise: natsStage, flags: ["--election", "lease"], crash: "silence", exclusive: true });
});
