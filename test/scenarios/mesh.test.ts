import { describe } from "vitest";
import { scenarios } from "./scenarios.ts";
import { meshStage } from "./stage.ts";

describe("real processes on a ZeroMQ mesh with claims", () => {
  // A mesh acknowledges nothing, so a primary that is cut off cannot know it.
  scenarios({ raise: meshStage, crash: "silence", exclusive: false });
});
