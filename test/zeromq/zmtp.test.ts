import { describe } from "vitest";
import { useEngine } from "./engine.ts";

useEngine("zmtp");

// What is demanded of the adapter on libzmq is demanded of it on our own engine.
describe("on our own engine", async () => {
  await import("./both-ways.test.ts");
  await import("./close.test.ts");
  await import("./goodbye.test.ts");
  await import("./ipc.test.ts");
  await import("./leading.test.ts");
  await import("./mesh.test.ts");
  await import("./open.test.ts");
  await import("./ping.test.ts");
  await import("./self-connect.test.ts");
  await import("./strangers.test.ts");
  await import("./unlinked.test.ts");
});
