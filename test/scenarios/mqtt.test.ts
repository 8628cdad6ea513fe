import { describe } from "vitest";
import { scenarios } from "./scenarios.ts";
import { mqttStage } from "./stage.ts";

describe("real processes on MQTT with claims", () => {
  scenarios({ raise: mqttStage, crash: "silence", exclusive: true });
});

describe("real processes on MQTT with claims that act on a will at once", () => {
  scenarios({ raise: mqttStage, flags: ["--eager"], crash: "unlinked", exclusive: true });
});
