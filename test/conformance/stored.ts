/** What a bus keeps for somebody who is away says nothing of who is there now. */

import { demand, within } from "./expect.ts";
import type { Check } from "./index.ts";
import { meet, open, speak, text } from "./listener.ts";

const GROUP = "stored";
const TOPIC = "instance.heartbeat";
const PATIENCE = 10_000;

export function asksAboutStored(check: Check): void {
  check("nothing that was sent while the own link was down is heard when it is back", async ({ a, b, cutOff }) => {
    if (cutOff === undefined || !b.capabilities.link) return;
    const heard = await open(b, GROUP, "b");
    await open(a, GROUP, "a");
    await speak(a);
    await meet(a, heard);
    await within(cutOff.cut(), "a connection to break");
    await heard.until(() => heard.links.at(-1)?.up === false, "the link to be down");
    await within(a.send(text(TOPIC, "while it was down")), "a message to be sent");
    await within(cutOff.mend(), "a connection to be mended");
    await heard.until(() => heard.links.at(-1)?.up === true, "the link to be up", PATIENCE);
    await within(a.send(text(TOPIC, "afterwards")), "a message to be sent");
    await heard.untilHeard(TOPIC, "afterwards");
    demand(!heard.heard(TOPIC).includes("while it was down"), "a message that was kept for it came alive");
  });
}
