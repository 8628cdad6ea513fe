/** A group within this process, on a bus of memory: what befalls its instances is simulated, and labelled so. */

import { memory, MemoryBus } from "../../transports/memory/index.ts";
import { Ensemble, UNHEARD, type Actor, type StartOptions } from "./ensemble.ts";
import { observed, type Observation, type Observed } from "./observed.ts";
import { silentLogger } from "./silent-logger.ts";

/** An instance that is an object. */
interface Figure extends Actor {
  readonly observed: Observed;
}

/** What the instances have in common. */
export type Common = Pick<Observation, "group" | "interval" | "timeout" | "eager" | "watchful" | "beats" | "status">;

export class Simulated extends Ensemble<Figure> {
  readonly bus: MemoryBus = new MemoryBus();
  readonly #common: Common;

  constructor(common: Common) {
    super();
    this.#common = common;
  }

  override async start(name: string, { primary = false, observer = false }: StartOptions = {}): Promise<void> {
    const one = observed(
      {
        ...this.#common,
        name,
        primary,
        observer,
        bus: { transport: memory(this.bus) },
        keep: false,
        fence: false,
        work: undefined,
        logger: silentLogger,
      },
      // One that is dead or stopped tells nothing, although this process goes on.
      (report) => {
        if (figure.state === "starting" || figure.state === "live") this.take(figure, report);
      },
    );
    const figure: Figure = { name, observed: one, ...UNHEARD };
    this.players.set(name, figure);
    await one.start();
  }

  override signal(figure: Figure, signal: NodeJS.Signals): void {
    const { name } = figure;
    if (signal === "SIGKILL") this.#kill(figure);
    else if (signal === "SIGSTOP") {
      figure.state = "stopped";
      this.bus.hold(name);
    } else if (signal === "SIGCONT") {
      figure.state = "live";
      this.bus.release(name);
    } else void this.#leave(figure);
  }

  #kill(figure: Figure): void {
    figure.state = "dead";
    figure.role = undefined;
    figure.observed.stop();
    this.bus.kill(figure.name);
  }

  async #leave(figure: Figure): Promise<void> {
    await figure.observed.watcher.shutdown();
    figure.observed.stop();
    figure.state = "dead";
    figure.role = undefined;
  }

  override stall(): void {
    throw new Error("Cannot stall one instance of a simulated group: all share the event loop of this process.");
  }

  override async end(): Promise<void> {
    const figures = [...this.players.values()];
    for (const figure of figures) if (figure.state !== "dead") this.#kill(figure);
    // What they would still say goes nowhere: their connections are gone.
    await Promise.allSettled(figures.map(({ observed: one }) => one.watcher.shutdown()));
  }
}
