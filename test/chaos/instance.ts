/** An instance that works: what it does as a primary is checked by its store. */

import { employ } from "../../bench/group/work.ts";
import { offerBus } from "../../bench/group/bus.ts";
import { BROUGHT_MQTT, broughtMqtt } from "./brought-mqtt.ts";
import { makeWork } from "./work.ts";

employ(makeWork);
offerBus(BROUGHT_MQTT, broughtMqtt);
await import("../../bench/group/instance.ts");
